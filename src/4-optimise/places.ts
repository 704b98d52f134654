/**
 * Addresses that are known to be places in memory, since an access before would have trapped if they were not (`indices/reach.ts`).
 *
 * An access at a static offset, through a DataView, is at `(a >>> 0) + offset`: a negative address must not become one in the memory
 * by what is added. V8 tests both that the address is no negative number and that the sum is an i32. At a known address the
 * memory of which ends by 2^31, `a + offset` will do, which it does not test.
 */
import { CodeWriter, type FuncIR, Ir, isAccess, isI32Const, isWithinSpan, type Node, Type } from '../3-lower/ir.ts';
import type { Note } from '../notes.ts';
import { Reach } from './indices/reach.ts';
import type { Memories } from './memories.ts';

export function markPlaces(ir: FuncIR, exact: boolean, memories: Memories, note?: Note): void {
  if (!exact) return note?.('accesses have no test: --traps none');
  const isViewed = (n: Node): boolean => isAccess(n) && !isWithinSpan(n) && memories.isViewed(n.imm2);
  const mayGain = (n: Node): boolean => isViewed(n) && isAtOffset(n) && memories.isLow(n.imm2);
  const places = ir.code.some(mayGain) ? knownPlaces(ir, mayGain) : [];
  const known = new Set(places);
  if (note) for (const n of ir.code) if (isViewed(n) && !known.has(n)) note(whyNot(n, memories), 1);
  if (places.length === 0) return;
  const out = new CodeWriter(ir.code);
  let next = 0;
  for (const n of ir.code) {
    if (n === places[next]) {
      const place = ir.node(Ir.known, Type.i32, [n.inputs[0]!]);
      out.push(place);
      n.inputs = [place, ...n.inputs.slice(1)];
      next++;
    }
    out.push(n);
  }
  ir.code = out.finish();
  note?.('accesses at an offset without a test of the sum, since one before was in bounds', places.length);
}

/** Of the accesses that are asked for, those at addresses that are known to be places, in order. */
function knownPlaces(ir: FuncIR, isAsked: (n: Node) => boolean): Node[] {
  const reach = new Reach(ir);
  return ir.code.filter((n, i) => isAsked(n) && reach.address(i, n.inputs[0]!, distanceOf(n)));
}

/** Bytes from the address on: the last thing that is added to it. */
const distanceOf = (n: Node): number => n.imm + (n.op === Ir.storePair ? 4 : 0);
const isAtOffset = (n: Node): boolean => distanceOf(n) > 0 && !isI32Const(n.inputs[0]!);

function whyNot(n: Node, memories: Memories): string {
  if (!isAtOffset(n)) return 'accesses at their address, or at a constant';
  if (!memories.isLow(n.imm2))
    return 'accesses at an offset whose sum is tested, since the memory may grow beyond 2 GiB';
  return 'accesses at an offset whose sum is tested, since none before was at that address';
}
