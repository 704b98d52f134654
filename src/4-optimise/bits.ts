/**
 * How many low bits of an i32 can be set: masks that keep all of them go, and unsigned operations on values without sign
 * bit become signed ones, which need no conversion to unsigned numbers.
 *
 * Forward and optimistic over merges: every value starts at no bits and grows until nothing changes; a merge that still
 * grows after a few rounds is taken for a full word.
 */
import { type FuncIR, Ir, isI32Const, NODE_KINDS, type Node, resolveAll, retain, Type } from '../3-lower/ir.ts';
import type { Note } from '../notes.ts';
import { scratch } from '../scratch.ts';
import { byOp, OP, OPS, type OpName } from '../wasm/opcodes.ts';
import { Incoming, paramsAt } from './control/frames.ts';
import { isTest } from './fold/known.ts';

const FULL = 32;
const PATIENCE = 3;
/** One more than loops are nested, as a rule. */
const MAX_ROUNDS = 20;

export function narrowBits(ir: FuncIR, note?: Note): void {
  if (!ir.code.some(isConcerned)) return;
  const widths = widthsOf(ir);
  let replaced = 0;
  for (const n of ir.code) {
    if (n.inputs.length === 0) continue;
    const by = unmasked(n, widths);
    if (by) {
      n.forward = by;
      replaced++;
    }
    const signed = SIGNED[n.op];
    if (signed !== undefined && areNarrow(n, widths)) {
      n.op = OP[signed];
      note?.('unsigned operations on values without sign bit', 1);
      n.effects = OPS[n.op]!.effects;
    }
  }
  note?.('masks and extensions that keep every bit', replaced);
  if (replaced === 0) return;
  retain(ir.code, (n) => n.forward === undefined);
  resolveAll(ir);
}

const isConcerned = ({ op }: Node): boolean => SIGNED[op] !== undefined || MASKS.has(op);
const MASKS = new Set<number>([OP['i32.and'], OP['i32.extend8_s'], OP['i32.extend16_s']]);

/** Has no operand a sign bit? */
function areNarrow({ inputs }: Node, widths: Uint8Array): boolean {
  for (let i = 0; i < inputs.length; i++) if (widths[inputs[i]!.id] === FULL) return false;
  return true;
}

/** The operand that a mask or a sign extension leaves as it is. */
function unmasked(n: Node, widths: Uint8Array): Node | undefined {
  const [a, b] = n.inputs as [Node, Node];
  const width = widths[a.id]!;
  if (n.op === OP['i32.extend8_s']) return width < 8 ? a : undefined;
  if (n.op === OP['i32.extend16_s']) return width < 16 ? a : undefined;
  if (n.op !== OP['i32.and'] || !isI32Const(b) || width === FULL) return undefined;
  const all = 2 ** width - 1;
  return (b.imm & all) === all ? a : undefined;
}

/** By node id: the bits from this one up are 0. Of what is no i32 nothing is known: 32. */
export function widthsOf(ir: FuncIR): Uint8Array {
  const widths = scratch.bytes(ir.nodeCount, FULL);
  const incoming = new Incoming(ir);
  for (const n of ir.code) if (n.type === Type.i32) widths[n.id] = START[n.op]!;
  for (const frame of incoming.frames) {
    if (incoming.of(frame).length > 0) for (const p of frame.params) if (p.type === Type.i32) widths[p.id] = 0;
  }
  const grow = (n: Node, to: number): void => {
    if (to > widths[n.id]!) widths[n.id] = to;
  };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (const n of ir.code) {
      const params = paramsAt(n);
      for (let i = 0; i < params.length; i++) {
        const p = params[i]!;
        let width = widths[p.id]!;
        for (const list of incoming.of(n.frame!)) width = Math.max(width, widths[list[i]!.id]!);
        if (width > widths[p.id]!) grow(p, round < PATIENCE ? width : FULL);
      }
      if (widths[n.id] !== FULL) grow(n, RULES[n.op]?.(n, widths) ?? 0);
    }
    if (!incoming.someLoop((p, arg) => widths[arg.id]! > widths[p.id]!)) return widths;
  }
  return widths.fill(FULL);
}

/** The width of a node by those of its operands. */
type Rule = (n: Node, widths: Uint8Array) => number;

const fixed =
  (width: number): Rule =>
  () =>
    width;
const of = (n: Node, at: number, widths: Uint8Array): number => widths[n.inputs[at]!.id]!;
const capped = (width: number): number => Math.max(0, Math.min(FULL, width));
const constantCount = (n: Node): number | undefined => (isI32Const(n.inputs[1]!) ? n.inputs[1]!.imm & 31 : undefined);

const wider: Rule = (n, w) => Math.max(of(n, 0, w), of(n, 1, w));
const shiftRight: Rule = (n, w) => capped(of(n, 0, w) - (constantCount(n) ?? 0));
const ifNonNegative =
  (rule: Rule): Rule =>
  (n, w) =>
    areNarrow(n, w) ? rule(n, w) : FULL;
const remainder: Rule = (n, w) => Math.min(of(n, 0, w), of(n, 1, w));

const RULES = byOp<Rule | undefined>(
  {
    'i32.const': (n) => (n.imm < 0 ? FULL : capped(FULL - Math.clz32(n.imm))),
    'i32.load8_u': fixed(8),
    'i32.load16_u': fixed(16),
    'i32.clz': fixed(6),
    'i32.ctz': fixed(6),
    'i32.popcnt': fixed(6),
    'i32.and': (n, w) => Math.min(of(n, 0, w), of(n, 1, w)),
    'i32.or': wider,
    'i32.xor': wider,
    'i32.add': (n, w) => capped(Math.max(of(n, 0, w), of(n, 1, w)) + 1),
    'i32.mul': (n, w) => capped(of(n, 0, w) + of(n, 1, w)),
    'i32.shl': (n, w) => (constantCount(n) === undefined ? FULL : capped(of(n, 0, w) + constantCount(n)!)),
    'i32.shr_u': shiftRight,
    'i32.shr_s': (n, w) => (w[n.inputs[0]!.id]! < FULL ? shiftRight(n, w) : FULL),
    'i32.div_u': (n, w) => of(n, 0, w),
    'i32.div_s': ifNonNegative((n, w) => of(n, 0, w)),
    'i32.rem_u': remainder,
    'i32.rem_s': ifNonNegative(remainder),
    select: wider,
  },
  undefined,
);
RULES[Ir.carry] = fixed(1);
RULES[Ir.borrow] = fixed(1);
/** By kind of node: the width to start from, which is all that is ever known where there is no rule. */
const START = Uint8Array.from({ length: NODE_KINDS }, (_, op) => (RULES[op] ? 0 : isTest(op) ? 1 : FULL));

/** Operations that treat operands without sign bit as their signed forms do. */
const SIGNED: Partial<Record<number, OpName>> = Object.fromEntries(
  (
    [
      ['i32.lt_u', 'i32.lt_s'],
      ['i32.gt_u', 'i32.gt_s'],
      ['i32.le_u', 'i32.le_s'],
      ['i32.ge_u', 'i32.ge_s'],
      ['i32.div_u', 'i32.div_s'],
      ['i32.rem_u', 'i32.rem_s'],
      ['f32.convert_i32_u', 'f32.convert_i32_s'],
      ['f64.convert_i32_u', 'f64.convert_i32_s'],
    ] as const
  ).map(([from, to]) => [OP[from], to]),
);
