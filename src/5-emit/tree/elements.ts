/** Element indices apart from addresses, as the pass `indices` makes them. */
import { Ir, type Node } from '../../3-lower/ir.ts';
import { Known } from '../../4-optimise/indices/plans.ts';
import { isInterpreted, rotated } from '../js/element.ts';
import { binary, conditional, int, type Js } from '../js/expr.ts';
import { plus, toInt32 } from '../js/scalar.ts';
import type { Expressions } from './expressions.ts';

/** An `Ir.index`. Interpreters count steps, of which a test of alignment is one less than a rotation. */
export function indexOf(e: Expressions, { inputs, imm: shift, imm2: known }: Node): Js {
  const address = e.sum(inputs[0]!).js;
  const bias = Math.max(0, known - Known.rotated);
  if (known >= Known.rotated && !isInterpreted(e.names())) return rotated(address, address, shift, bias);
  if (known === Known.alignedSigned) return binary('>>', address, int(shift));
  const index = binary(known === Known.signed ? '>>' : '>>>', address, int(shift));
  if (known === Known.aligned) return index;
  // 2-byte elements have indices up to 2^31, and no more than a constant is added to them.
  const beyond = shift === 1 ? -(2 ** 30) : -(2 ** 31);
  const at = bias === 0 ? index : plus(index, int(bias), false);
  return conditional(binary('&', address, int(2 ** shift - 1)), int(beyond), at);
}

/** The element of an `Ir.place`. */
export function elementOf(e: Expressions, place: Node): Js {
  const [index, address] = place.inputs as [Node, Node];
  if (place.imm === 0) return e.value(index);
  const sum = plus(e.sum(index).js, int(place.imm), false);
  const isIndex = index.op === Ir.index;
  // What is added to a place in memory may be more than an i32 has room for: then it is no element's index.
  if (index === address || (isIndex && index.imm2 >= Known.rotated)) return sum;
  // Of four bytes and more an index is far from the ends of an i32: engines see that the sum stays within.
  return isIndex && index.imm > 1 && place.imm > 0 ? sum : toInt32(sum);
}
