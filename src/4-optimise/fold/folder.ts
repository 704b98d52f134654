/** What the rules of folding are made of. */
import { type CodeWriter, type FuncIR, f32Const, f64Const, isI32Const, type Node, Type } from '../../3-lower/ir.ts';
import { OP, type OpName } from '../../wasm/opcodes.ts';

/** Makes nodes for rules, folded themselves. */
export class Folder {
  readonly ir: FuncIR;
  private readonly out: CodeWriter;
  private readonly rules: Rules;

  constructor(ir: FuncIR, out: CodeWriter, rules: Rules) {
    this.ir = ir;
    this.out = out;
    this.rules = rules;
  }
  i32(value: number): Node {
    return this.add(this.ir.i32(value));
  }
  f64(value: number): Node | undefined {
    return Number.isNaN(value) ? undefined : this.add(f64Const(this.ir, value));
  }
  f32(value: number): Node | undefined {
    return Number.isNaN(value) ? undefined : this.add(f32Const(this.ir, Math.fround(value)));
  }
  op(name: OpName, ...inputs: Node[]): Node {
    return this.typed(name, Type.i32, inputs);
  }
  typed(name: OpName, type: number, inputs: Node[]): Node {
    const n = this.ir.node(OP[name], type, inputs);
    return this.rules[n.op]?.(this, n) ?? this.add(n);
  }
  private add(n: Node): Node {
    this.out.push(n);
    return n;
  }
}

/** Gives the node to use instead, or undefined to keep it (perhaps changed in place). */
export type Rule = (f: Folder, n: Node) => Node | undefined;

/** By kind of node. */
export type Rules = readonly (Rule | undefined)[];

/** `a op b` on two constants. */
export const binary =
  (evaluate: (a: number, b: number) => number, identities?: Rule): Rule =>
  (f, n) => {
    const [a, b] = n.inputs as [Node, Node];
    if (isI32Const(a) && isI32Const(b)) return f.i32(evaluate(a.imm, b.imm));
    return identities?.(f, n);
  };

/** Puts the constant of a commutative operation on the right. */
export function constantRight(n: Node): Node {
  const [a, b] = n.inputs as [Node, Node];
  if (isI32Const(a) && !isI32Const(b)) n.inputs = [b, a];
  return n.inputs[1]!;
}

export const same = (n: Node): boolean => n.inputs[0] === n.inputs[1];
export const left = (n: Node): Node => n.inputs[0]!;

export const SIGN_BIT = -2147483648;
