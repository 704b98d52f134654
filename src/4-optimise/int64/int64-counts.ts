/** Counts of the bits of an i64, from those of its halves. */
import { type Node, Type } from '../../3-lower/ir.ts';
import type { Splitter } from './int64.ts';

export const COUNTS = {
  'i64.clz': (s: Splitter, n: Node): void => {
    const a = n.inputs[0]!;
    const low = s.op('i32.add', s.op('i32.clz', s.lo(a)), s.i32(32));
    s.set(n, s.typed('select', Type.i32, [s.op('i32.clz', s.hi(a)), low, s.hi(a)]), s.i32(0));
  },
  'i64.ctz': (s: Splitter, n: Node): void => {
    const a = n.inputs[0]!;
    const high = s.op('i32.add', s.op('i32.ctz', s.hi(a)), s.i32(32));
    s.set(n, s.typed('select', Type.i32, [s.op('i32.ctz', s.lo(a)), high, s.lo(a)]), s.i32(0));
  },
  'i64.popcnt': (s: Splitter, n: Node): void => {
    const a = n.inputs[0]!;
    s.set(n, s.op('i32.add', s.op('i32.popcnt', s.lo(a)), s.op('i32.popcnt', s.hi(a))), s.i32(0));
  },
};
