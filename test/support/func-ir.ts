/**
 * FuncIR for tests: lowered from text, or built by hand; passes by name, verified; and values as nested expressions, so that
 * what a test expects does not depend on the numbers of nodes.
 */
import { decode } from '../../src/1-decode/index.ts';
import { validate } from '../../src/2-validate/index.ts';
import type { TypedModule } from '../../src/2-validate/typed.ts';
import { buildIR } from '../../src/3-lower/build.ts';
import { ModuleFacts } from '../../src/3-lower/facts.ts';
import {
  type Frame,
  type FrameKind,
  FuncIR,
  floatValue,
  Ir,
  type IrType,
  isConst,
  type Node,
  opName,
  type Target,
  Type,
} from '../../src/3-lower/ir.ts';
import { irText } from '../../src/3-lower/text.ts';
import { verify } from '../../src/3-lower/verify.ts';
import { PASSES } from '../../src/4-optimise/index.ts';
import type { Memories } from '../../src/4-optimise/memories.ts';
import { ModuleScope } from '../../src/5-emit/js/scope.ts';
import { OP, OPS, type OpName } from '../../src/wasm/opcodes.ts';
import { assembler } from '../nodiff/wat.ts';

export const assemble = assembler();
export const typedOf = async (wat: string): Promise<TypedModule> => validate(decode(await assemble(wat)));

/** Function `index` as lowered, verified; by default the first one that is not imported. */
export function lowered(typed: TypedModule, index = typed.module.importedFuncs): FuncIR {
  const ir = buildIR(typed, typed.module.funcs[index]!, new ModuleFacts(typed));
  verify(ir, 'lower');
  return ir;
}
export const lower = async (wat: string, index?: number): Promise<FuncIR> => lowered(await typedOf(wat), index);

/** Memories whose accesses are a DataView's, as those that a module defines, and memories of which none are. */
export const VIEWED: Memories = { isViewed: () => true, isLow: () => true };
export const IN_ELEMENTS: Memories = { isViewed: () => false, isLow: () => false };
/** What passes are given for a module. */
export const contextOf = (typed: TypedModule): { exact: true; memories: Memories } => ({
  exact: true,
  memories: new ModuleScope(typed),
});

/** Runs passes by name, with the verifier after each; accesses go to typed arrays. */
export function through(ir: FuncIR, ...names: readonly string[]): FuncIR {
  for (const name of names) {
    PASSES.find((p) => p.name === name)!.run(ir, { exact: true, memories: IN_ELEMENTS });
    verify(ir, name);
  }
  return ir;
}

/** The IR as text, its values numbered by first appearance. */
export function plainText(ir: FuncIR): string {
  const numbers = new Map<string, number>();
  return irText(ir).replace(/\bv(\d+)/g, (_, id: string) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size);
    return `v${numbers.get(id)}`;
  });
}

/** A value as an expression: `p0` a parameter, `m1.0` the first parameter of frame 1, `i32.load+4(p0)` an access. */
export function expression(n: Node): string {
  if (n.op === Ir.param) return `p${n.imm}`;
  if (n.op === Ir.merge) return `m${n.frame!.id}.${n.frame!.params.indexOf(n)}`;
  if (isConst(n)) {
    if (n.type === Type.i64) return String((BigInt(n.imm2) << 32n) | BigInt(n.imm >>> 0));
    return n.type === Type.i32 ? String(n.imm) : String(floatValue(n));
  }
  const name = n.name === '' ? opName(n.op) : n.name;
  const imm = n.imm === 0 ? '' : `+${n.imm}`;
  return `${name}${imm}(${n.inputs.map(expression).join(', ')})`;
}

/** What the function's last branch returns. */
export function returned(ir: FuncIR): string {
  const last = ir.code.filter((n) => n.targets?.some((t) => t.frame === ir.exit)).pop();
  return last?.targets?.map((t) => t.args.map(expression).join('; ')).join(' | ') ?? 'nothing';
}

/** How many nodes of an operation the function has. */
export const count = (ir: FuncIR, op: number | OpName): number =>
  ir.code.filter((n) => n.op === (typeof op === 'string' ? OP[op] : op)).length;

const RESULT: Readonly<Record<string, IrType>> = { i: Type.i32, I: Type.i64, f: Type.f32, F: Type.f64, a: Type.i32 };

/** Builds a function node by node, also such as lowering would never make. */
export class HandMade {
  readonly ir = new FuncIR(0);

  param(type: IrType = Type.i32): Node {
    const p = this.ir.node(Ir.param, type, [], this.ir.params.length);
    this.ir.params.push(p);
    return p;
  }
  add(n: Node): Node {
    this.ir.code.push(n);
    return n;
  }
  i32(value: number): Node {
    return this.add(this.ir.i32(value));
  }
  /** An instruction that the opcode table types. */
  op(name: OpName, ...inputs: Node[]): Node {
    const results = OPS[OP[name]]!.signature!.results;
    return this.add(this.ir.node(OP[name], results === '' ? Type.none : RESULT[results]!, inputs));
  }
  kind(op: number, type: IrType, ...inputs: Node[]): Node {
    return this.add(this.ir.node(op, type, inputs));
  }
  /** A frame with its markers around what `body` builds; `types` are those of its parameters. */
  frame(kind: FrameKind, types: readonly IrType[], body: (frame: Frame) => void, more: readonly Node[] = []): Frame {
    const frame = this.ir.frame(kind);
    for (const t of types) this.ir.merge(frame, t);
    if (kind === 'loop') frame.init = more.slice();
    const open = this.kind(kind === 'loop' ? Ir.loop : kind === 'if' ? Ir.if : Ir.block, Type.none);
    if (kind === 'if') open.inputs = more.slice();
    open.frame = frame;
    body(frame);
    this.kind(Ir.end, Type.none).frame = frame;
    return frame;
  }
  else(frame: Frame): void {
    this.kind(Ir.else, Type.none).frame = frame;
  }
  br(frame: Frame, ...args: Node[]): void {
    this.kind(Ir.br, Type.none).targets = [{ frame, args }];
  }
  brIf(condition: Node, frame: Frame, ...args: Node[]): void {
    this.kind(Ir.brIf, Type.none, condition).targets = [{ frame, args }];
  }
  switch(index: Node, ...targets: Target[]): void {
    this.kind(Ir.switch, Type.none, index).targets = targets;
  }
  return(...args: Node[]): FuncIR {
    this.ir.results = args.map((a) => a.type);
    this.br(this.ir.exit, ...args);
    return this.ir;
  }
}
