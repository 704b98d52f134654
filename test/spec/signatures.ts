/** Types of a module's exports as far as the adapter can carry them, from our own decoder. */
import { decode } from '../../src/1-decode/index.ts';
import type { WasmModule } from '../../src/wasm/module.ts';
import { EXNREF, F32, F64, Heap, I32, I64, refType, V128, type ValType } from '../../src/wasm/types.ts';
import { isNullType, type Signature, type SlotType, type Subject } from './adapter.ts';

export interface ExportShape {
  readonly subject: Subject;
  readonly signature: Signature;
}

const SLOTS = new Map<ValType, SlotType>([
  [I32, 'i32'],
  [I64, 'i64'],
  [F32, 'f32'],
  [F64, 'f64'],
  [V128, 'v128'],
  [EXNREF, 'exnref'],
  [refType(Heap.noexn, true), 'nullexnref'],
]);

/** Exported functions and globals whose types are numbers and vectors only, by export name. */
export function exportShapes(bytes: Uint8Array): ReadonlyMap<string, ExportShape> {
  const module = decode(bytes);
  const shapes = new Map<string, ExportShape>();
  for (const { name, kind, index } of module.exports) {
    const shape =
      kind === 'func' ? functionShape(module, index) : kind === 'global' ? globalShape(module, index) : undefined;
    if (shape !== undefined) shapes.set(name, shape);
  }
  return shapes;
}

function slots(types: readonly ValType[]): SlotType[] | undefined {
  const found = types.map((t) => SLOTS.get(t));
  return found.every((t) => t !== undefined) ? found : undefined;
}

function functionShape(module: WasmModule, index: number): ExportShape | undefined {
  const type = module.types[module.funcs[index]!.type]!.composite;
  if (type.kind !== 'func') return undefined;
  const params = slots(type.params);
  // There is no way to make one of these for an argument.
  if (params?.some(isNullType)) return undefined;
  const results = slots(type.results);
  return params && results && { subject: 'func', signature: { params, results } };
}

function globalShape(module: WasmModule, index: number): ExportShape | undefined {
  const { type, mutable } = module.globals[index]!.type;
  const results = slots([type]);
  return results && { subject: mutable ? 'mutable global' : 'const global', signature: { params: [], results } };
}
