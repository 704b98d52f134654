/**
 * Facts about a whole module that one function's translation asks for, found in one quick read of all bodies: which tables
 * are closed, how tail calls go, and which functions go into their callers (`inline.ts`).
 *
 * A table is closed if its contents are known now and for good: neither imported nor exported, never written by an
 * instruction, and filled by active segments at constant places.
 */
import { OperatorReader } from '../1-decode/operators.ts';
import type { TypedModule } from '../2-validate/typed.ts';
import type { ElementSegment, Func, WasmModule } from '../wasm/module.ts';
import { OP, OPS } from '../wasm/opcodes.ts';
import { CallFacts } from './inline.ts';
import { TailPlan } from './tails/tails.ts';

/** What a closed table holds: function indices, undefined for null. */
export type ClosedTable = readonly (number | undefined)[];

/** Larger tables are not worth listing. */
const MAX_CLOSED = 100_000;

export class ModuleFacts {
  readonly calls: CallFacts;
  private readonly typed: TypedModule;
  private readonly written = new Set<number>();
  /** What tables hold, or why that is not known. */
  private readonly closed = new Map<number, ClosedTable | string>();
  readonly tails: TailPlan;

  constructor(typed: TypedModule) {
    this.typed = typed;
    this.calls = new CallFacts(typed);
    for (const f of typed.module.funcs) if (!f.import) this.read(f);
    this.tails = new TailPlan(typed, (table) => this.closedTable(table));
  }

  /** The contents of a table, if it is closed. */
  closedTable(table: number): ClosedTable | undefined {
    const known = this.contentsOf(table);
    return typeof known === 'string' ? undefined : known;
  }
  /** Why a table is not closed; undefined if it is. */
  whyOpen(table: number): string | undefined {
    const known = this.contentsOf(table);
    return typeof known === 'string' ? known : undefined;
  }
  private contentsOf(table: number): ClosedTable | string {
    let known = this.closed.get(table);
    if (known === undefined) this.closed.set(table, (known = this.contents(table)));
    return known;
  }

  private read(func: Func): void {
    const { start, end } = func;
    const reader = new OperatorReader(this.typed.module.bytes, start, end);
    reader.reset(reader.localGroups(start, end).start, end);
    this.calls.begin(func, reader);
    while (reader.next()) {
      const { op } = reader;
      this.calls.see(op);
      if (WRITES_TABLE[op] === 0) continue;
      this.written.add(op === OP['table.init'] ? reader.index2 : reader.index);
    }
  }

  private contents(table: number): ClosedTable | string {
    const { module } = this.typed;
    const t = module.tables[table]!;
    const exported = module.exports.some((e) => e.kind === 'table' && e.index === table);
    if (t.import) return 'it is imported';
    if (exported) return 'it is exported';
    if (this.written.has(table)) return 'instructions write to it';
    if (t.init) return 'it is filled by an expression';
    if (t.type.limits.min > MAX_CLOSED) return `it has more than ${MAX_CLOSED} elements`;
    const contents = new Array<number | undefined>(Number(t.type.limits.min)).fill(undefined);
    for (const segment of module.elements) {
      if (segment.mode !== 'active' || segment.table !== table) continue;
      if (!place(module, segment, contents)) return 'a segment is not known, or does not fit';
    }
    return contents;
  }
}

/** By operator. */
const WRITES_TABLE = Uint8Array.from(OPS, ({ name }) => (/^table\.(init|set|grow|fill|copy)$/.test(name) ? 1 : 0));

/** Writes an active segment into the contents; false if its place or functions are not constants, or out of bounds. */
function place(module: WasmModule, segment: ElementSegment, contents: (number | undefined)[]): boolean {
  const { offset, funcs } = segment;
  if (!funcs || !offset) return false;
  const reader = new OperatorReader(module.bytes, offset.start, offset.end);
  if (!reader.next()) return false;
  const is64 = reader.op === OP['i64.const'];
  if ((is64 && reader.high !== 0) || (!is64 && reader.op !== OP['i32.const'])) return false;
  const at = (is64 ? reader.low : reader.value) >>> 0;
  if (!reader.next() || reader.op !== OP.end || at + funcs.length > contents.length) return false;
  for (const [i, f] of funcs.entries()) contents[at + i] = f;
  return true;
}
