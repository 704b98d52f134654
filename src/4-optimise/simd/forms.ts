/**
 * In which form each vector is kept: words, singles or doubles.
 *
 * Demands flow backwards. An instruction that computes asks for its own form; one that only moves lanes asks for the form
 * in which its own result is asked for. What comes from arithmetic alone is made in the form of the arithmetic, whoever
 * asks, since there the bits of NaNs are nobody's business; anything else that is asked for as bits is made as words, and
 * in each form besides that computing asks for: a load of the same place twice, constants twice, two sets of merges.
 */
import { type Frame, type FuncIR, Ir, type Node, Type } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { scratch } from '../../scratch.ts';
import { OP } from '../../wasm/opcodes.ts';
import { D, F, I, type Rule } from './rules.ts';
import { ruleOf } from './table.ts';

/** What moves between frames, and the choice between two values: in any form. */
const MOVE = { gives: I | F | D, expand: () => [] };
const MERGE: Rule = { ...MOVE, takes: '' };
const SELECT: Rule = { ...MOVE, takes: 'PPs' };
const CONST: Rule = { ...MOVE, takes: '' };
/** Parameters, results of calls, globals. */
const WORDS: Rule = { takes: '', gives: I, expand: () => [] };

/** By the forms that a vector is made in, where that is one. */
const KEPT: Readonly<Record<number, string>> = {
  0: 'nothing, since nobody reads them',
  [I]: 'four words',
  [F]: 'four singles',
  [D]: 'two doubles',
};

interface Operand {
  readonly value: Node;
  readonly letter: string;
  /** The innermost loop around the use. */
  readonly loop: number;
}

export class Forms {
  private readonly ir: FuncIR;
  /** By node id: the forms that the node makes. */
  readonly made: Uint8Array;
  /** By node id: the forms in which some use within the loop of the definition wants it. */
  readonly near: Uint8Array;
  private readonly wanted: Uint8Array;
  private readonly soft: Uint8Array;
  private readonly arithmetic: Uint8Array;
  private readonly rules: (Rule | undefined)[];
  private readonly operands: (Operand[] | undefined)[];
  private readonly loopOf: Int32Array;
  private readonly parents = [-1];
  private readonly vectors: Node[] = [];

  constructor(ir: FuncIR) {
    const n = ir.nodeCount;
    this.ir = ir;
    this.made = scratch.bytes(n);
    this.near = scratch.bytes(n);
    this.wanted = scratch.bytes(n);
    this.soft = scratch.bytes(n);
    this.arithmetic = scratch.bytes(n);
    this.rules = new Array(n);
    this.operands = new Array(n);
    this.loopOf = scratch.words(n);
    this.collect();
    this.findArithmetic();
    this.demand();
  }
  /** How the vectors are kept. */
  tell(note: Note): void {
    for (const { id } of this.vectors) note(`vectors as ${KEPT[this.made[id]!] ?? 'several forms'}`, 1);
  }
  rule(n: Node): Rule | undefined {
    return this.rules[n.id];
  }

  private define(n: Node, rule: Rule, loop: number): void {
    if (n.type === Type.v128) this.vectors.push(n);
    this.rules[n.id] = rule;
    this.loopOf[n.id] = loop;
    this.operands[n.id] = [];
  }
  private use(by: Node, value: Node, letter: string, loop: number): void {
    if (value.type === Type.v128) (this.operands[by.id] ??= []).push({ value, letter, loop });
  }

  /** Reads the function: rules, operands, loops. */
  private collect(): void {
    const { ir, parents } = this;
    let loop = 0;
    for (const p of ir.params) this.define(p, WORDS, 0);
    for (const n of ir.code) if (n.frame) for (const p of n.frame.params) this.operands[p.id] = [];
    for (const n of ir.code) {
      if (n.op === Ir.loop) {
        for (const [i, a] of n.frame!.init.entries()) this.use(n.frame!.params[i]!, a, 'P', loop);
        loop = parents.push(loop) - 1;
        this.rememberParams(n.frame!, loop);
      } else if (n.op === Ir.end) {
        if (n.frame!.kind === 'loop') loop = parents[loop]!;
        else this.rememberParams(n.frame!, loop);
      }
      this.node(n, loop);
    }
  }
  private rememberParams(frame: Frame, loop: number): void {
    for (const p of frame.params) {
      const known = this.operands[p.id]!;
      this.define(p, MERGE, loop);
      this.operands[p.id] = known;
    }
  }
  private node(n: Node, loop: number): void {
    const rule = n.op === OP['v128.const'] ? CONST : n.op === OP.select && n.type === Type.v128 ? SELECT : ruleOf(n);
    if (rule) {
      this.define(n, rule, loop);
      n.inputs.forEach((v, i) => {
        if (rule.takes[i] !== 's') this.use(n, v, rule.takes[i]!, loop);
      });
    } else {
      if (n.type === Type.v128) this.define(n, WORDS, loop);
      for (const v of n.inputs) this.use(n, v, 'I', loop);
    }
    for (const { frame, args } of n.targets ?? []) {
      args.forEach((a, i) => {
        if (frame.kind === 'exit') this.use(n, a, 'I', loop);
        else this.use(frame.params[i]!, a, 'P', loop);
      });
    }
  }

  /** Optimistic: all that moves comes from arithmetic, until an operand does not. */
  private findArithmetic(): void {
    const { arithmetic, vectors } = this;
    for (const v of vectors) arithmetic[v.id] = this.ownArithmetic(v);
    for (let changed = true; changed; ) {
      changed = false;
      for (const v of vectors) {
        let forms = arithmetic[v.id]!;
        if (forms === 0) continue;
        for (const { value, letter } of this.operands[v.id]!) {
          if (letter === 'P' || letter === 'f' || letter === 'd') forms &= arithmetic[value.id]!;
        }
        changed ||= forms !== arithmetic[v.id];
        arithmetic[v.id] = forms;
      }
    }
  }
  private ownArithmetic(v: Node): number {
    const rule = this.rules[v.id]!;
    if (v.op === OP['v128.const']) return constantForms(v.lanes!);
    if (rule === WORDS) return 0;
    return (rule.arithmetic?.(v) ?? F | D) & rule.gives;
  }

  private demand(): void {
    const work: Node[] = [];
    for (const n of this.ir.code) {
      const rule = this.rules[n.id];
      if (rule && isOpen(rule)) continue;
      for (const o of this.operands[n.id] ?? []) this.want(o, 0, work);
    }
    for (const v of this.vectors) {
      const rule = this.rules[v.id]!;
      if (!isOpen(rule)) this.made[v.id] = rule.gives;
    }
    for (let v = work.pop(); v !== undefined; v = work.pop()) {
      for (const o of this.operands[v.id]!) this.want(o, this.made[v.id]!, work);
    }
  }
  /** A use wants a value in the form of its letter, or in those of the result. */
  private want({ value, letter, loop }: Operand, forms: number, work: Node[]): void {
    const { id } = value;
    if (letter === 'S') this.soft[id] = 1;
    else {
      const mask = wantedBy(letter, forms);
      this.wanted[id]! |= mask;
      if (this.isWithin(loop, this.loopOf[id]!)) this.near[id]! |= mask;
    }
    const rule = this.rules[id]!;
    if (!isOpen(rule)) return;
    const made = this.choose(value, rule);
    if (made === this.made[id]) return;
    this.made[id] = made;
    work.push(value);
  }
  private isWithin(loop: number, around: number): boolean {
    for (let l = loop; l >= around; l = this.parents[l]!) if (l === around) return true;
    return false;
  }
  private choose(v: Node, rule: Rule): number {
    const arithmetic = this.arithmetic[v.id]!;
    if (arithmetic === F || arithmetic === D) return arithmetic;
    const wanted = this.wanted[v.id]!;
    const others = this.soft[v.id] === 1 || (wanted & ~rule.gives) !== 0;
    return (wanted & rule.gives) | (others ? I : 0);
  }
}

/** Is the form of the result open? */
const isOpen = (rule: Rule): boolean => (rule.gives & (rule.gives - 1)) !== 0;

function wantedBy(letter: string, forms: number): number {
  if (letter === 'I') return I;
  if (letter === 'F') return F;
  if (letter === 'D') return D;
  return letter === 'f' ? forms | F : letter === 'd' ? forms | D : forms;
}

/** The forms in which a constant keeps its bits on every engine: those without a NaN. */
function constantForms(words: readonly number[]): number {
  const isSingle = words.every((w) => (w & 0x7fffffff) <= 0x7f800000);
  const isDouble = [1, 3].every((k) => (words[k]! & 0x7fffffff) < 0x7ff00000);
  return (isSingle ? F : 0) | (isDouble ? D : 0);
}
