/** The commands of a script (spec/interpreter/README.md, "Scripts"), as plain data that survives JSON. */

/** `bits` is a decimal number or, in expectations, one of the two NaN patterns of the suite. */
export type NumberType = 'i32' | 'i64' | 'f32' | 'f64';
export interface NumberValue {
  readonly type: NumberType;
  readonly bits: string;
}
export interface VectorValue {
  readonly type: 'v128';
  /** The type of a lane: `i8`, `f32` … */
  readonly lane: string;
  readonly bits: readonly string[];
}
/** A reference of a heap type; `value` is `null`, or the number of a host reference; absent where any will do. */
export interface RefValue {
  readonly type: 'ref';
  readonly heap: string;
  readonly value?: 'null' | number;
}
/** An expectation that several values meet. */
export interface EitherValue {
  readonly type: 'either';
  readonly values: readonly Value[];
}
export type Value = NumberValue | VectorValue | RefValue | EitherValue;

export interface Action {
  readonly type: 'invoke' | 'get';
  readonly module?: string;
  readonly field: string;
  readonly args: readonly Value[];
}

/** How a module was written, and what the assembler made of it: `wasm` in base64, or `error`. */
export interface ModuleSource {
  readonly form: 'text' | 'binary' | 'quote';
  readonly wasm?: string;
  readonly error?: string;
}

interface Placed {
  readonly line: number;
}
export type ModuleCommand = Placed & {
  readonly kind: 'module' | 'definition';
  readonly name?: string;
  readonly module: ModuleSource;
};
export type ActionKind = 'action' | 'assert_return' | 'assert_trap' | 'assert_exhaustion' | 'assert_exception';
export type ActionCommand = Placed & {
  readonly kind: ActionKind | 'assert_suspension';
  readonly action: Action;
  readonly expected: readonly Value[];
  readonly text: string;
};
export type RejectKind = 'assert_invalid' | 'assert_malformed' | 'assert_invalid_custom' | 'assert_malformed_custom';
export type AssertModuleCommand = Placed & {
  readonly kind: RejectKind | 'assert_uninstantiable' | 'assert_unlinkable';
  readonly module: ModuleSource;
  readonly text: string;
};
export type Command =
  | ModuleCommand
  | ActionCommand
  | AssertModuleCommand
  | (Placed & { readonly kind: 'instance'; readonly name?: string; readonly definition?: string })
  | (Placed & { readonly kind: 'register'; readonly as: string; readonly name?: string })
  | (Placed & {
      readonly kind: 'thread';
      readonly name: string;
      readonly shared: string[];
      readonly commands: Command[];
    })
  | (Placed & { readonly kind: 'wait'; readonly name: string });

/** One .wast file: its folder (`core/simd`), its path without extension (`core/simd/simd_load`), its commands. */
export interface Script {
  readonly folder: string;
  readonly path: string;
  readonly commands: readonly Command[];
}
