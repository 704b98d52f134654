/**
 * Draws the graph of `payloads.ts` while a body is validated: beside the type of each operand stands its *origin*, a node of
 * the graph. Rules (`flow-rules.ts`) say, by operator, what becomes of the origins of operands and which those of results
 * are.
 */
import { OperatorReader } from '../../1-decode/operators.ts';
import { OP } from '../../wasm/opcodes.ts';
import { F32, F64, type FuncType, type ValType } from '../../wasm/types.ts';
import type { Body } from '../body.ts';
import type { Context } from '../context.ts';
import { FLOW, OPAQUE_FLOW, type Rule } from './flow-rules.ts';
import { type BlockNodes, CONST, Payloads, PLAIN, UNKNOWN } from './payloads.ts';

const isFloat = (t: ValType): boolean => t === F32 || t === F64;
const NONE: readonly number[] = [];
function isNaNConstant({ op, value, low, high }: OperatorReader): boolean {
  if (op === OP['f32.const']) return (value & 0x7fffffff) > 0x7f800000;
  const magnitude = high & 0x7fffffff;
  return magnitude > 0x7ff00000 || (magnitude === 0x7ff00000 && low !== 0);
}

export class Flow {
  readonly payloads = new Payloads();
  /** By height of the operand stack. */
  readonly origins: number[] = [];
  private readonly context: Context;
  private readonly frames: BlockNodes[] = [];
  private func = -1;
  private type: FuncType = { kind: 'func', params: [], results: [] };
  private opaque = false;
  private first = 0;
  /** What `before` keeps for `after`. */
  private kept = PLAIN;

  constructor(context: Context) {
    this.context = context;
  }

  enter(func: number, type: FuncType, localTypes: (index: number) => ValType | undefined): void {
    const { payloads } = this;
    this.func = func;
    this.type = type;
    this.opaque = false;
    this.first = payloads.size;
    let nodes: number[] | undefined;
    for (let i = type.params.length, t = localTypes(i); t !== undefined; t = localTypes(++i)) {
      if (isFloat(t)) (nodes ??= new Array(i - type.params.length).fill(PLAIN)).push(payloads.node());
      else nodes?.push(PLAIN);
    }
    if (nodes) payloads.locals[func] = Int32Array.from(nodes);
    const base = this.funcNodes(func, type);
    const results = base === undefined ? NONE : type.results.map((t, j) => this.slot(base + type.params.length + j, t));
    this.frames[0] = { params: NONE, results };
  }
  leave(): void {
    if (!this.opaque) return;
    this.payloads.opaque.add(this.func);
    this.payloads.calling.add(this.func);
    this.payloads.unknown(this.first, this.payloads.size);
    const base = this.payloads.funcs[this.func];
    if (base === undefined) return;
    this.payloads.unknown(base, base + this.type.params.length + this.type.results.length);
  }

  private slot(node: number, t: ValType): number {
    return isFloat(t) ? node : PLAIN;
  }
  private funcNodes(func: number, { params, results }: FuncType): number | undefined {
    const { funcs } = this.payloads;
    if (funcs[func] === undefined && (params.some(isFloat) || results.some(isFloat))) {
      const first = this.payloads.nodes(params.length + results.length);
      for (let i = 0; i < params.length + results.length; i++) this.payloads.mix(first + i);
      funcs[func] = first;
    }
    return funcs[func];
  }

  /** The origin of the operand `depth` below the top. */
  origin(v: Body, depth: number): number {
    const at = v.operands - 1 - depth;
    return at >= v.frame.height ? this.origins[at]! : PLAIN;
  }
  setOrigin(v: Body, origin: number): void {
    this.origins[v.operands - 1] = origin;
  }
  private isFloatOnTop(v: Body, depth: number): boolean {
    return isFloat(v.operandType(depth));
  }

  // Rules

  /** From here on, all that is known of the function is whom it calls. */
  unknownOperator(v: Body): void {
    if (!this.opaque) for (let k = 0; k < v.operands; k++) this.payloads.observe(this.origins[k]!);
    this.opaque = true;
  }
  /** The rules to go by. */
  get rules(): readonly (Rule | undefined)[] {
    return this.opaque ? OPAQUE_FLOW : FLOW;
  }
  /** Floats go to a function from unknown places, and come to them. */
  callOpaquely(func: number, type: FuncType): void {
    const first = this.funcNodes(func, type);
    if (first === undefined) return;
    for (let k = 0; k < type.params.length; k++) this.payloads.edge(UNKNOWN, this.slot(first + k, type.params[k]!));
    for (let j = 0; j < type.results.length; j++) this.payloads.observe(first + type.params.length + j);
  }
  observe(v: Body, depth: number): void {
    this.payloads.observe(this.origin(v, depth));
  }
  compute(v: Body, depth: number): void {
    this.payloads.compute(this.origin(v, depth));
  }
  /** The result is a value of its own: bears a payload, has all its bits. */
  source(v: Body): void {
    const n = this.payloads.place(v.reader.at, 0);
    this.payloads.bears(n);
    this.setOrigin(v, n);
  }
  constant(v: Body): void {
    if (isNaNConstant(v.reader)) this.source(v);
    else this.setOrigin(v, CONST);
  }
  keep(v: Body): void {
    this.kept = this.origin(v, 0);
  }
  pass(v: Body): void {
    this.setOrigin(v, this.kept);
  }

  private local(index: number): number {
    const { params } = this.type;
    if (index >= params.length) return this.payloads.locals[this.func]?.[index - params.length] ?? PLAIN;
    return isFloat(params[index]!) ? this.payloads.funcs[this.func]! + index : PLAIN;
  }
  localGet(v: Body): void {
    this.setOrigin(v, this.local(v.reader.index));
  }
  localSet(v: Body): void {
    this.payloads.edge(this.origin(v, 0), this.local(v.reader.index));
  }
  global(index: number): number {
    const { globals } = this.payloads;
    const g = this.context.globals[index];
    if (g === undefined || !isFloat(g.type)) return PLAIN;
    if (globals[index] === undefined) this.payloads.mix((globals[index] = this.payloads.node()));
    return globals[index]!;
  }

  select(v: Body): void {
    const a = this.origin(v, 2);
    const b = this.origin(v, 1);
    if (a === b || !this.isFloatOnTop(v, 1)) this.kept = a;
    else {
      this.kept = this.payloads.place(v.reader.at, 0);
      this.payloads.edge(a, this.kept);
      this.payloads.edge(b, this.kept);
    }
  }
  /** The second operand's sign is part of the result, whatever it is computed with. */
  copysign(v: Body): void {
    this.observe(v, 0);
    this.compute(v, 0);
    this.kept = this.payloads.place(v.reader.at, 0);
    this.payloads.bears(this.kept);
    this.payloads.edge(this.origin(v, 1), this.kept);
  }

  /** The operands on top, `below` of them not counted, flow to these nodes; undefined: to code we do not see. */
  private flowTo(v: Body, types: readonly ValType[], below: number, nodes: ((k: number) => number) | undefined): void {
    for (let k = 0; k < types.length; k++) {
      if (!isFloat(types[k]!)) continue;
      const origin = this.origin(v, types.length - 1 - k + below);
      if (nodes) this.payloads.edge(origin, nodes(k));
      else this.payloads.observe(origin);
    }
  }
  private comeFrom(v: Body, nodes: readonly number[]): void {
    const base = v.operands - nodes.length;
    for (let k = 0; k < nodes.length; k++) this.origins[base + k] = nodes[k]!;
  }

  call(v: Body, type: FuncType, func: number): void {
    this.payloads.calling.add(this.func);
    const first = this.funcNodes(func, type);
    if (first !== undefined) this.flowTo(v, type.params, 0, (k) => first + k);
  }
  called(v: Body, { params, results }: FuncType, func: number): void {
    const first = this.payloads.funcs[func];
    if (first === undefined) return;
    this.comeFrom(
      v,
      results.map((t, j) => this.slot(first + params.length + j, t)),
    );
  }
  /** A call through a table or a reference, which lies on top. */
  callUnknown(v: Body, { params }: FuncType): void {
    this.payloads.calling.add(this.func);
    this.flowTo(v, params, 1, undefined);
  }
  calledUnknown(v: Body, { results }: FuncType): void {
    if (!results.some(isFloat)) return;
    const n = this.payloads.place(v.reader.at, 0);
    this.payloads.edge(UNKNOWN, n);
    this.comeFrom(
      v,
      results.map((t) => this.slot(n, t)),
    );
  }
  /** What the callee of a tail call returns, this function returns: to the same callers. */
  tailCall(v: Body, type: FuncType, func: number | undefined): void {
    if (func === undefined) this.callUnknown(v, type);
    else this.call(v, type, func);
    const from = func === undefined ? undefined : this.payloads.funcs[func];
    if (func !== undefined) this.payloads.tailCalled.add(func);
    for (const [j, to] of this.frames[0]!.results.entries()) {
      this.payloads.edge(from === undefined ? UNKNOWN : from + type.params.length + j, to);
    }
  }

  // Control

  /** Before a frame is opened; `below` operands are not its parameters. */
  opening(v: Body, below: number): void {
    this.entering.length = 0;
    if (v.reader.block !== 'index') return;
    const count = v.types.func(v.reader.index)?.params.length ?? 0;
    for (let k = 0; k < count; k++) this.entering.push(this.origin(v, count - 1 - k + below));
  }
  private readonly entering: number[] = [];
  /** After it was opened. */
  open(v: Body): void {
    const { params, results } = v.frame;
    const depth = v.depth - 1;
    if (!params.some(isFloat) && !results.some(isFloat)) {
      this.frames[depth] = { params: NONE, results: NONE };
      return;
    }
    const make = (t: ValType): number => (isFloat(t) ? this.payloads.node() : PLAIN);
    const nodes = { params: params.map(make), results: results.map(make) };
    this.frames[depth] = nodes;
    this.payloads.blocks.set(v.reader.at, nodes);
    for (let k = 0; k < params.length; k++) this.payloads.edge(this.entering[k]!, nodes.params[k]!);
    this.comeFrom(v, nodes.params);
  }
  branch(v: Body, depth: number, below: number): void {
    const at = v.depth - 1 - depth;
    if (at < 0) return;
    const types = v.labelTypes(depth);
    const frame = this.frames[at]!;
    const nodes = at > 0 && v.label(depth).op === OP.loop ? frame.params : frame.results;
    if (nodes.length > 0) this.flowTo(v, types, below, (k) => nodes[k]!);
  }
  branchTable(v: Body): void {
    const { targets } = v.reader;
    for (const depth of targets.length > 1 ? new Set(targets) : targets) this.branch(v, depth, 1);
  }
  /** At the end of a frame or of its first arm, with the results on the stack. */
  close(v: Body): void {
    const frame = this.frames[v.depth - 1]!;
    const { results } = v.frame;
    if (frame.results.length > 0) this.flowTo(v, results, 0, (k) => frame.results[k]!);
    this.closing = frame;
    // An if without else gives what it takes.
    if (v.frame.op !== OP.if || v.reader.op !== OP.end) return;
    for (let k = 0; k < frame.params.length; k++) this.payloads.edge(frame.params[k]!, frame.results[k]!);
  }
  private closing: BlockNodes = { params: NONE, results: NONE };
  otherwise(v: Body): void {
    this.frames[v.depth - 1] = this.closing;
    this.comeFrom(v, this.closing.params);
  }
  closed(v: Body): void {
    if (v.depth > 0) this.comeFrom(v, this.closing.results);
  }

  /** All callers and readers that are not in the code. Once, after all bodies. */
  finish(): Payloads {
    const { payloads, context } = this;
    const { module } = context;
    for (const f of payloads.tailCalled) payloads.open.add(f);
    context.declared.forEach((yes, i) => {
      if (yes) payloads.open.add(i);
    });
    for (const f of module.funcs) {
      const type = context.funcs[f.index]!;
      const first = this.funcNodes(f.index, type);
      if (first === undefined) continue;
      const imported = f.import !== undefined;
      if (imported || payloads.open.has(f.index)) this.unknownCallers(first, type, imported);
    }
    for (const i of module.globals.keys()) this.globalInit(i);
    for (const e of module.exports) if (e.kind === 'global') this.exportGlobal(e.index);
    return payloads;
  }
  private unknownCallers(first: number, { params, results }: FuncType, imported: boolean): void {
    const { payloads } = this;
    for (let i = 0; i < params.length + results.length; i++) {
      if (i < params.length === imported) payloads.observe(first + i);
      else payloads.bears(first + i);
    }
  }
  private globalInit(index: number): void {
    const node = this.global(index);
    if (node === PLAIN) return;
    const { init } = this.context.module.globals[index]!;
    if (!init) return this.payloads.bears(node);
    const reader = new OperatorReader(this.context.module.bytes, init.start, init.end);
    reader.next();
    if (reader.op === OP['global.get']) this.payloads.edge(this.global(reader.index), node);
    else if (isNaNConstant(reader)) this.payloads.bears(node);
  }
  private exportGlobal(index: number): void {
    const node = this.global(index);
    this.payloads.observe(node);
    if (this.context.globals[index]!.mutable) this.payloads.bears(node);
  }
}
