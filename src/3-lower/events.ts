/**
 * The record of a body that liveness is computed over: accesses to locals, and control, in order. One forward read of the
 * body makes it, and with it what lowering must know of a `try` before it comes to its clauses.
 */
import type { OperatorReader } from '../1-decode/operators.ts';
import { scratch } from '../scratch.ts';
import { byOp, OP } from '../wasm/opcodes.ts';
import { isTailCall } from './ir.ts';
import { ALL } from './tries/tries.ts';

export const Event = {
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
  try: 11,
  tryTable: 12,
  catch: 13,
  delegate: 14,
  throw: 15,
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
    br_on_null: Event.brIf,
    br_on_non_null: Event.brIf,
    br_on_cast: Event.brIf,
    br_on_cast_fail: Event.brIf,
    br_table: Event.brTable,
    return: Event.stop,
    return_call: Event.stop,
    return_call_indirect: Event.stop,
    return_call_ref: Event.stop,
    unreachable: Event.stop,
    try: Event.try,
    try_table: Event.tryTable,
    catch: Event.catch,
    catch_all: Event.catch,
    delegate: Event.delegate,
    throw: Event.throw,
    throw_ref: Event.stop,
    rethrow: Event.stop,
  },
  undefined,
);

/** A `try` or `try_table`, before its body is lowered. */
export interface TryRecord {
  /** By clause: its tag, and of a `try_table` the depth of its label, counted outside. */
  readonly tags: number[];
  readonly labels: readonly number[] | undefined;
  delegates: boolean;
  /** Locals assigned in the body, ascending; clauses left out. */
  body: readonly number[];
}

/** What a tail call calls. */
export interface TailSite {
  readonly op: number;
  readonly index: number;
  readonly index2: number;
}
/** The second index of all other tail calls is what an earlier instruction has left there. */
export const siteKey = ({ op, index, index2 }: TailSite): string =>
  op === OP.return_call_indirect ? `${op} ${index} ${index2}` : `${op} ${index}`;

export interface EventRecord {
  /** Pairs: event, and its local, block number, tag or label depth. */
  readonly events: number[];
  /** Label depths of branch tables, by their number. */
  readonly tables: number[][];
  /** By block number: locals assigned inside, ascending. */
  readonly assigned: (number[] | undefined)[];
  /** By block number. */
  readonly tries: Map<number, TryRecord>;
  /** Whether anything delegates. */
  delegates: boolean;
  /** The tail calls that stand in blocks with handlers, each kind once. */
  readonly tails: Map<string, TailSite>;
}

export const isOpeningEvent = (event: number): boolean =>
  (event >= Event.block && event <= Event.if) || event === Event.try || event === Event.tryTable;

export function readEvents(reader: OperatorReader, localCount: number): EventRecord {
  const record: EventRecord = {
    events: [],
    tables: [],
    assigned: [undefined],
    tries: new Map(),
    delegates: false,
    tails: new Map(),
  };
  const { events, tables, assigned, tries } = record;
  const open = [0];
  /** By local: the block that it was last found to be assigned in. */
  const lastIn = scratch.words(localCount, -1);
  const assign = (block: number, local: number): void => {
    if (lastIn[local] === block) return;
    lastIn[local] = block;
    (assigned[block] ??= []).push(local);
  };
  let inTries = 0;
  while (reader.next()) {
    const event = EVENTS[reader.op];
    if (event === undefined) continue;
    let value = reader.index;
    const at = open[open.length - 1]!;
    if (event === Event.set) assign(at, reader.index);
    else if (isOpeningEvent(event)) {
      value = assigned.push(undefined) - 1;
      open.push(value);
      if (event >= Event.try) tries.set(value, tryRecord(reader));
      if (event >= Event.try) inTries++;
    } else if (event === Event.else) value = at;
    else if (event === Event.catch) {
      value = at;
      const t = tries.get(at)!;
      if (t.tags.length === 0) t.body = distinct(assigned[at]?.slice());
      t.tags.push(reader.op === OP.catch ? reader.index : ALL);
    } else if (event === Event.end || event === Event.delegate) {
      value = open.pop()!;
      const done = distinct(assigned[value]);
      const t = tries.size === 0 ? undefined : tries.get(value);
      if (t) {
        inTries--;
        closeTry(record, t, done, event);
      }
      const up = open[open.length - 1];
      if (up !== undefined) for (let i = 0; i < done.length; i++) assign(up, done[i]!);
    } else if (event === Event.brTable) value = tables.push(Array.from(new Set(reader.targets))) - 1;
    else if (event === Event.stop && inTries > 0 && isTailCall(reader.op)) noteTail(record, reader);
    events.push(event, value);
  }
  return record;
}

/** Sorts a list in place, and drops what it has twice. */
function distinct(list: number[] | undefined): readonly number[] {
  if (list === undefined) return NONE;
  if (list.length === 1) return list;
  ascend(list);
  let to = 1;
  for (let i = 1; i < list.length; i++) if (list[i] !== list[i - 1]) list[to++] = list[i]!;
  list.length = to;
  return list;
}
const NONE: readonly number[] = [];

/** Sorts in place. Most lists are short, and in order already: `sort` copies them twice. */
function ascend(list: number[]): void {
  if (list.length > SHORT) {
    list.sort((a, b) => a - b);
    return;
  }
  for (let i = 1; i < list.length; i++) {
    const local = list[i]!;
    let at = i;
    for (; at > 0 && list[at - 1]! > local; at--) list[at] = list[at - 1]!;
    list[at] = local;
  }
}
const SHORT = 24;

function noteTail({ tails }: EventRecord, { op, index, index2 }: OperatorReader): void {
  const site = { op, index, index2 };
  tails.set(siteKey(site), site);
}

function tryRecord({ op, catches }: OperatorReader): TryRecord {
  if (op === OP.try) return { tags: [], labels: undefined, delegates: false, body: NONE };
  const tags = catches.map((c) => (c.kind < 2 ? c.tag : ALL));
  return { tags, labels: catches.map((c) => c.label), delegates: false, body: NONE };
}

function closeTry(record: EventRecord, t: TryRecord, assigned: readonly number[], event: number): void {
  if (t.labels !== undefined || t.tags.length === 0) t.body = assigned;
  if (event !== Event.delegate) return;
  t.delegates = true;
  record.delegates = true;
}
