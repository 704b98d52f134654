/**
 * Makes the scalar nodes that vectors are split into, and knows the lanes of each vector in the forms it has.
 */
import { WRITES_HIGH } from '../../3-lower/effects.ts';
import { type FuncIR, Ir, isI32Const, type Node, Type } from '../../3-lower/ir.ts';
import { OP, OPS, type OpName } from '../../wasm/opcodes.ts';
import { possibleBits } from './bits.ts';
import { D, F, type Form, I } from './rules.ts';

const TYPES: Record<string, number> = { i: Type.i32, I: Type.i64, f: Type.f32, F: Type.f64, '': Type.none };
/** A word, or a constant. */
export type Arg = Node | number;

export class Expander {
  readonly ir: FuncIR;
  protected out: Node[] = [];
  private readonly constants = new Map<number, Node>();
  private readonly known = new Map<number, number>();
  private readonly conditions = new Map<Node, Node[]>();
  /** By form, the lanes of each vector by its id. */
  private readonly byForm: (Node[] | undefined)[][] = [];

  constructor(ir: FuncIR) {
    this.ir = ir;
    for (const form of [I, F, D]) this.byForm[form] = new Array(ir.nodeCount);
  }

  setLanes(v: Node, form: Form, lanes: Node[]): void {
    this.byForm[form]![v.id] = lanes;
  }
  has(v: Node, form: Form): boolean {
    return this.byForm[form]![v.id] !== undefined;
  }
  /** A form that the vector has, with its exact bits. */
  formAt(v: Node): Form {
    return this.has(v, I) ? I : this.has(v, F) ? F : D;
  }
  /** The lanes of a vector; converted here and now where its definition did not. */
  lanes(v: Node, form: Form): Node[] {
    return this.byForm[form]![v.id] ?? this.converted(v, form);
  }
  converted(v: Node, form: Form): Node[] {
    const words = this.byForm[I]![v.id] ?? this.words(v);
    if (form === F) return words.map((w) => this.op('f32.reinterpret_i32', w));
    if (form === I) return words;
    return [0, 2].map((k) => this.op('f64.reinterpret_i64', this.pair(words[k]!, words[k + 1]!)));
  }
  private words(v: Node): Node[] {
    const singles = this.byForm[F]![v.id];
    if (singles) return singles.map((f) => this.op('i32.reinterpret_f32', f));
    const doubles = this.byForm[D]![v.id];
    if (!doubles) throw new Error(`wasmelt bug: vector v${v.id} has no lanes`);
    return doubles.flatMap((d) => this.halves(this.op('i64.reinterpret_f64', d)));
  }

  add(n: Node): Node {
    this.out.push(n);
    return n;
  }
  /** The bits of a word that may be set. */
  bits(n: Arg): number {
    if (typeof n === 'number') return n;
    let known = this.known.get(n.id);
    if (known === undefined) {
      known = possibleBits(n, (i) => this.known.get(i.id) ?? (isI32Const(i) ? i.imm : -1));
      this.known.set(n.id, known);
    }
    return known;
  }
  /** The same word, of which more is known than its operation tells. */
  within(n: Node, bits: number): Node {
    this.known.set(n.id, bits & this.bits(n));
    return n;
  }
  op(name: OpName, ...inputs: Node[]): Node {
    const type = TYPES[OPS[OP[name]]!.signature?.results ?? 'i']!;
    const n = this.add(this.ir.node(OP[name], type, inputs));
    if (type === Type.i32) this.bits(n);
    return n;
  }
  i32(value: number): Node {
    let n = this.constants.get(value | 0);
    if (!n) {
      n = this.ir.i32(value);
      this.constants.set(value | 0, n);
    }
    return n;
  }
  /** A float of these bits; the forms F and D of constants. */
  float(type: number, low: number, high = 0): Node {
    const op = type === Type.f32 ? OP['f32.const'] : OP['f64.const'];
    return this.add(this.ir.node(op, type, [], low, high));
  }
  /** The constants, which stand before everything else. */
  protected allConstants(): Iterable<Node> {
    return this.constants.values();
  }
  private arg(a: Arg): Node {
    return typeof a === 'number' ? this.i32(a) : a;
  }
  two(name: OpName, a: Arg, b: Arg): Node {
    return this.op(name, this.arg(a), this.arg(b));
  }
  and(a: Arg, b: Arg): Node {
    if (typeof b === 'number' && (this.bits(a) & ~b) === 0) return this.arg(a);
    return this.two('i32.and', a, b);
  }
  or(a: Arg, b: Arg): Node {
    return this.two('i32.or', a, b);
  }
  xor(a: Arg, b: Arg): Node {
    return this.two('i32.xor', a, b);
  }
  plus(a: Arg, b: Arg): Node {
    return this.two('i32.add', a, b);
  }
  minus(a: Arg, b: Arg): Node {
    return this.two('i32.sub', a, b);
  }
  times(a: Arg, b: Arg): Node {
    return this.two('i32.mul', a, b);
  }
  shl(a: Arg, b: Arg): Node {
    return b === 0 ? this.arg(a) : this.two('i32.shl', a, b);
  }
  /** Logical. */
  shr(a: Arg, b: Arg): Node {
    return b === 0 ? this.arg(a) : this.two('i32.shr_u', a, b);
  }
  /** Arithmetic. */
  sar(a: Arg, b: Arg): Node {
    return b === 0 ? this.arg(a) : this.two('i32.shr_s', a, b);
  }
  not(a: Arg): Node {
    return this.xor(a, -1);
  }
  select(a: Node, b: Node, condition: Node): Node {
    return this.add(this.ir.node(OP.select, a.type, [a, b, condition]));
  }
  pair(low: Node, high: Node): Node {
    return this.add(this.ir.node(Ir.pair, Type.i64, [low, high]));
  }
  i64(low: number, high: number): Node {
    return this.pair(this.i32(low), this.i32(high));
  }
  halves(wide: Node): [Node, Node] {
    return [this.op('i32.wrap_i64', wide), this.op('i32.wrap_i64', this.op('i64.shr_u', wide, this.i64(32, 0)))];
  }

  /** A call of the runtime with a v128 result. */
  libcall(name: string, inputs: Node[], effects = 0): Node[] {
    return this.withLanes(this.add(this.ir.libcall(name, Type.i32, inputs, effects | WRITES_HIGH)));
  }
  /** Lane 0, which a call returned, and those it left in the cells. */
  withLanes(first: Node): Node[] {
    const lane = (k: number): Node => this.add(this.ir.node(Ir.lane, Type.i32, [first], k));
    return [first, lane(0), lane(1), lane(2)];
  }
  scalarLibcall(name: string, inputs: Node[]): Node {
    return this.add(this.ir.libcall(name, Type.i32, inputs, 0));
  }

  /** A truth value for each lane as a mask of all ones or zeros; the truth values are remembered. */
  masks(n: Node, conditions: Node[]): Node[] {
    this.conditions.set(n, conditions);
    return conditions.map((c) => this.minus(0, c));
  }
  /** Does lane `k` of `count` of a mask hold? Nonzero for yes. */
  condition(mask: Node, k: number, count: number): Node {
    const known = this.conditions.get(mask);
    if (known) return known[Math.floor((k * known.length) / count)]!;
    return this.lanes(mask, I)[(k * 4) / count]!;
  }
}
