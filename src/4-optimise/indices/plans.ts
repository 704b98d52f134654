/** What `index.ts` finds out about accesses before it changes any. */
import type { Node } from '../../3-lower/ir.ts';
import type { OpName } from '../../wasm/opcodes.ts';

/**
 * What `imm2` of `Ir.index` says about its operand: is it known to be aligned, and is it an unsigned or a signed number?
 * From `rotated` on: the index is that of an access at `imm2 - rotated` elements from the operand, by rotation.
 */
export const Known = { nothing: 0, aligned: 1, alignedSigned: 2, signed: 3, rotated: 4 } as const;
export type Kind = (typeof Known)[keyof typeof Known];

/** Nodes of machine code that an access saves: one with a static offset, and one without; by a rotated index, and the one that it is of. */
const SAVED_WITH_OFFSET = 3;
const SAVED = 1.5;
const SAVED_AS_FIRST = 4;
const COST: Readonly<Record<Kind, number>> = {
  [Known.nothing]: 3,
  [Known.aligned]: 1,
  [Known.alignedSigned]: 1,
  [Known.signed]: 3,
  [Known.rotated]: 1.5,
};

/** A node that several accesses use. */
export interface Shared {
  readonly value: Node;
  /** Positions of the accesses. */
  readonly users: number[];
  node: Node | undefined;
}
export interface Scaled {
  readonly value: Node;
  readonly by: { readonly op: OpName; readonly constant: number } | undefined;
}

/** The index of a value, shared by all accesses that it is part of. */
export class Leaf implements Shared {
  readonly value: Node;
  readonly shift: number;
  kind: Kind;
  readonly users: number[] = [];
  node: Node | undefined = undefined;
  /** Where it is computed; -1 if it saves less than it costs. */
  anchor = -1;
  /** Of a rotated one: the elements from the value on that it is of. */
  bias = 0;
  /** Elements from the value on of accesses before which nothing has shown that the value is a place in memory. */
  private first: number | undefined;
  /** How often the most frequent access runs that adds something to the index. */
  private peak = 0;
  /** How often those accesses run before which nothing has shown that, and the others. */
  private firsts = 0;
  private others = 0;
  private saved = 0;
  private canRotate = true;

  constructor(value: Node, shift: number, kind: Kind) {
    this.value = value;
    this.shift = shift;
    this.kind = kind;
  }

  /** One more access uses it, so many times. */
  use(plan: Plan, frequency: number, saved: number): void {
    const { position, displacement } = plan;
    if (this.users[this.users.length - 1] !== position) this.users.push(position);
    this.saved += saved * frequency;
    // What is added besides might bring the index of an unaligned address into a memory.
    if (plan.leaves.length > 1) this.canRotate = false;
    if (displacement !== 0) this.peak = Math.max(this.peak, frequency);
    if (plan.isReached || displacement === 0) this.others += frequency;
    else {
      this.canRotate &&= plan.isExact && (this.first ?? displacement) === displacement;
      this.first = displacement;
      this.firsts += frequency;
    }
  }

  /**
   * Decides whether it is made at a node that runs so many times, and of what kind. For the rounds of a loop a test of alignment
   * is better than a rotation: engines see that no sum with it leaves 32 bits, and do not ask each time.
   */
  settle(anchor: number, frequency: number): void {
    const isOpen = this.kind === Known.nothing || this.kind === Known.signed;
    if (isOpen && this.canRotate && this.peak <= 2 * frequency) {
      this.kind = Known.rotated;
      this.bias = this.first ?? 0;
      this.saved = SAVED * this.others + SAVED_AS_FIRST * this.firsts;
    }
    const cost = this.bias > 0 ? SAVED_AS_FIRST : COST[this.kind];
    if (this.saved > cost * frequency) this.anchor = anchor;
  }
}

/** An access, and the terms that make its index. A class, since spreading objects costs far more than filling fields. */
export class Plan {
  readonly position: number;
  readonly shift: number;
  readonly leaves: readonly Leaf[];
  /** Terms that are indices already: `x` of `x << shift`, with what is left of the shift or product. */
  scaled: readonly Scaled[] = NONE;
  /** In elements. */
  readonly displacement: number;
  /** The displacement is of a static offset, small enough for a rotated index to stay outside of memories with it. */
  isExact = false;
  /** The address can be had from the index. */
  isRebuilt = false;
  /** What the displacement is added to is known to be a place in memory. */
  isReached = false;
  /** What accesses at other displacements have in common. */
  sum: Shared | undefined = undefined;

  constructor(position: number, shift: number, leaves: readonly Leaf[], displacement: number) {
    this.position = position;
    this.shift = shift;
    this.leaves = leaves;
    this.displacement = displacement;
  }
}
const NONE: readonly Scaled[] = [];

/** What an access saves with a static offset, or without, and that by so many terms that are indices already. */
export const savedBy = (hasOffset: boolean, scaled: number): number => (hasOffset ? SAVED_WITH_OFFSET : SAVED) + scaled;
