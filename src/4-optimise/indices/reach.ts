/**
 * What is known to be a place in memory, since an access before would have trapped if it were not.
 *
 * No memory of 32-bit addresses has its last 64 KiB (`MAX_PAGES` in `runtime/vm/limits.ts`). So a value from which on an access was in bounds
 * is below 2^32 - 65536, and what accesses add to it next does not wrap: they need no test of that.
 */
import { type FuncIR, hasHighAddress, Ir, isAccess, type Node } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import { Facts } from '../control/facts.ts';
import { isNonNegative } from '../fold/known.ts';
import { base } from './terms.ts';

/** What an access may add: more than the widest one is left of 64 KiB. */
const SLACK = 65536 - 16;
const LOW_SLACK = 2 ** 31 - 16;
const IN_MEMORY = 1;

/** Of the values that accesses have for addresses, where they have them. */
export class Reach {
  /** By position: 1 where the address is known to be a place in memory, 2 where the address without its constant is. */
  private readonly at: Uint8Array;

  constructor(ir: FuncIR) {
    this.at = scratch.bytes(ir.code.length);
    const facts = new Facts(ir);
    for (let i = 0; i < ir.code.length; i++) {
      const n = ir.code[i]!;
      facts.pass(n);
      if (!(isAccess(n) && !hasHighAddress(n)) && n.op !== Ir.span) continue;
      const address = n.inputs[0]!;
      const { whole } = base(address);
      if (facts.known(address) !== 0) this.at[i] = 1;
      else facts.add(address, IN_MEMORY);
      if (whole !== address && facts.known(whole) !== 0) this.at[i]! |= 2;
    }
  }

  /** Can so many bytes be added to the address of the access at this position, as an integer of any size, without harm? */
  address(position: number, address: Node, bytes: number): boolean {
    return (this.at[position]! & 1) !== 0 ? isSlack(bytes) : isLow(address, bytes);
  }
  /** The same of the address without its constant. */
  whole(position: number, whole: Node, bytes: number): boolean {
    return (this.at[position]! & 2) !== 0 ? isSlack(bytes) : isLow(whole, bytes);
  }
}

export const isSlack = (bytes: number): boolean => bytes >= -SLACK && bytes <= SLACK;
const isLow = (n: Node, bytes: number): boolean => bytes >= -SLACK && bytes <= LOW_SLACK && isNonNegative(n);
