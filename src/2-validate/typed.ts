/** What validation adds to a module: the certainty that it is valid, and the facts later phases ask for. */
import type { Feature } from '../wasm/features.ts';
import type { WasmModule } from '../wasm/module.ts';
import type { FuncType, ValType } from '../wasm/types.ts';
import { plainKey, typeKey, valueText } from './keys.ts';
import type { Payloads } from './payloads/payloads.ts';
import type { TypeSpace } from './types.ts';

export interface TypedModule {
  readonly module: WasmModule;
  /** Features that the module uses, from its opcodes, types and sections. */
  readonly features: ReadonlySet<Feature>;
  /** All types, canonical ones and how they match. */
  readonly types: TypeSpace;
  /** The function type at a type index. */
  funcType(type: number): FuncType;
  /** The type of function `index`. */
  typeOf(func: number): FuncType;
  /**
   * The canonical descriptor of a type, equal in all modules for equal types: `ii:i` for plain function types
   * (letters as in runtime/README.md), a longer text for recursive groups.
   */
  typeKey(type: number): string;
  /** The same for a plain function type; undefined for all others, which the runtime knows as objects. */
  plainKey(type: number): string | undefined;
  /** A value type as text; one that refers to a type of the module has that type's canonical index behind an `@`. */
  valueText(t: ValType): string;
  /** Functions that may become references: exported, in element segments, in global initialisers, under `ref.func`. */
  readonly referenced: ReadonlySet<number>;
  /** Where the payloads of NaNs have to be carried. */
  readonly payloads: Payloads;
}

/** What the bodies of a valid module told. */
export type Found = Pick<TypedModule, 'features' | 'referenced' | 'payloads'>;

/** A module that is known to be valid, with what was found in it. */
export function typedModule(module: WasmModule, types: TypeSpace, found: Found): TypedModule {
  const keys: string[] = [];
  return {
    module,
    types,
    features: found.features,
    referenced: found.referenced,
    payloads: found.payloads,
    funcType: (type) => types.funcType(type) && (module.types[type]!.composite as FuncType),
    typeOf: (func) => module.types[module.funcs[func]!.type]!.composite as FuncType,
    typeKey: (type) => (keys[type] ??= typeKey(module.types, types.canonical, type)),
    plainKey: (type) => plainKey(module.types, type),
    valueText: (t) => valueText(t, (type) => `@${types.canonical[type]}`),
  };
}
