/**
 * Element indices of memory accesses, where several accesses or all rounds of a loop can share what makes them.
 *
 * By itself an access computes its index from its address (`5-emit/js/access.ts`): a rotation, so that unaligned addresses
 * come out too large. Here `base + 8 * n` becomes `index(base) + n`, with `index(base)` computed once: `base >> 3` where
 * it is known that base is aligned, else `base & 7 ? -2 ** 31 : base >> 3`. It stays exact for every address:
 *
 * - A sum of indices is congruent to the index of the sum, modulo 2^(32 - shift). So an index that lies in a memory is the
 *   right one, and others lead to the libcall, which is given the address.
 * - What is added to the index of an unaligned address, -2^31, is less than would bring it into a memory.
 * - A static offset must not wrap: it is added to the index of the whole address, which is then unsigned.
 *
 * Elsewhere it is signed: compilers let the base of an array be below 0 where all that they add brings it back, and not many
 * programs have arrays beyond 2 GiB, whose accesses go to the libcall.
 */
import {
  CodeWriter,
  type FuncIR,
  hasHighAddress,
  Ir,
  isAccess,
  isI32Const,
  isWithinSpan,
  type Node,
  Type,
} from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { scratch } from '../../scratch.ts';
import { OP, OPS, type OpName } from '../../wasm/opcodes.ts';
import { frequencies } from '../control/frequencies.ts';
import { trailingZeros } from './alignment.ts';
import { Regions } from './regions.ts';

/** What `imm2` of `Ir.index` says about its operand: is it known to be aligned, and is it an unsigned or a signed number? */
export const Known = { nothing: 0, aligned: 1, alignedSigned: 2, signed: 3 } as const;
type Kind = (typeof Known)[keyof typeof Known];

/** More terms than this are not taken apart. */
const MAX_TERMS = 4;
/** Nodes of machine code that an access saves: one with a static offset, and one without. */
const SAVED_WITH_OFFSET = 3;
const SAVED = 1.5;
const COST: Readonly<Record<Kind, number>> = {
  [Known.nothing]: 3,
  [Known.aligned]: 1,
  [Known.alignedSigned]: 1,
  [Known.signed]: 3,
};

/** The index of a value, shared by all accesses that it is part of. */
interface Leaf extends Shared {
  readonly shift: number;
  readonly kind: Kind;
  saved: number;
  /** Where it is computed; -1 if it saves less than it costs. */
  anchor: number;
}

/** An access, and the terms that make its index. */
interface Plan {
  readonly position: number;
  readonly shift: number;
  readonly leaves: readonly Leaf[];
  /** Terms that are indices already: `x` of `x << shift`, with what is left of the shift or product. */
  readonly scaled: readonly Scaled[];
  /** In elements. */
  readonly displacement: number;
  /** The address can be had from the index. */
  readonly isRebuilt: boolean;
  /** What accesses at other displacements have in common. */
  readonly sum: Shared | undefined;
}

const NONE: readonly Scaled[] = [];

/** One literal makes all plans: spreading objects costs far more than filling fields. */
function planOf(
  position: number,
  shift: number,
  leaves: readonly Leaf[],
  scaled: readonly Scaled[],
  displacement: number,
  isRebuilt: boolean,
  sum?: Shared,
): Plan {
  return { position, shift, leaves, scaled, displacement, isRebuilt, sum };
}

/** A node that several accesses use. */
interface Shared {
  readonly value: Node;
  /** Positions of the accesses. */
  readonly users: number[];
  node: Node | undefined;
}
interface Scaled {
  readonly value: Node;
  readonly by: { readonly op: OpName; readonly constant: number } | undefined;
}

export function shareIndices(ir: FuncIR, exact: boolean, note?: Note): void {
  if (!exact) return note?.('accesses have no test whose parts could be shared: --traps none');
  if (note) for (const n of ir.code) if (isAccess(n) && shiftOf(n) === 0) note(whyAlone(n), 1);
  const shifts = scratch.bytes(ir.nodeCount);
  let some = 0;
  for (const n of ir.code) some |= shifts[n.id] = shiftOf(n);
  if (some > 0) new Indices(ir, shifts).run(note);
}

const MADE: Readonly<Record<Kind, string>> = {
  [Known.nothing]: 'with a test of alignment',
  [Known.aligned]: 'of bases known to be aligned',
  [Known.alignedSigned]: 'of bases known to be aligned',
  [Known.signed]: 'with a test of alignment',
};

/** Why an access that gets no place does not, whatever its base. */
function whyAlone(n: Node): string {
  if (OPS[n.op]?.width === 1) return 'accesses to bytes, whose address is their index';
  if (hasHighAddress(n)) return 'accesses with a 64-bit address';
  if (isWithinSpan(n)) return 'accesses of vectors, which have one test for all lanes';
  if (isI32Const(n.inputs[0]!)) return 'accesses at constant addresses';
  return 'accesses that promise no alignment, or whose offset is no multiple of their size';
}

/** log2 of the width of an access that may get a place; 0 for all else. */
function shiftOf(n: Node): number {
  if (!isAccess(n) || hasHighAddress(n) || isWithinSpan(n) || isI32Const(n.inputs[0]!)) return 0;
  const shift = n.op === Ir.storePair ? 2 : 31 - Math.clz32(OPS[n.op]!.width);
  // Others go straight to the libcall.
  return n.align < Math.min(shift, 2) || n.imm % 2 ** shift !== 0 || n.imm >= 2 ** 31 ? 0 : shift;
}

class Indices {
  private readonly ir: FuncIR;
  private readonly zeros: Uint8Array;
  private readonly regions: Regions;
  private readonly frequency: Float64Array;
  private readonly uses: Int32Array;
  /** By node id: uses that are addresses, and addresses but for a constant. */
  private readonly addressUses: Int32Array;
  /** By value, shift and kind; sums by value and shift. */
  private readonly leaves = new Map<number, Leaf>();
  private readonly sums = new Map<number, Shared>();
  /** By node id: log2 of the width of an access that may get a place, 0 for all else. */
  private readonly shifts: Uint8Array;
  /** By node id: 1 for addresses with accesses at a static offset. */
  private readonly withOffset: Uint8Array;
  /** By node id: 1 for what an access adds a constant above 0 to. */
  private readonly raised: Uint8Array;
  /** By position: what is inserted before it; 1 where something is. */
  private readonly inserted = new Map<number, Node[]>();
  private readonly before: Uint8Array;

  constructor(ir: FuncIR, shifts: Uint8Array) {
    this.ir = ir;
    this.shifts = shifts;
    this.withOffset = scratch.bytes(ir.nodeCount);
    this.raised = scratch.bytes(ir.nodeCount);
    this.before = scratch.bytes(ir.code.length);
    this.zeros = trailingZeros(ir);
    this.regions = new Regions(ir);
    this.frequency = frequencies(ir);
    this.uses = scratch.words(ir.nodeCount);
    this.addressUses = scratch.words(ir.nodeCount);
  }

  /** Counts uses, from the last to the first. */
  private count(n: Node): void {
    for (const i of n.inputs) this.uses[i.id]!++;
    if (n.targets) for (const t of n.targets) for (const a of t.args) this.uses[a.id]!++;
    if (n.op === Ir.loop) for (const a of n.frame!.init) this.uses[a.id]!++;
    const plusConstant = n.op === OP['i32.add'] && isI32Const(n.inputs[1]!);
    const isPlace = this.shifts[n.id] !== 0;
    if (isPlace || (plusConstant && this.isOnlyAddress(n))) this.addressUses[n.inputs[0]!.id]!++;
    if (!isPlace) return;
    if (hasOffset(n)) this.withOffset[n.inputs[0]!.id] = 1;
    const { whole, constant } = base(n.inputs[0]!);
    if (constant > 0) this.raised[whole.id] = 1;
  }
  private isOnlyAddress(n: Node): boolean {
    return this.addressUses[n.id] === this.uses[n.id];
  }

  run(note: Note | undefined): void {
    for (let i = this.ir.code.length - 1; i >= 0; i--) this.count(this.ir.code[i]!);
    const plans: Plan[] = [];
    const { code } = this.ir;
    for (let i = 0; i < code.length; i++) {
      const shift = this.shifts[code[i]!.id]!;
      if (shift === 0) continue;
      const plan = this.plan(code[i]!, i, shift);
      if (plan) plans.push(plan);
      else note?.('accesses whose constant is no multiple of their size', 1);
    }
    for (const plan of plans) this.credit(plan);
    this.findAnchors();
    const placed = plans.filter((p) => p.leaves.every((l) => l.anchor >= 0));
    for (const plan of placed) this.place(plan);
    if (note) this.tell(note, placed, plans.length);
    if (this.inserted.size === 0) return;
    const out = new CodeWriter(code);
    for (let i = 0; i < code.length; i++) {
      if (this.before[i] === 1) for (const n of this.inserted.get(i)!) out.push(n);
      out.push(code[i]!);
    }
    this.ir.code = out.finish();
  }

  private tell(note: Note, placed: readonly Plan[], planned: number): void {
    note('accesses by an index that others or all rounds share', placed.length);
    for (const { kind, node } of this.leaves.values()) if (node) note(`indices ${MADE[kind]}`, 1);
    note('accesses that would save less than such an index costs', planned - placed.length);
  }

  private plan(n: Node, position: number, shift: number): Plan | undefined {
    const address = n.inputs[0]!;
    if (hasOffset(n) || this.withOffset[address.id] === 1) {
      const words = n.op === Ir.storePair ? 1 : 0;
      const leaf = this.leaf(address, shift, this.aligned(address, shift) ? Known.aligned : Known.nothing);
      const displacement = n.imm / 2 ** shift + words;
      return planOf(position, shift, [leaf], NONE, displacement, leaf.kind !== Known.nothing);
    }
    const { whole, constant } = base(address);
    if (constant % 2 ** shift !== 0) return undefined;
    const displacement = constant / 2 ** shift;
    const terms = whole.op === OP['i32.add'] ? this.terms(whole) : [whole];
    if (this.aligned(whole, shift)) {
      const { leaves, scaled } = this.alignedTerms(whole, terms, shift);
      return planOf(position, shift, leaves, scaled, displacement, true, this.sum(whole, shift, position));
    }
    const leaves = this.mixedTerms(terms, constant !== 0, position, shift);
    if (leaves) return planOf(position, shift, leaves, NONE, displacement, false, this.sum(whole, shift, position));
    const kind = this.raised[whole.id] === 1 ? this.unaligned(whole) : Known.nothing;
    return planOf(position, shift, [this.leaf(whole, shift, kind)], NONE, displacement, false);
  }

  /** Aligned addresses are taken apart where that saves shifting up and down again. */
  private alignedTerms(whole: Node, terms: readonly Node[], shift: number): Pick<Plan, 'leaves' | 'scaled'> {
    const scaled = terms.map((t) => scaledTerm(t, shift));
    const others = scaled.includes(undefined) ? terms.filter((_, i) => scaled[i] === undefined) : [];
    const isOwn = this.isOnlyAddress(whole) || terms.length === 1;
    if (!isOwn || others.length === terms.length || others.some((t) => !this.aligned(t, shift))) {
      return { leaves: [this.leaf(whole, shift, Known.alignedSigned)], scaled: [] };
    }
    return {
      leaves: others.map((t) => this.leaf(t, shift, Known.alignedSigned)),
      scaled: scaled.filter((s) => s !== undefined),
    };
  }

  /**
   * A base of unknown alignment, which a loop does not change, with aligned terms. Each of those and the constant are less
   * than 2^(31 - shift) away from 0, and what brings an index of -2^31 into a memory is 2^31 - 2^(32 - shift) at least.
   */
  private mixedTerms(
    terms: readonly Node[],
    hasConstant: boolean,
    position: number,
    shift: number,
  ): Leaf[] | undefined {
    if (terms.length < 2) return undefined;
    const unknown = terms.filter((t) => !this.aligned(t, shift));
    const others = terms.length - unknown.length + (hasConstant ? 1 : 0);
    if (unknown.length !== 1 || others > 2 ** shift - 2) return undefined;
    if (!this.regions.isInvariant(unknown[0]!, position)) return undefined;
    return terms.map((t) => this.leaf(t, shift, t === unknown[0] ? this.unaligned(t) : Known.alignedSigned));
  }

  /** What is known of a base: where something is added that must not wrap, it is a place in memory itself. */
  private unaligned(n: Node): Kind {
    return this.withOffset[n.id] === 1 ? Known.nothing : Known.signed;
  }
  private aligned(n: Node, shift: number): boolean {
    return this.zeros[n.id]! >= shift;
  }

  private leaf(value: Node, shift: number, kind: Kind): Leaf {
    const key = 16 * value.id + 4 * shift + kind;
    const known = this.leaves.get(key);
    if (known) return known;
    const leaf: Leaf = { value, shift, kind, users: [], saved: 0, node: undefined, anchor: -1 };
    this.leaves.set(key, leaf);
    return leaf;
  }

  private sum(value: Node, shift: number, position: number): Shared {
    const key = 4 * value.id + shift;
    let sum = this.sums.get(key);
    if (sum === undefined) this.sums.set(key, (sum = { value, users: [], node: undefined }));
    sum.users.push(position);
    return sum;
  }

  /** The terms of a sum that has no use but this one; the sum itself if they are many. */
  private terms(whole: Node): Node[] {
    const terms = [whole];
    for (let i = 0; i < terms.length; ) {
      const n = terms[i]!;
      if (n.op === OP['i32.add'] && (n === whole || this.uses[n.id] === 1)) terms.splice(i, 1, ...n.inputs);
      else i++;
      if (terms.length > MAX_TERMS) return [whole];
    }
    return terms.some(isI32Const) ? [whole] : terms;
  }

  private credit({ position, leaves, scaled }: Plan): void {
    const n = this.ir.code[position]!;
    const saved = ((hasOffset(n) ? SAVED_WITH_OFFSET : SAVED) + scaled.length) * this.frequency[position]!;
    for (const leaf of leaves) {
      if (leaf.users[leaf.users.length - 1] !== position) leaf.users.push(position);
      leaf.saved += saved / leaves.length;
    }
  }

  /** Finds where the leaves are computed that save more than they cost. */
  private findAnchors(): void {
    for (const leaf of this.leaves.values()) {
      const anchor = this.regions.anchor(leaf.users, leaf.value);
      if (leaf.saved > COST[leaf.kind] * this.frequency[anchor]!) leaf.anchor = anchor;
    }
  }

  private place(plan: Plan): void {
    const { ir } = this;
    const { position, shift, leaves, sum, displacement } = plan;
    const n = ir.code[position]!;
    const terms = leaves.map((leaf) => {
      leaf.node ??= this.indexNode(leaf);
      return leaf.node;
    });
    if (sum) sum.node ??= this.sumNode(sum, terms, plan.scaled);
    const index = sum?.node ?? terms[0]!;
    let address = n.inputs[0]!;
    if (plan.isRebuilt) {
      const constant = hasOffset(n) ? 0 : displacement;
      const whole = constant === 0 ? index : this.op(position, 'i32.add', index, constant);
      address = this.op(position, 'i32.shl', whole, shift);
    }
    const place = this.insert(position, ir.node(Ir.place, Type.i32, [index, address], displacement));
    n.inputs = [place, ...n.inputs.slice(1)];
  }

  private indexNode({ value, shift, kind, anchor }: Leaf): Node {
    return this.insert(anchor, this.ir.node(Ir.index, Type.i32, [value], shift, kind));
  }
  private sumNode({ value, users }: Shared, indices: readonly Node[], scaled: readonly Scaled[]): Node {
    const position = this.regions.anchor(users, value);
    const rest = scaled.map((s) => (s.by === undefined ? s.value : this.op(position, s.by.op, s.value, s.by.constant)));
    return [...indices, ...rest].reduce((a, b) => this.op(position, 'i32.add', a, b));
  }
  private op(position: number, name: OpName, a: Node, b: Node | number): Node {
    const right = typeof b === 'number' ? this.insert(position, this.ir.i32(b)) : b;
    return this.insert(position, this.ir.node(OP[name], Type.i32, [a, right]));
  }
  private insert(position: number, n: Node): Node {
    const list = this.inserted.get(position);
    if (list) list.push(n);
    else {
      this.inserted.set(position, [n]);
      this.before[position] = 1;
    }
    return n;
  }
}

/** Is something added to the address that must not wrap? */
const hasOffset = (n: Node): boolean => n.imm !== 0 || n.op === Ir.storePair;

/** The address without the constant that is added to it. */
function base(address: Node): { whole: Node; constant: number } {
  let whole = address;
  let constant = 0;
  while (whole.op === OP['i32.add'] && isI32Const(whole.inputs[1]!)) {
    constant = (constant + whole.inputs[1]!.imm) | 0;
    whole = whole.inputs[0]!;
  }
  return { whole, constant };
}

/** `x << k` or `x * k` as an index. */
function scaledTerm(n: Node, shift: number): Scaled | undefined {
  const [value, by] = n.inputs as [Node, Node];
  if (n.op === OP['i32.shl'] && isI32Const(by)) {
    const left = (by.imm & 31) - shift;
    if (left < 0) return undefined;
    return { value, by: left === 0 ? undefined : { op: 'i32.shl', constant: left } };
  }
  if (n.op !== OP['i32.mul'] || !isI32Const(by) || by.imm % 2 ** shift !== 0) return undefined;
  return { value, by: { op: 'i32.mul', constant: by.imm >> shift } };
}
