/**
 * Which locals each block must carry: those assigned inside it that are still read after it (for a loop also: at its head).
 *
 * One forward read of the body records accesses to locals and control; liveness then runs backwards over that record with
 * bit sets, again for as long as a loop head's set grows. Without this, a function of hundreds of locals and thousands of
 * branches would carry them all everywhere.
 */
import type { OperatorReader } from '../1-decode/operators.ts';
import { byOp } from '../wasm/opcodes.ts';

export interface Carried {
  /** Locals assigned inside the block, ascending. */
  readonly assigned: readonly number[];
  /** Of these, the ones live after the block. */
  readonly after: readonly number[];
  /** Loops: the ones live at the head. */
  readonly head: readonly number[];
}

/** For each block, loop and if in order of opening, from 1; 0 is the function itself. */
export function carriedLocals(reader: OperatorReader, localCount: number): Carried[] {
  const record = readEvents(reader);
  const liveness = new Liveness(record, localCount);
  liveness.run();
  return record.assigned.map((locals, i) => {
    const assigned = Array.from(locals ?? []).sort((a, b) => a - b);
    const live = (set: Int32Array | undefined): number[] => (set ? assigned.filter((l) => has(set, l)) : []);
    return { assigned, after: live(liveness.after[i]), head: live(liveness.head[i]) };
  });
}

const Event = {
  get: 0,
  set: 1,
  block: 2,
  loop: 3,
  if: 4,
  else: 5,
  end: 6,
  br: 7,
  brIf: 8,
  brTable: 9,
  stop: 10,
} as const;
const EVENTS = byOp<number | undefined>(
  {
    'local.get': Event.get,
    'local.set': Event.set,
    'local.tee': Event.set,
    block: Event.block,
    loop: Event.loop,
    if: Event.if,
    else: Event.else,
    end: Event.end,
    br: Event.br,
    br_if: Event.brIf,
    br_table: Event.brTable,
    return: Event.stop,
    return_call: Event.stop,
    return_call_indirect: Event.stop,
    return_call_ref: Event.stop,
    unreachable: Event.stop,
  },
  undefined,
);

interface Record {
  /** Pairs: event, and its local, block number or label depth. */
  readonly events: number[];
  /** Label depths of branch tables, by their number. */
  readonly tables: number[][];
  readonly assigned: (Set<number> | undefined)[];
}

function readEvents(reader: OperatorReader): Record {
  const events: number[] = [];
  const tables: number[][] = [];
  const assigned: (Set<number> | undefined)[] = [undefined];
  const open = [0];
  while (reader.next()) {
    const event = EVENTS[reader.op];
    if (event === undefined) continue;
    let value = reader.index;
    if (event === Event.set) {
      const at = open[open.length - 1]!;
      (assigned[at] ??= new Set()).add(reader.index);
    } else if (event === Event.block || event === Event.loop || event === Event.if) {
      value = assigned.push(undefined) - 1;
      open.push(value);
    } else if (event === Event.else) value = open[open.length - 1]!;
    else if (event === Event.end) {
      value = open.pop()!;
      const up = open[open.length - 1];
      const done = assigned[value];
      if (up !== undefined && done) for (const local of done) (assigned[up] ??= new Set()).add(local);
    } else if (event === Event.brTable) value = tables.push(Array.from(new Set(reader.targets))) - 1;
    events.push(event, value);
  }
  return { events, tables, assigned };
}

const has = (set: Int32Array, l: number): boolean => ((set[l >> 5]! >> (l & 31)) & 1) === 1;

/** Adds `from` to `to`; true if `to` grew. */
function unite(to: Int32Array, from: Int32Array): boolean {
  let grew = 0;
  for (let i = 0; i < to.length; i++) {
    const both = to[i]! | from[i]!;
    grew |= both ^ to[i]!;
    to[i] = both;
  }
  return grew !== 0;
}

class Liveness {
  private readonly record: Record;
  private readonly words: number;
  readonly after: (Int32Array | undefined)[] = [];
  readonly head: (Int32Array | undefined)[] = [];
  private readonly kinds: number[] = [Event.block];
  private changed = true;

  constructor(record: Record, localCount: number) {
    this.record = record;
    this.words = (localCount + 31) >> 5;
  }

  run(): void {
    const { events } = this.record;
    for (let i = 0; i < events.length; i += 2) if (isOpening(events[i]!)) this.kinds[events[i + 1]!] = events[i]!;
    while (this.changed) {
      this.changed = false;
      this.pass();
    }
  }

  private pass(): void {
    const { events } = this.record;
    const open: number[] = [];
    const elses: Int32Array[] = [];
    let live = new Int32Array(this.words);
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
          open.push(value);
          this.after[value] = live.slice();
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
        case Event.br:
          live = this.label(open, value).slice();
          break;
        case Event.brIf:
          unite(live, this.label(open, value));
          break;
        case Event.brTable:
          live = new Int32Array(this.words);
          for (const depth of this.record.tables[value]!) unite(live, this.label(open, depth));
          break;
        default:
          live = new Int32Array(this.words);
      }
    }
  }

  private atHead(loop: number, live: Int32Array): void {
    const head = this.head[loop];
    if (!head) {
      this.head[loop] = live.slice();
      this.changed ||= live.some((word) => word !== 0);
    } else if (unite(head, live)) this.changed = true;
  }

  /** What is live where a branch to the label goes. */
  private label(open: readonly number[], depth: number): Int32Array {
    const block = open[open.length - 1 - depth]!;
    if (this.kinds[block] !== Event.loop) return this.after[block]!;
    return (this.head[block] ??= new Int32Array(this.words));
  }
}

const isOpening = (event: number): boolean => event === Event.block || event === Event.loop || event === Event.if;
