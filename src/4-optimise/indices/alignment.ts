/**
 * How many low bits of an i32 are known to be 0: addresses that count up from a constant in steps of 8 are aligned, and need
 * no test.
 *
 * Forward and optimistic over merges: every value starts at all 32 bits and shrinks until nothing changes.
 */
import { type FuncIR, isI32Const, type Node, Type } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import { byOp } from '../../wasm/opcodes.ts';
import { Incoming, paramsAt } from '../control/frames.ts';

const ALL = 32;
const MAX_ROUNDS = 20;

/** By node id; 0 for all but i32 values. */
export function trailingZeros(ir: FuncIR): Uint8Array {
  const zeros = scratch.bytes(ir.nodeCount);
  const incoming = new Incoming(ir);
  for (const n of ir.code) if (n.type === Type.i32 && RULES[n.op]) zeros[n.id] = ALL;
  for (const frame of incoming.frames) {
    if (incoming.of(frame).length > 0) for (const p of frame.params) if (p.type === Type.i32) zeros[p.id] = ALL;
  }
  const shrink = (n: Node, to: number): void => {
    if (to < zeros[n.id]!) zeros[n.id] = to;
  };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (const n of ir.code) {
      const params = paramsAt(n);
      for (let i = 0; i < params.length; i++) {
        for (const list of incoming.of(n.frame!)) shrink(params[i]!, zeros[list[i]!.id]!);
      }
      if (zeros[n.id] !== 0) shrink(n, RULES[n.op]!(n, zeros));
    }
    if (!incoming.someLoop((p, arg) => zeros[arg.id]! < zeros[p.id]!)) return zeros;
  }
  return zeros.fill(0);
}

type Rule = (n: Node, zeros: Uint8Array) => number;

const of = (n: Node, at: number, zeros: Uint8Array): number => zeros[n.inputs[at]!.id]!;
const capped = (count: number): number => Math.max(0, Math.min(ALL, count));
const ofConstant = (value: number): number => (value === 0 ? ALL : 31 - Math.clz32(value & -value));

const fewer: Rule = (n, z) => Math.min(of(n, 0, z), of(n, 1, z));
const shiftRight: Rule = (n, z) => (isI32Const(n.inputs[1]!) ? capped(of(n, 0, z) - (n.inputs[1]!.imm & 31)) : 0);

const RULES = byOp<Rule | undefined>(
  {
    'i32.const': (n) => ofConstant(n.imm),
    'i32.add': fewer,
    'i32.sub': fewer,
    'i32.or': fewer,
    'i32.xor': fewer,
    'i32.and': (n, z) => Math.max(of(n, 0, z), of(n, 1, z)),
    'i32.mul': (n, z) => capped(of(n, 0, z) + of(n, 1, z)),
    'i32.shl': (n, z) => capped(of(n, 0, z) + (isI32Const(n.inputs[1]!) ? n.inputs[1]!.imm & 31 : 0)),
    'i32.shr_u': shiftRight,
    'i32.shr_s': shiftRight,
    select: fewer,
  },
  undefined,
);
