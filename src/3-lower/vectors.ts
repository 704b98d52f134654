/** v128 constants: four words, the lowest lane first, each a signed 32-bit integer. */
import { OP } from '../wasm/opcodes.ts';
import { type FuncIR, type Node, Type } from './ir.ts';

export function vectorConst(ir: FuncIR, words: readonly number[]): Node {
  const n = ir.node(OP['v128.const'], Type.v128, []);
  n.lanes = words;
  return n;
}

/** 16 bytes, little-endian, as four words. */
export function wordsOf(bytes: ArrayLike<number>): number[] {
  const word = (at: number): number =>
    bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return [word(0), word(4), word(8), word(12)];
}
