/** What the validation of bodies and constant expressions knows about the module around them (spec 3.1.2). */
import type { Feature } from '../wasm/features.ts';
import type { WasmModule } from '../wasm/module.ts';
import { OPS } from '../wasm/opcodes.ts';
import { type FuncType, type HeapType, heapOf, I32, I64, isConcrete, type ValType } from '../wasm/types.ts';
import { heapFeature, typeFeature } from './features.ts';
import { invalid, TypeSpace } from './types.ts';

export class Context {
  readonly module: WasmModule;
  readonly types: TypeSpace;
  readonly features = new Set<Feature>();
  /** By operator, whether the module uses it. */
  readonly usedOps = new Uint8Array(OPS.length);
  /** The same for constant expressions. */
  readonly constantOps = new Uint8Array(OPS.length);
  /** By function index, 1 where a reference is declared outside of function bodies (spec 3.5.16, C.refs). */
  readonly declared: Uint8Array;
  /** Canonical types, filled by the module's validation as the definitions are checked. */
  readonly funcs: FuncType[] = [];
  readonly tables: { ref: ValType; address: ValType }[] = [];
  readonly memories: { address: ValType }[] = [];
  readonly globals: { type: ValType; mutable: boolean }[] = [];
  readonly tags: FuncType[] = [];
  readonly elements: ValType[] = [];

  constructor(module: WasmModule) {
    this.module = module;
    this.types = new TypeSpace(module.types);
    this.declared = new Uint8Array(module.funcs.length);
  }

  /** Checks that a value type is valid, notes the feature that it needs, and makes it canonical. */
  valType(t: ValType, offset?: number): ValType {
    this.features.add(typeFeature(t));
    if (t < 0) return t;
    this.heapType(heapOf(t), offset);
    return this.types.normal(t);
  }

  /** The same for a heap type. */
  heapType(h: HeapType, offset?: number): HeapType {
    if (isConcrete(h) && h >= this.module.types.length) throw invalid(`unknown type ${h}`, offset);
    this.features.add(heapFeature(h));
    return this.types.normalHeap(h);
  }

  funcType(type: number, offset?: number): FuncType {
    return this.types.funcType(type, offset);
  }
}

export const addressType = (is64: boolean): ValType => (is64 ? I64 : I32);
