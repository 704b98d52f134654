/** The signatures of the opcode table, their letters made value types once. */
import { OPS } from '../wasm/opcodes.ts';
import { F32, F64, I32, I64, V128, type ValType } from '../wasm/types.ts';

/** Stands for the address type of the operator's memory or table. */
export const ADDRESS: ValType = -100;

const TYPES: Record<string, ValType> = { i: I32, I: I64, f: F32, F: F64, V: V128, a: ADDRESS };
const decode = (letters: string): ValType[] => [...letters].map((letter) => TYPES[letter]!);

export interface Signature {
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
}

/** By operator; undefined where the types depend on immediates or context. */
export const SIGNATURES: readonly (Signature | undefined)[] = OPS.map(
  ({ signature: s }) => s && { params: decode(s.params), results: decode(s.results) },
);
