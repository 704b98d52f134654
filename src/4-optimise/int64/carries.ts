/**
 * Which sums of i64 carry so regularly that a branch predictor can follow them.
 *
 * The high half of a sum waits for the carry out of the low half: four operations one after another, where a branch that
 * is predicted takes none. But a branch that cannot be predicted costs more than ten times as much. A low half is taken for
 * random if anything that mixes bits made it: exclusive or, rotations, products of two values or by constants that fill the
 * word, and whatever comes from elsewhere (memory, calls, parameters). What only counts, shifts and accumulates, as fixed
 * point and clocks do, moves in small steps.
 */
import { type FuncIR, isConst, type Node } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import { byOp, OP } from '../../wasm/opcodes.ts';
import { Incoming, paramsAt } from '../control/frames.ts';

/** Products by a constant of more bits than this spread over the low half. */
const MAX_FACTOR_BITS = 16;
/** One more than loops are nested, as a rule. */
const MAX_ROUNDS = 20;

/** The i64 sums of steady values. Optimistic over merges: assume all are steady, then strike out until stable. */
export function steadySums(ir: FuncIR): ReadonlySet<Node> {
  const sums = ir.code.filter((n) => n.op === OP['i64.add'] && !n.inputs.some(isConst));
  if (sums.length === 0) return new Set();
  const steady = scratch.bytes(ir.nodeCount);
  const incoming = new Incoming(ir);
  for (const n of ir.code) steady[n.id] = KEEPS[n.op] === undefined ? 0 : 1;
  for (const frame of incoming.frames) {
    if (incoming.of(frame).length > 0) for (const p of frame.params) steady[p.id] = 1;
  }
  let changed = true;
  const strikeUnless = (stays: boolean, n: Node): void => {
    if (stays || steady[n.id] === 0) return;
    steady[n.id] = 0;
    changed = true;
  };
  for (let round = 0; changed; round++) {
    if (round === MAX_ROUNDS) return new Set();
    changed = false;
    for (const n of ir.code) {
      const params = paramsAt(n);
      for (let i = 0; i < params.length; i++) {
        if (steady[params[i]!.id] === 1) strikeUnless(isEach(incoming.of(n.frame!), i, steady), params[i]!);
      }
      if (steady[n.id] === 1) strikeUnless(KEEPS[n.op]!(n, steady), n);
    }
  }
  return new Set(sums.filter((n) => steady[n.id] === 1));
}

function isEach(lists: readonly Node[][], at: number, steady: Uint8Array): boolean {
  for (const list of lists) if (steady[list[at]!.id] === 0) return false;
  return true;
}

type Rule = (n: Node, steady: Uint8Array) => boolean;
const all: Rule = (n, steady) => n.inputs.every((i) => steady[i.id] === 1);
const first: Rule = (n, steady) => steady[n.inputs[0]!.id] === 1;
const always: Rule = () => true;

/** A factor with its trailing zeros left out: they only shift. */
function isSmallFactor(n: Node): boolean {
  if (!isConst(n)) return false;
  let value = BigInt.asIntN(64, (BigInt(n.imm2) << 32n) | BigInt(n.imm >>> 0));
  if (n.op === OP['i32.const']) value = BigInt(n.imm);
  while (value !== 0n && (value & 1n) === 0n) value >>= 1n;
  return value < 1n << BigInt(MAX_FACTOR_BITS) && value > -1n << BigInt(MAX_FACTOR_BITS);
}
const scaled: Rule = (n, steady) => all(n, steady) && n.inputs.some(isSmallFactor);
const masked: Rule = (n, steady) => all(n, steady) && n.inputs.some(isConst);
const shifted: Rule = (n, steady) => first(n, steady) && isConst(n.inputs[1]!);

/** Operations that make steady values of steady ones. */
const KEEPS = byOp<Rule | undefined>(
  {
    'i64.const': always,
    'i32.const': always,
    'i64.add': all,
    'i64.sub': all,
    'i64.mul': scaled,
    'i64.and': masked,
    'i64.or': masked,
    'i64.shl': shifted,
    'i64.shr_s': shifted,
    'i64.shr_u': shifted,
    'i64.extend_i32_s': all,
    'i64.extend_i32_u': all,
    'i32.wrap_i64': all,
    'i32.add': all,
    'i32.sub': all,
    'i32.mul': scaled,
    'i32.and': masked,
    'i32.shl': shifted,
    'i32.shr_s': shifted,
    'i32.shr_u': shifted,
    select: (n, steady) => steady[n.inputs[0]!.id] === 1 && steady[n.inputs[1]!.id] === 1,
  },
  undefined,
);
