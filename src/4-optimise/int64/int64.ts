/**
 * Splits every i64 value into two i32 halves, so that all later passes see 32-bit arithmetic only: a high half that
 * nobody reads dies like any other value, and folding needs no 64-bit rules.
 *
 * Multiplication, carries and borrows become i32 operations; division, variable shifts and conversions call the
 * runtime, which returns the low half and leaves the high half in a cell.
 */
import { WRITES_HIGH } from '../../3-lower/effects.ts';
import {
  CodeWriter,
  type Frame,
  type FuncIR,
  f64Const,
  Ir,
  type IrType,
  isConst,
  isOpening,
  type Node,
  resolveOperands,
  Type,
} from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { scratch } from '../../scratch.ts';
import { byOp, Effect, OP, OPS, type OpName } from '../../wasm/opcodes.ts';
import { ATOMICS } from './atomics.ts';
import { steadySums } from './carries.ts';
import { COMPARISONS } from './comparisons.ts';
import { COUNTS } from './int64-counts.ts';
import { OBJECTS } from './objects.ts';
import { SHIFTS } from './shifts.ts';
import { WIDE } from './wide.ts';

const TWO_32 = 4294967296;

export function splitInt64(ir: FuncIR, note?: Note): void {
  if (!ir.params.some(isInt64) && !ir.code.some(madeInt64)) {
    // What never returns has such results too.
    ir.results = halvesOf(ir.results);
    return;
  }
  const splitter = new Splitter(ir);
  splitter.run();
  if (note) splitter.tell(note);
}

const isInt64 = (n: Node): boolean => n.type === Type.i64;
/** Does a node have a value of i64, or does its frame? */
const madeInt64 = (n: Node): boolean => isInt64(n) || (isOpening(n.op) && n.frame!.params.some(isInt64));
const halvesOf = (types: readonly IrType[]): IrType[] =>
  types.flatMap((t) => (t === Type.i64 ? [Type.i32, Type.i32] : [t]));

export class Splitter {
  readonly ir: FuncIR;
  /** The upper words of wide arithmetic's results. */
  readonly wideHigh = new Map<Node, readonly [Node, Node]>();
  private readonly out: CodeWriter;
  private readonly steady: ReadonlySet<Node>;
  /** The halves of the values that are split, low and high in turn. */
  private readonly parts: Node[] = [];
  /** By node id: one more than the place of its low half there; 0 for what is not split. */
  private readonly places: Int32Array;

  constructor(ir: FuncIR) {
    this.ir = ir;
    this.steady = steadySums(ir);
    this.out = new CodeWriter(ir.code);
    this.places = scratch.words(ir.nodeCount);
  }
  /** Is the carry of a sum worth a branch? */
  isSteady(n: Node): boolean {
    return this.steady.has(n);
  }

  run(): void {
    const { ir } = this;
    this.splitParams();
    for (const n of ir.code) if (isOpening(n.op)) this.splitMerges(n.frame!);
    for (const n of ir.code) this.visit(n);
    ir.code = this.out.finish();
    ir.results = halvesOf(ir.results);
  }

  /** What the values have become. */
  tell(note: Note): void {
    note('i64 values, each two i32', this.parts.length / 2);
    note('of these with a high half that is constant', this.parts.filter((n, i) => i % 2 === 1 && isConst(n)).length);
    note('sums whose carry is a branch', this.steady.size);
    for (const n of this.ir.code) if (n.op === Ir.libcall) note('by a function of the runtime', n.name);
  }

  set(n: Node, low: Node, high: Node): void {
    this.places[n.id] = this.parts.push(low, high) - 1;
  }
  /** Is it an i64 value of the function as it was? */
  isSplit(n: Node): boolean {
    return this.places[n.id]! > 0;
  }
  lo(n: Node): Node {
    return this.parts[this.places[n.id]! - 1]!;
  }
  hi(n: Node): Node {
    return this.parts[this.places[n.id]!]!;
  }

  private splitParams(): void {
    const { ir } = this;
    const params: Node[] = [];
    for (const p of ir.params) {
      if (p.type !== Type.i64) {
        p.imm = params.length;
        params.push(p);
        continue;
      }
      const low = ir.node(Ir.param, Type.i32, [], params.length);
      const high = ir.node(Ir.param, Type.i32, [], params.length + 1);
      this.set(p, low, high);
      params.push(low, high);
    }
    ir.params.length = 0;
    for (const p of params) ir.params.push(p);
  }

  private splitMerges(frame: Frame): void {
    if (!frame.params.some(isInt64)) return;
    const old = frame.params;
    frame.params = [];
    for (const p of old) {
      if (p.type === Type.i64) this.set(p, this.ir.merge(frame, Type.i32), this.ir.merge(frame, Type.i32));
      else frame.params.push(p);
    }
  }

  splitList(list: Node[]): Node[] {
    let at = 0;
    while (at < list.length && !this.isSplit(list[at]!)) at++;
    if (at === list.length) return list;
    const split = list.slice(0, at);
    for (; at < list.length; at++) {
      const n = list[at]!;
      if (this.isSplit(n)) split.push(this.lo(n), this.hi(n));
      else split.push(n);
    }
    return split;
  }

  private visit(n: Node): void {
    resolveOperands(n);
    if (n.targets) for (const t of n.targets) t.args = this.splitList(t.args);
    if (n.op === Ir.loop) n.frame!.init = this.splitList(n.frame!.init);
    const rule = RULES[n.op];
    if (rule) rule(this, n);
    else if (n.type === Type.i64) this.wide(n);
    else {
      n.inputs = this.splitList(n.inputs);
      this.out.push(n);
    }
  }

  /** Nodes with an i64 result that keep their kind: calls, globals, projections, select. */
  private wide(n: Node): void {
    const { ir } = this;
    const low = this.add(ir.node(n.op, Type.i32, this.splitList(n.inputs), n.imm, n.imm2));
    if (n.op === Ir.nanGet) this.set(n, low, this.add(ir.node(Ir.nanGet, Type.i32, [], n.imm + 1)));
    else if (n.op === Ir.globalBits) this.set(n, low, this.add(ir.node(Ir.globalBits, Type.i32, [], n.imm, 1)));
    else if (n.op === OP['global.get']) this.set(n, low, this.add(ir.node(Ir.globalHigh, Type.i32, [], n.imm)));
    else if (n.op === Ir.varGet) this.set(n, low, this.add(ir.node(Ir.varGet, Type.i32, [], n.imm, 1)));
    else if (n.op === Ir.exnGet) this.set(n, low, this.add(ir.node(Ir.exnGet, Type.i32, low.inputs, n.imm + 1)));
    else if (n.op === Ir.project) this.set(n, low, this.add(ir.node(Ir.project, Type.i32, low.inputs, n.imm + 1)));
    else this.set(n, low, this.add(ir.node(Ir.high, Type.i32, [low])));
  }

  add(n: Node): Node {
    this.out.push(n);
    return n;
  }
  i32(value: number): Node {
    return this.add(this.ir.i32(value));
  }
  op(name: OpName, ...inputs: Node[]): Node {
    return this.typed(name, Type.i32, inputs);
  }
  typed(name: OpName, type: number, inputs: Node[]): Node {
    return this.add(this.ir.node(OP[name], type, inputs));
  }
  special(op: number, ...inputs: Node[]): Node {
    return this.add(this.ir.node(op, Type.i32, inputs));
  }
  /** A call of the runtime with an i64 result. */
  libcall(n: Node, name: string, inputs: Node[], effects = 0): void {
    const low = this.add(this.ir.libcall(name, Type.i32, inputs, effects | WRITES_HIGH));
    this.set(n, low, this.add(this.ir.node(Ir.high, Type.i32, [low])));
  }
  /** Replaces an i64 operation whose result is not i64. */
  replace(n: Node, by: Node): void {
    n.forward = by;
  }
  halves(n: Node): [Node, Node, Node, Node] {
    const [a, b] = n.inputs as [Node, Node];
    return [this.lo(a), this.hi(a), this.lo(b), this.hi(b)];
  }
}

export type Rule = (s: Splitter, n: Node) => void;

/** The runtime function of the same name. */
const byLibcall =
  (effects = 0): Rule =>
  (s, n) => {
    const inputs = s.splitList(n.inputs);
    s.libcall(n, OPS[n.op]!.symbol, inputs, effects);
  };
/** The same with a result that is not i64. */
const plainLibcall: Rule = (s, n) => {
  const inputs = s.splitList(n.inputs);
  s.replace(n, s.add(s.ir.libcall(OPS[n.op]!.symbol, n.type, inputs, 0)));
};

const bitwise =
  (name: OpName): Rule =>
  (s, n) => {
    const [al, ah, bl, bh] = s.halves(n);
    s.set(n, s.op(name, al, bl), s.op(name, ah, bh));
  };

function extendTo(bits: 8 | 16): Rule {
  return (s, n) => {
    const low = s.op(bits === 8 ? 'i32.extend8_s' : 'i32.extend16_s', s.lo(n.inputs[0]!));
    s.set(n, low, sign(s, low));
  };
}
const sign = (s: Splitter, low: Node): Node => s.op('i32.shr_s', low, s.i32(31));

function load(name: OpName, high: 'zero' | 'sign'): Rule {
  return (s, n) => {
    const low = access(s, n, name, n.imm);
    s.set(n, low, high === 'zero' ? s.i32(0) : sign(s, low));
  };
}
function access(s: Splitter, n: Node, name: OpName, offset: number): Node {
  const half = s.ir.node(OP[name], Type.i32, s.splitList(n.inputs), offset, n.imm2);
  half.align = n.align;
  return s.add(half);
}
function store(name: OpName): Rule {
  return (s, n) => {
    const low = s.ir.node(OP[name], Type.none, [...s.splitList([n.inputs[0]!]), s.lo(n.inputs[1]!)], n.imm, n.imm2);
    low.align = n.align;
    s.add(low);
  };
}

function multiply(s: Splitter, n: Node): void {
  const [al, ah, bl, bh] = s.halves(n);
  const low = s.op('i32.mul', al, bl);
  const cross = s.op('i32.add', s.op('i32.mul', al, bh), s.op('i32.mul', ah, bl));
  s.set(n, low, s.op('i32.add', s.special(Ir.mulHigh, al, bl, low), cross));
}

function convertF64(signed: boolean): Rule {
  return (s, n) => {
    const a = n.inputs[0]!;
    const high = s.typed(signed ? 'f64.convert_i32_s' : 'f64.convert_i32_u', Type.f64, [s.hi(a)]);
    const low = s.typed('f64.convert_i32_u', Type.f64, [s.lo(a)]);
    const scaled = s.typed('f64.mul', Type.f64, [high, s.add(f64Const(s.ir, TWO_32))]);
    s.replace(n, s.typed('f64.add', Type.f64, [scaled, low]));
  };
}

/** Writes of variables: the high half of a wide value goes by a node of its own. */
const write =
  (high: number, imm2: number): Rule =>
  (s, n) => {
    const [value] = s.add(n).inputs as [Node];
    if (!s.isSplit(value)) return;
    n.inputs = [s.lo(value)];
    s.add(s.ir.node(high, Type.none, [s.hi(value)], n.imm, imm2));
  };

const RULES: (Rule | undefined)[] = byOp<Rule | undefined>(
  {
    ...SHIFTS,
    ...WIDE,
    ...OBJECTS,
    ...ATOMICS,
    'i64.const': (s, n) => s.set(n, s.i32(n.imm), s.i32(n.imm2)),
    'i64.add': (s, n) => {
      const [al, ah, bl, bh] = s.halves(n);
      const high = s.op('i32.add', ah, bh);
      if (s.isSteady(n)) {
        // The sum as a variable: V8 takes twice as long for one that it has to compute again as an unsigned number.
        const low = s.op('i32.add', al, bl);
        s.set(n, low, s.op('select', s.op('i32.add', high, s.i32(1)), high, s.op('i32.lt_u', low, al)));
      } else {
        const low = s.op('i32.add', al, bl);
        s.set(n, low, s.op('i32.add', high, s.special(Ir.carry, al, bl, low)));
      }
    },
    'i64.sub': (s, n) => {
      const [al, ah, bl, bh] = s.halves(n);
      const high = s.op('i32.sub', s.op('i32.sub', ah, bh), s.special(Ir.borrow, al, bl));
      s.set(n, s.op('i32.sub', al, bl), high);
    },
    'i64.mul': multiply,
    'i64.div_s': byLibcall(Effect.trap),
    'i64.div_u': byLibcall(Effect.trap),
    'i64.rem_s': byLibcall(Effect.trap),
    'i64.rem_u': byLibcall(Effect.trap),
    'i64.and': bitwise('i32.and'),
    'i64.or': bitwise('i32.or'),
    'i64.xor': bitwise('i32.xor'),
    ...COMPARISONS,
    ...COUNTS,
    'i32.wrap_i64': (s, n) => s.replace(n, s.lo(n.inputs[0]!)),
    'i64.extend_i32_s': (s, n) => s.set(n, n.inputs[0]!, sign(s, n.inputs[0]!)),
    'i64.extend_i32_u': (s, n) => s.set(n, n.inputs[0]!, s.i32(0)),
    'i64.extend8_s': extendTo(8),
    'i64.extend16_s': extendTo(16),
    'i64.extend32_s': (s, n) => s.set(n, s.lo(n.inputs[0]!), sign(s, s.lo(n.inputs[0]!))),
    'i64.trunc_f32_s': byLibcall(Effect.trap),
    'i64.trunc_f32_u': byLibcall(Effect.trap),
    'i64.trunc_f64_s': byLibcall(Effect.trap),
    'i64.trunc_f64_u': byLibcall(Effect.trap),
    'i64.trunc_sat_f32_s': byLibcall(),
    'i64.trunc_sat_f32_u': byLibcall(),
    'i64.trunc_sat_f64_s': byLibcall(),
    'i64.trunc_sat_f64_u': byLibcall(),
    'f32.convert_i64_s': plainLibcall,
    'f32.convert_i64_u': plainLibcall,
    'f64.convert_i64_s': convertF64(true),
    'f64.convert_i64_u': convertF64(false),
    'i64.reinterpret_f64': byLibcall(),
    'f64.reinterpret_i64': plainLibcall,
    'i64.load': (s, n) => s.set(n, access(s, n, 'i32.load', n.imm), access(s, n, 'i32.load', n.imm + 4)),
    'i64.load8_s': load('i32.load8_s', 'sign'),
    'i64.load8_u': load('i32.load8_u', 'zero'),
    'i64.load16_s': load('i32.load16_s', 'sign'),
    'i64.load16_u': load('i32.load16_u', 'zero'),
    'i64.load32_s': load('i32.load', 'sign'),
    'i64.load32_u': load('i32.load', 'zero'),
    'i64.store': (s, n) => {
      const [address, value] = n.inputs as [Node, Node];
      const pair = s.ir.node(
        Ir.storePair,
        Type.none,
        [...s.splitList([address]), s.lo(value), s.hi(value)],
        n.imm,
        n.imm2,
      );
      pair.align = n.align;
      pair.effects = n.effects;
      s.add(pair);
    },
    'i64.store8': store('i32.store8'),
    'i64.store16': store('i32.store16'),
    'i64.store32': store('i32.store'),
    'global.set': write(Ir.globalSetHigh, 0),
    select: (s, n) => {
      const [a, b, c] = n.inputs as [Node, Node, Node];
      if (n.type !== Type.i64) s.add(n);
      else {
        s.set(
          n,
          s.typed('select', Type.i32, [s.lo(a), s.lo(b), c]),
          s.typed('select', Type.i32, [s.hi(a), s.hi(b), c]),
        );
      }
    },
  },
  undefined,
);
RULES[Ir.wideHigh] = (s, n) => s.set(n, ...s.wideHigh.get(n.inputs[0]!)!);
RULES[Ir.varSet] = write(Ir.varSet, 1);
RULES[Ir.pair] = (s, n) => s.set(n, n.inputs[0]!, n.inputs[1]!);
/** Bits of an f64: word after word. */
RULES[Ir.globalSetBits] = write(Ir.globalSetBits, 1);
RULES[Ir.nanSet] = (s, n) => {
  const [value] = s.add(n).inputs as [Node];
  if (!s.isSplit(value)) return;
  n.inputs = [s.lo(value)];
  s.add(s.ir.node(Ir.nanSet, Type.none, [s.hi(value)], n.imm + 1));
};
