/**
 * Constants in what a loop carries from round to round. In `crc = table[crc & 255 ^ *p] ^ crc >>> 8` each round waits for the
 * one before, and so for every operation between two loads of the table, the addition of the table's address among them.
 * Where an index cannot have the bits of that constant, the sum is an exclusive or, and that may be done first to the operand
 * that does not wait: `table + (x ^ y)` becomes `x ^ (y ^ table)`.
 */
import { type FuncIR, hasHighAddress, Ir, isAccess, isI32Const, isWithinSpan, type Node, Type } from '../3-lower/ir.ts';
import type { Note } from '../notes.ts';
import { scratch } from '../scratch.ts';
import { OP } from '../wasm/opcodes.ts';
import { widthsOf } from './bits.ts';
import { Incoming, paramsAt } from './control/frames.ts';

/** Nodes looked through before a value counts as one that may wait. */
const MAX_LOOKED = 64;

/** An access to `constant + (x << shift)`, where x is an exclusive or, perhaps masked. */
interface Chain {
  readonly access: Node;
  /** Position of the innermost loop around it. */
  readonly loop: number;
  readonly constant: number;
  readonly xor: Node;
  readonly mask: Node | undefined;
  readonly shift: Node | undefined;
  /** The nodes between the exclusive or and the access, which nobody else may use. */
  readonly path: readonly Node[];
}

export function shortenRecurrences(ir: FuncIR, note?: Note): void {
  const chains = findChains(ir);
  if (chains.length === 0) return;
  const shortener = new Shortener(ir);
  const done = chains.filter((c) => shortener.shorten(c)).length;
  note?.('constants moved out of what a loop carries', done);
  note?.(
    'sums of an address and a constant stay: nothing waits for them, or their bits may meet',
    chains.length - done,
  );
  shortener.finish();
}

function findChains(ir: FuncIR): Chain[] {
  const chains: Chain[] = [];
  const loops: number[] = [];
  for (let i = 0; i < ir.code.length; i++) {
    const n = ir.code[i]!;
    if (n.op === Ir.loop) loops.push(i);
    else if (n.op === Ir.end && n.frame!.kind === 'loop') loops.pop();
    else if (loops.length > 0 && isAccess(n) && !hasHighAddress(n) && !isWithinSpan(n)) {
      const chain = chainOf(n, loops[loops.length - 1]!);
      if (chain) chains.push(chain);
    }
  }
  return chains;
}

function chainOf(access: Node, loop: number): Chain | undefined {
  const path: Node[] = [];
  const through = (n: Node): Node => {
    path.push(n);
    return n.inputs[0]!;
  };
  let constant = access.imm;
  let at = access.inputs[0]!;
  if (at.op === OP['i32.add'] && isI32Const(at.inputs[1]!) && constant === 0) {
    constant = at.inputs[1]!.imm;
    at = through(at);
  }
  const shift = at.op === OP['i32.shl'] && isI32Const(at.inputs[1]!) ? at : undefined;
  if (shift) at = through(shift);
  const mask = at.op === OP['i32.and'] && isI32Const(at.inputs[1]!) && isLowMask(at.inputs[1]!.imm) ? at : undefined;
  if (mask) at = through(mask);
  const by = 2 ** amount(shift);
  if (at.op !== OP['i32.xor'] || constant <= 0 || constant >= 2 ** 31 || constant % by !== 0) return undefined;
  return { access, loop, constant, xor: at, mask, shift, path: [...path, at] };
}
const amount = (shift: Node | undefined): number => (shift ? shift.inputs[1]!.imm & 31 : 0);
const isLowMask = (n: number): boolean => n > 0 && (n & (n + 1)) === 0;

class Shortener {
  private readonly ir: FuncIR;
  private readonly incoming: Incoming;
  private readonly widths: Uint8Array;
  private readonly uses: Int32Array;
  /** By node id. */
  private readonly position: Int32Array;
  /** Nodes to stand before another. */
  private readonly made = new Map<Node, Node[]>();

  constructor(ir: FuncIR) {
    this.ir = ir;
    this.incoming = new Incoming(ir);
    this.widths = widthsOf(ir);
    this.uses = scratch.words(ir.nodeCount);
    this.position = scratch.words(ir.nodeCount, -1);
    for (let i = 0; i < ir.code.length; i++) {
      const n = ir.code[i]!;
      this.position[n.id] = i;
      for (const p of paramsAt(n)) this.position[p.id] = i;
      for (const v of n.inputs) this.uses[v.id]!++;
      if (n.targets) for (const t of n.targets) for (const v of t.args) this.uses[v.id]!++;
      if (n.op === Ir.loop) for (const v of n.frame!.init) this.uses[v.id]!++;
    }
  }

  /** Moves the constant of a chain, if that is exact and shortens something. */
  shorten({ access, loop, constant, xor, mask, shift, path }: Chain): boolean {
    const width = this.widths[(mask ?? xor).id]! + amount(shift);
    if (width >= 31 || constant % 2 ** width !== 0 || path.some((n) => this.uses[n.id] !== 1)) return false;
    const [a, b] = xor.inputs as [Node, Node];
    const waits = this.waitsFor(access, a, loop);
    if (waits === this.waitsFor(access, b, loop)) return false;
    const [late, early] = waits ? [a, b] : [b, a];
    if (mask && this.widths[early.id]! > this.widths[mask.id]!) return false;
    const moved = this.before(xor, OP['i32.xor'], early, this.ir.i32(constant >>> amount(shift)));
    const rest = mask ? this.before(xor, OP['i32.and'], late, this.ir.i32(mask.inputs[1]!.imm)) : late;
    xor.inputs = [rest, moved];
    if (shift) shift.inputs = [xor, shift.inputs[1]!];
    access.inputs = [shift ?? xor, ...access.inputs.slice(1)];
    access.imm = 0;
    return true;
  }

  private before(n: Node, op: number, a: Node, constant: Node): Node {
    const made = this.ir.node(op, Type.i32, [a, constant]);
    const list = this.made.get(n) ?? [];
    list.push(constant, made);
    this.made.set(n, list);
    return made;
  }
  /** Puts what was made where it belongs. */
  finish(): void {
    this.ir.code = this.ir.code.flatMap((n) => [...(this.made.get(n) ?? []), n]);
  }

  /** Does a value need, in a later round of the loop, the result of this access? Also if that is too far to tell. */
  private waitsFor(access: Node, value: Node, loop: number): boolean {
    const seen = new Set<Node>();
    const work = [value];
    for (let v = work.pop(); v !== undefined; v = work.pop()) {
      if (v === access || seen.size === MAX_LOOKED) return true;
      if (seen.has(v) || isI32Const(v) || (this.position[v.id] ?? loop) < loop) continue;
      seen.add(v);
      if (v.op !== Ir.merge) work.push(...v.inputs);
      else {
        const at = v.frame!.params.indexOf(v);
        for (const list of this.incoming.of(v.frame!)) work.push(list[at]!);
      }
    }
    return false;
  }
}
