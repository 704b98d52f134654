/** Phase 2: WasmModule → TypedModule. */

import { OperatorReader } from '../1-decode/operators.ts';
import { CompileError } from '../errors.ts';
import type { WasmModule } from '../wasm/module.ts';
import { OP, OPS } from '../wasm/opcodes.ts';
import { EXTERNREF, F32, F64, FUNCREF, type FuncType, I32, I64, type ValType } from '../wasm/types.ts';
import type { TypedModule } from './typed.ts';

const LETTER = new Map<ValType, string>([
  [I32, 'i'],
  [I64, 'I'],
  [F32, 'f'],
  [F64, 'F'],
  [FUNCREF, 'r'],
  [EXTERNREF, 'e'],
]);

export function validate(module: WasmModule): TypedModule {
  const features = new Set<string>();
  const referenced = new Set<number>();
  const r = new OperatorReader(module.bytes);
  const scan = (start: number, end: number): void => {
    r.reset(start, end);
    while (r.next()) {
      features.add(OPS[r.op]!.feature);
      if (r.op === OP['ref.func']) referenced.add(r.index);
    }
  };
  for (const f of module.funcs) if (!f.import) scan(r.localGroups(f.start, f.end).start, f.end);
  for (const g of module.globals) if (g.init) scan(g.init.start, g.init.end);
  for (const e of module.elements) {
    for (const i of e.funcs ?? []) referenced.add(i);
    for (const x of e.exprs ?? []) scan(x.start, x.end);
  }
  for (const e of module.exports) if (e.kind === 'func') referenced.add(e.index);
  const funcType = (type: number): FuncType => {
    const t = module.types[type]?.composite;
    if (t?.kind !== 'func') throw new CompileError('invalid', `unknown function type ${type}`);
    return t;
  };
  const letters = (types: readonly ValType[]): string => types.map((t) => LETTER.get(t) ?? '?').join('');
  return {
    module,
    features,
    funcType,
    typeOf: (func) => funcType(module.funcs[func]!.type),
    typeKey: (type) => `${letters(funcType(type).params)}:${letters(funcType(type).results)}`,
    referenced,
  };
}
