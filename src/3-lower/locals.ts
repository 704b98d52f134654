/**
 * Which locals each block must carry: those assigned inside it that are still read after it (for a loop also: at its head).
 *
 * One forward read of the body records accesses to locals and control; liveness then runs backwards over that record with
 * bit sets, again for as long as a loop head's set grows. Without this, a function of hundreds of locals and thousands of
 * branches would carry them all everywhere.
 */
import type { OperatorReader } from '../1-decode/operators.ts';
import type { WasmModule } from '../wasm/module.ts';
import { Event, type EventRecord, isOpeningEvent, readEvents, type TailSite, type TryRecord } from './events.ts';
import { catcherOf } from './tries/tries.ts';

export interface Carried {
  /** Locals assigned inside the block, ascending. */
  readonly assigned: readonly number[];
  /** Of these, the ones live after the block. */
  readonly after: readonly number[];
  /** Loops: the ones live at the head. */
  readonly head: readonly number[];
  readonly try: CarriedTry | undefined;
}
/** What a `try` must keep of the locals that its body assigns: an exception may leave it anywhere. */
export interface CarriedTry {
  /** The tags of its clauses. */
  readonly tags: readonly number[];
  /** Locals that some clause reads. */
  readonly caught: readonly number[];
  /** Legacy: by clause, the locals that it reads. */
  readonly clauses: readonly (readonly number[])[];
  readonly delegates: boolean;
}
export interface CarriedLocals {
  /** For each block, loop, if and try in order of opening, from 1; 0 is the function itself. */
  readonly blocks: readonly Carried[];
  /** Whether the function has a `delegate`. */
  readonly delegates: boolean;
  /** The tail calls in blocks with handlers. */
  readonly tails: readonly TailSite[];
}

/** @param mostWords that the sets may take together; blocks carry all that they assign if they took more */
export function carriedLocals(
  reader: OperatorReader,
  localCount: number,
  module: WasmModule,
  mostWords = MOST_WORDS,
): CarriedLocals {
  const record = readEvents(reader, localCount);
  const { assigned, tries } = record;
  const liveness = new Liveness(record, localCount, module);
  const isTooLarge = liveness.words * assigned.length > mostWords;
  if (!isTooLarge) liveness.run();
  const live = (set: Locals | undefined, of: readonly number[]): readonly number[] =>
    isTooLarge ? of : set === undefined || of.length === 0 ? NONE : of.filter((l) => has(set, l));
  const blocks = assigned.map((list, i) => {
    const locals: readonly number[] = list ?? NONE;
    const t = tries.size === 0 ? undefined : tries.get(i);
    return {
      assigned: locals,
      after: live(liveness.after[i], locals),
      head: live(liveness.head[i], locals),
      try: t && {
        ...{ tags: t.tags, delegates: t.delegates, caught: live(liveness.caught[i], t.body) },
        clauses: t.labels ? [] : t.tags.map((_, k) => live(liveness.clauses[i]?.[k], t.body)),
      },
    };
  });
  return { blocks, delegates: record.delegates, tails: [...record.tails.values()] };
}
/** 128 MB: that many have thousands of blocks over thousands of locals. */
const MOST_WORDS = 1 << 24;
const NONE: readonly number[] = [];

/** A set of locals: bit words. Plain arrays, which are made and copied in a tenth of a typed array's time. */
type Locals = number[];

const has = (set: Locals, l: number): boolean => ((set[l >> 5]! >> (l & 31)) & 1) === 1;

/** Adds `from` to `to`; true if `to` grew. */
function unite(to: Locals, from: Locals): boolean {
  let grew = 0;
  for (let i = 0; i < to.length; i++) {
    const both = to[i]! | from[i]!;
    grew |= both ^ to[i]!;
    to[i] = both;
  }
  return grew !== 0;
}

class Liveness {
  private readonly record: EventRecord;
  private readonly module: WasmModule;
  /** Words of a set. */
  readonly words: number;
  readonly after: (Locals | undefined)[] = [];
  readonly head: (Locals | undefined)[] = [];
  /** Try: what its clauses read, all together and each; of one that delegates nothing. */
  readonly caught: (Locals | undefined)[] = [];
  readonly clauses: (Locals[] | undefined)[] = [];
  private readonly kinds: number[] = [Event.block];
  /** The bodies of `try` around the current point; `height` is how many blocks are open with that of a `try_table`. */
  private readonly inBody: (Pick<TryRecord, 'tags' | 'delegates' | 'labels'> & { block: number; height: number })[] =
    [];
  private changed = true;

  constructor(record: EventRecord, localCount: number, module: WasmModule) {
    this.record = record;
    this.module = module;
    this.words = (localCount + 31) >> 5;
  }

  private none(): Locals {
    return new Array<number>(this.words).fill(0);
  }
  run(): void {
    const { events } = this.record;
    for (let i = 0; i < events.length; i += 2) if (isOpeningEvent(events[i]!)) this.kinds[events[i + 1]!] = events[i]!;
    while (this.changed) {
      this.changed = false;
      this.pass();
    }
  }

  private pass(): void {
    const { events } = this.record;
    const open: number[] = [];
    const elses: Locals[] = [];
    this.inBody.length = 0;
    this.clauses.length = 0;
    this.caught.length = 0;
    let live = this.none();
    for (let i = events.length - 2; i >= 0; i -= 2) {
      const value = events[i + 1]!;
      switch (events[i]) {
        case Event.get:
          live[value >> 5]! |= 1 << (value & 31);
          break;
        case Event.set:
          live[value >> 5]! &= ~(1 << (value & 31));
          break;
        case Event.end:
        case Event.delegate:
          open.push(value);
          this.after[value] = live.slice();
          this.openTry(value, open);
          if (this.kinds[value] === Event.if) elses.push(this.after[value]!);
          break;
        case Event.else:
          elses[elses.length - 1] = live;
          live = this.after[value]!.slice();
          break;
        case Event.if:
          unite(live, elses.pop()!);
          open.pop();
          break;
        case Event.loop:
          this.atHead(value, live);
          open.pop();
          break;
        case Event.block:
          open.pop();
          break;
        case Event.try:
        case Event.tryTable:
          open.pop();
          this.inBody.pop();
          unite(live, this.caught[value]!);
          break;
        case Event.catch:
          this.clause(value, live);
          live = this.after[value]!.slice();
          break;
        case Event.throw:
          live = this.thrown(value, open);
          break;
        case Event.br:
          live = this.label(open, value).slice();
          break;
        case Event.brIf:
          unite(live, this.label(open, value));
          break;
        case Event.brTable:
          live = this.none();
          for (const depth of this.record.tables[value]!) unite(live, this.label(open, depth));
          break;
        default:
          live = this.none();
      }
    }
  }

  /** At the end of a `try`, which is where its walk begins. */
  private openTry(block: number, open: readonly number[]): void {
    const t = this.record.tries.get(block);
    if (!t) return;
    const caught = this.none();
    this.caught[block] = caught;
    this.clauses[block] = [];
    // One label further out, since the block itself is open here.
    for (const depth of new Set(t.labels)) unite(caught, this.label(open, depth + 1));
    if (t.labels !== undefined || t.tags.length === 0) this.enterBody(t, block, open.length);
  }
  /** At the start of a clause; the first one follows the body. */
  private clause(block: number, live: Locals): void {
    const clauses = this.clauses[block]!;
    clauses.unshift(live);
    unite(this.caught[block]!, live);
    const t = this.record.tries.get(block)!;
    if (clauses.length === t.tags.length) this.enterBody(t, block, -1);
  }
  private enterBody({ tags, delegates, labels }: TryRecord, block: number, height: number): void {
    this.inBody.push({ tags, delegates, labels, block, height });
  }

  /** What is live at the clause that certainly takes an exception; otherwise handlers find locals in variables. */
  private thrown(tag: number, open: readonly number[]): Locals {
    const found = catcherOf(this.inBody, tag, this.module);
    if (!found) return this.none();
    const { labels, block, height } = found.by;
    if (labels === undefined) return this.clauses[block]![found.clause]!.slice();
    return this.label(open, labels[found.clause]! + 1, height).slice();
  }

  private atHead(loop: number, live: Locals): void {
    const head = this.head[loop];
    if (!head) {
      this.head[loop] = live.slice();
      this.changed ||= live.some((word) => word !== 0);
    } else if (unite(head, live)) this.changed = true;
  }

  /** What is live where a branch to the label goes. */
  private label(open: readonly number[], depth: number, height = open.length): Locals {
    const block = open[height - 1 - depth]!;
    if (this.kinds[block] !== Event.loop) return this.after[block]!;
    return (this.head[block] ??= this.none());
  }
}
