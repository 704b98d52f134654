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
import { CodeWriter, type FuncIR, Ir, isAccess, isI32Const, type Node, Type } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { scratch } from '../../scratch.ts';
import { OP, type OpName } from '../../wasm/opcodes.ts';
import { frequencies } from '../control/frequencies.ts';
import type { Memories } from '../memories.ts';
import { trailingZeros } from './alignment.ts';
import { type Kind, Known, Leaf, Plan, type Scaled, type Shared, savedBy } from './plans.ts';
import { isSlack, Reach } from './reach.ts';
import { Regions } from './regions.ts';
import { base, hasOffset, isByteAtOffset, scaledTerm, shiftOf, whyAlone } from './terms.ts';

/** More terms than this are not taken apart. */
const MAX_TERMS = 4;

export function shareIndices(ir: FuncIR, exact: boolean, memories: Memories, note?: Note): void {
  if (!exact) return note?.('accesses have no test whose parts could be shared: --traps none');
  const shifts = scratch.bytes(ir.nodeCount);
  let some = false;
  for (const n of ir.code) {
    if (!isAccess(n) || memories.isViewed(n.imm2)) continue;
    shifts[n.id] = shiftOf(n);
    if (note && shifts[n.id] === 0) note(whyAlone(n), 1);
    some ||= shifts[n.id] !== 0 || isByteAtOffset(n);
  }
  if (some) new Indices(ir, shifts, memories).run(note);
}

const MADE: Readonly<Record<Kind, string>> = {
  [Known.nothing]: 'with a test of alignment',
  [Known.aligned]: 'of bases known to be aligned',
  [Known.alignedSigned]: 'of bases known to be aligned',
  [Known.signed]: 'with a test of alignment',
  [Known.rotated]: 'by rotation',
};

class Indices {
  private readonly ir: FuncIR;
  private readonly zeros: Uint8Array;
  private readonly regions: Regions;
  private readonly memories: Memories;
  private readonly reach: Reach;
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

  constructor(ir: FuncIR, shifts: Uint8Array, memories: Memories) {
    this.ir = ir;
    this.memories = memories;
    this.shifts = shifts;
    this.withOffset = scratch.bytes(ir.nodeCount);
    this.raised = scratch.bytes(ir.nodeCount);
    this.before = scratch.bytes(ir.code.length);
    this.zeros = trailingZeros(ir);
    this.regions = new Regions(ir);
    this.reach = new Reach(ir);
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
      const n = code[i]!;
      const shift = this.shifts[n.id]!;
      if (shift === 0) this.placeByte(n, i, note);
      else {
        const plan = this.plan(n, i, shift);
        if (plan) plans.push(plan);
        else note?.('accesses whose constant is no multiple of their size', 1);
      }
    }
    for (const plan of plans) this.credit(plan);
    this.findAnchors();
    const shared = plans.filter((p) => p.leaves.every((l) => l.anchor >= 0));
    for (const plan of shared) this.place(plan);
    const alone = plans.filter((p) => p.isReached && p.displacement !== 0 && p.leaves.some((l) => l.anchor < 0));
    for (const plan of alone) this.placeAlone(plan);
    if (note) this.tell(note, shared, alone.length, plans.length);
    if (this.inserted.size === 0) return;
    const out = new CodeWriter(code);
    for (let i = 0; i < code.length; i++) {
      if (this.before[i] === 1) for (const n of this.inserted.get(i)!) out.push(n);
      out.push(code[i]!);
    }
    this.ir.code = out.finish();
  }

  private tell(note: Note, shared: readonly Plan[], alone: number, planned: number): void {
    note('accesses by an index that others or all rounds share', shared.length);
    for (const { kind, node } of this.leaves.values()) if (node) note(`indices ${MADE[kind]}`, 1);
    note('accesses without a test of the sum, since one before was in bounds', alone);
    note('accesses that would save less than such an index costs', planned - shared.length - alone);
  }

  private plan(n: Node, position: number, shift: number): Plan | undefined {
    const address = n.inputs[0]!;
    if (hasOffset(n) || this.withOffset[address.id] === 1) {
      const isAligned = this.aligned(address, shift);
      const leaf = this.leaf(address, shift, isAligned ? Known.aligned : Known.nothing);
      const displacement = n.imm / 2 ** shift + (n.op === Ir.storePair ? 1 : 0);
      const plan = new Plan(position, shift, [leaf], displacement);
      plan.isExact = isSlack(displacement * 2 ** shift);
      plan.isRebuilt = isAligned;
      plan.isReached = !isAligned && this.reach.address(position, address, displacement * 2 ** shift);
      return plan;
    }
    const { whole, constant } = base(address);
    if (constant % 2 ** shift !== 0) return undefined;
    const displacement = constant / 2 ** shift;
    const terms = whole.op === OP['i32.add'] ? this.terms(whole) : [whole];
    if (this.aligned(whole, shift)) {
      const { leaves, scaled } = this.alignedTerms(whole, terms, shift);
      const plan = new Plan(position, shift, leaves, displacement);
      plan.scaled = scaled;
      plan.isRebuilt = true;
      plan.sum = this.sum(whole, shift, position);
      return plan;
    }
    const mixed = this.mixedTerms(terms, constant !== 0, position, shift);
    const kind = this.raised[whole.id] === 1 ? this.unaligned(whole) : Known.nothing;
    const plan = new Plan(position, shift, mixed ?? [this.leaf(whole, shift, kind)], displacement);
    if (mixed) plan.sum = this.sum(whole, shift, position);
    else plan.isReached = constant !== 0 && this.reach.whole(position, whole, constant);
    return plan;
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
    const leaf = new Leaf(value, shift, kind);
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

  private credit(plan: Plan): void {
    const { position, leaves, scaled } = plan;
    const saved = savedBy(hasOffset(this.ir.code[position]!), scaled.length) / leaves.length;
    for (const leaf of leaves) leaf.use(plan, this.frequency[position]!, saved);
  }

  /** Finds where the leaves are computed that save more than they cost. */
  private findAnchors(): void {
    for (const leaf of this.leaves.values()) {
      const anchor = this.regions.anchor(leaf.users, leaf.value);
      leaf.settle(anchor, this.frequency[anchor]!);
    }
  }

  /** A byte at a static offset from what is known to be a place in memory: the sum is its index. */
  private placeByte(n: Node, position: number, note: Note | undefined): void {
    if (!isByteAtOffset(n) || this.memories.isViewed(n.imm2) || !this.reach.address(position, n.inputs[0]!, n.imm))
      return;
    this.setPlace(position, n.inputs[0]!, n.inputs[0]!, n.imm);
    note?.('accesses to bytes without a test of the sum, since one before was in bounds', 1);
  }
  /** The index by rotation, and made by the access itself. */
  private placeAlone({ position, shift, leaves, displacement }: Plan): void {
    const index = this.insert(position, this.ir.node(Ir.index, Type.i32, [leaves[0]!.value], shift, Known.rotated));
    this.setPlace(position, index, this.ir.code[position]!.inputs[0]!, displacement);
  }

  private place(plan: Plan): void {
    const { position, shift, leaves, sum, displacement } = plan;
    const n = this.ir.code[position]!;
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
    this.setPlace(position, index, address, displacement - (leaves[0]?.bias ?? 0));
  }
  private setPlace(position: number, index: Node, address: Node, displacement: number): void {
    const n = this.ir.code[position]!;
    const place = this.insert(position, this.ir.node(Ir.place, Type.i32, [index, address], displacement));
    n.inputs = [place, ...n.inputs.slice(1)];
  }

  private indexNode({ value, shift, kind, anchor, bias }: Leaf): Node {
    return this.insert(anchor, this.ir.node(Ir.index, Type.i32, [value], shift, kind + bias));
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
