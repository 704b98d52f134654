/** Which bits of a word may be set, as far as its operation tells: what packed lanes need to know that nothing carries. */
import { Ir, isI32Const, type Node } from '../../3-lower/ir.ts';
import { OP } from '../../wasm/opcodes.ts';

const LOADED: Partial<Record<number, number>> = {
  [OP['i32.load8_u']]: 0xff,
  [OP['i32.load16_u']]: 0xffff,
  [Ir.lookup]: 0xff,
};

/** `of` gives the same of an operand. */
export function possibleBits(n: Node, of: (n: Node) => number): number {
  if (isI32Const(n)) return n.imm;
  const [a, b] = n.inputs;
  switch (n.op) {
    case OP['i32.and']:
      return of(a!) & of(b!);
    case OP['i32.or']:
    case OP['i32.xor']:
    case OP.select:
      return of(a!) | of(b!);
    case OP['i32.shl']:
      return isI32Const(b!) ? of(a!) << b!.imm : -1;
    case OP['i32.shr_u']:
      return isI32Const(b!) ? of(a!) >>> b!.imm : -1;
    default:
      return LOADED[n.op] ?? -1;
  }
}
