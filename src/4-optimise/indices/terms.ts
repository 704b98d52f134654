/** Addresses as accesses have them, and what they are made of. */
import { hasHighAddress, Ir, isAccess, isI32Const, isWithinSpan, type Node } from '../../3-lower/ir.ts';
import { OP, OPS } from '../../wasm/opcodes.ts';
import type { Scaled } from './plans.ts';

/** log2 of the width of an access that may get a place; 0 for all else. */
export function shiftOf(n: Node): number {
  if (!isAccess(n) || hasHighAddress(n) || isWithinSpan(n) || isI32Const(n.inputs[0]!)) return 0;
  const shift = n.op === Ir.storePair ? 2 : 31 - Math.clz32(OPS[n.op]!.width);
  // Others go straight to the libcall.
  return n.align < Math.min(shift, 2) || n.imm % 2 ** shift !== 0 || n.imm >= 2 ** 31 ? 0 : shift;
}

/** Is it an access to a byte, at a static offset from an address of 32 bits? */
export const isByteAtOffset = (n: Node): boolean =>
  n.imm !== 0 &&
  OPS[n.op]?.width === 1 &&
  isAccess(n) &&
  !hasHighAddress(n) &&
  !isWithinSpan(n) &&
  !isI32Const(n.inputs[0]!);

/** Why an access that gets no place does not, whatever its base. */
export function whyAlone(n: Node): string {
  if (OPS[n.op]?.width === 1) return 'accesses to bytes, whose address is their index';
  if (hasHighAddress(n)) return 'accesses with a 64-bit address';
  if (isWithinSpan(n)) return 'accesses of vectors, which have one test for all lanes';
  if (isI32Const(n.inputs[0]!)) return 'accesses at constant addresses';
  return 'accesses that promise no alignment, or whose offset is no multiple of their size';
}

/** Is something added to the address that must not wrap? */
export const hasOffset = (n: Node): boolean => n.imm !== 0 || n.op === Ir.storePair;

/** The address without the constant that is added to it. */
export function base(address: Node): { whole: Node; constant: number } {
  let whole = address;
  let constant = 0;
  while (whole.op === OP['i32.add'] && isI32Const(whole.inputs[1]!)) {
    constant = (constant + whole.inputs[1]!.imm) | 0;
    whole = whole.inputs[0]!;
  }
  return { whole, constant };
}

/** `x << k` or `x * k` as an index. */
export function scaledTerm(n: Node, shift: number): Scaled | undefined {
  const [value, by] = n.inputs as [Node, Node];
  if (n.op === OP['i32.shl'] && isI32Const(by)) {
    const left = (by.imm & 31) - shift;
    if (left < 0) return undefined;
    return { value, by: left === 0 ? undefined : { op: 'i32.shl', constant: left } };
  }
  if (n.op !== OP['i32.mul'] || !isI32Const(by) || by.imm % 2 ** shift !== 0) return undefined;
  return { value, by: { op: 'i32.mul', constant: by.imm >> shift } };
}
