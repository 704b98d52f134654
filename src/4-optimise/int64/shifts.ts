/**
 * Shifts and rotations of an i64 split into halves: by a constant, two expressions; by anything else, a call of the runtime.
 */
import type { Node } from '../../3-lower/ir.ts';
import { OP, OPS, type OpName } from '../../wasm/opcodes.ts';
import type { Rule, Splitter } from './int64.ts';

/** Shifts and rotations by a constant are two expressions; by anything else a libcall. */
const shift =
  (constant: (s: Splitter, low: Node, high: Node, count: number) => [Node, Node]): Rule =>
  (s, n) => {
    const [al, ah, bl] = s.halves(n);
    if (bl.op !== OP['i32.const']) {
      s.libcall(n, OPS[n.op]!.symbol, [al, ah, bl]);
      return;
    }
    s.set(n, ...constant(s, al, ah, bl.imm & 63));
  };

/** `high:low << count`, upper word. */
const funnel = (s: Splitter, high: Node, low: Node, count: number): Node =>
  s.op('i32.or', s.op('i32.shl', high, s.i32(count)), s.op('i32.shr_u', low, s.i32(32 - count)));

function shl(s: Splitter, low: Node, high: Node, count: number): [Node, Node] {
  if (count === 0) return [low, high];
  if (count >= 32) return [s.i32(0), s.op('i32.shl', low, s.i32(count - 32))];
  return [s.op('i32.shl', low, s.i32(count)), funnel(s, high, low, count)];
}
function shr(name: OpName, fill: (s: Splitter, high: Node) => Node) {
  return (s: Splitter, low: Node, high: Node, count: number): [Node, Node] => {
    if (count === 0) return [low, high];
    if (count >= 32) return [s.op(name, high, s.i32(count - 32)), fill(s, high)];
    return [funnel(s, high, low, 32 - count), s.op(name, high, s.i32(count))];
  };
}
function rotl(s: Splitter, low: Node, high: Node, count: number): [Node, Node] {
  if (count === 0) return [low, high];
  if (count === 32) return [high, low];
  if (count > 32) return rotl(s, high, low, count - 32);
  return [funnel(s, low, high, count), funnel(s, high, low, count)];
}

export const SHIFTS: Partial<Record<OpName, Rule>> = {
  'i64.shl': shift(shl),
  'i64.shr_s': shift(shr('i32.shr_s', (s, high) => s.op('i32.shr_s', high, s.i32(31)))),
  'i64.shr_u': shift(shr('i32.shr_u', (s) => s.i32(0))),
  'i64.rotl': shift(rotl),
  'i64.rotr': shift((s, low, high, count) => rotl(s, low, high, (64 - count) & 63)),
};
