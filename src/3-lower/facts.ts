/**
 * Facts about a whole module that one function's translation asks for, found in one quick read of all bodies: which
 * functions may make a memory grow, directly or through calls, and which tables are closed.
 *
 * A table is closed if its contents are known now and for good: neither imported nor exported, never written by an
 * instruction, and filled by active segments at constant places.
 */
import { OperatorReader } from '../1-decode/operators.ts';
import type { TypedModule } from '../2-validate/typed.ts';
import type { ElementSegment, WasmModule } from '../wasm/module.ts';
import { OP } from '../wasm/opcodes.ts';

/** What a closed table holds: function indices, undefined for null. */
export type ClosedTable = readonly (number | undefined)[];

/** Larger tables are not worth listing. */
const MAX_CLOSED = 100_000;

export class ModuleFacts {
  private readonly typed: TypedModule;
  /** Functions that may grow a memory. */
  private readonly growers = new Set<number>();
  private readonly written = new Set<number>();
  private readonly closed = new Map<number, ClosedTable | undefined>();
  /** May a call through a table grow a memory? */
  readonly indirectMayGrow: boolean;

  constructor(typed: TypedModule) {
    this.typed = typed;
    const { module } = typed;
    const callers = new Map<number, number[]>();
    const indirect: number[] = [];
    for (const f of module.funcs) if (!f.import) this.read(f.index, callers, indirect);
    const someGrow = this.growers.size > 0;
    const seen = module.exports.some((e) => e.kind === 'memory') || module.memories.some((m) => m.import);
    // What is imported may call back into this module, or grow a memory that it can see.
    const foreign = someGrow || seen;
    if (foreign) for (let i = 0; i < module.importedFuncs; i++) this.growers.add(i);
    this.spread([...this.growers], callers);
    const openTable = module.tables.some((t) => t.import) || module.exports.some((e) => e.kind === 'table');
    this.indirectMayGrow = (openTable && foreign) || [...typed.referenced].some((f) => this.growers.has(f));
    if (this.indirectMayGrow) {
      for (const f of indirect) this.growers.add(f);
      this.spread(indirect, callers);
    }
  }

  mayGrow(func: number): boolean {
    return this.growers.has(func);
  }

  /** The contents of a table, if it is closed. */
  closedTable(table: number): ClosedTable | undefined {
    if (!this.closed.has(table)) this.closed.set(table, this.contents(table));
    return this.closed.get(table);
  }

  private read(func: number, callers: Map<number, number[]>, indirect: number[]): void {
    const { bytes, funcs } = this.typed.module;
    const { start, end } = funcs[func]!;
    const reader = new OperatorReader(bytes, start, end);
    reader.reset(reader.localGroups(start, end).start, end);
    let throughTable = false;
    while (reader.next()) {
      const { op } = reader;
      if (op === OP.call) {
        const list = callers.get(reader.index);
        if (!list) callers.set(reader.index, [func]);
        else if (list[list.length - 1] !== func) list.push(func);
      } else if (op === OP.call_indirect) throughTable = true;
      else if (op === OP['memory.grow']) this.growers.add(func);
      else if (op === OP['table.init']) this.written.add(reader.index2);
      else if (TABLE_WRITERS.has(op)) this.written.add(reader.index);
    }
    if (throughTable) indirect.push(func);
  }

  /** Whoever calls a grower is one. */
  private spread(from: readonly number[], callers: ReadonlyMap<number, readonly number[]>): void {
    const work = from.slice();
    for (let f = work.pop(); f !== undefined; f = work.pop()) {
      for (const caller of callers.get(f) ?? []) {
        if (this.growers.has(caller)) continue;
        this.growers.add(caller);
        work.push(caller);
      }
    }
  }

  private contents(table: number): ClosedTable | undefined {
    const { module } = this.typed;
    const t = module.tables[table]!;
    const exported = module.exports.some((e) => e.kind === 'table' && e.index === table);
    if (t.import || exported || t.init || this.written.has(table) || t.type.limits.min > MAX_CLOSED) return undefined;
    const contents = new Array<number | undefined>(Number(t.type.limits.min)).fill(undefined);
    for (const segment of module.elements) {
      if (segment.mode !== 'active' || segment.table !== table) continue;
      if (!place(module, segment, contents)) return undefined;
    }
    return contents;
  }
}

const TABLE_WRITERS = new Set<number>([OP['table.set'], OP['table.grow'], OP['table.fill'], OP['table.copy']]);

/** Writes an active segment into the contents; false if its place or functions are not constants, or out of bounds. */
function place(module: WasmModule, segment: ElementSegment, contents: (number | undefined)[]): boolean {
  const { offset, funcs } = segment;
  if (!funcs || !offset) return false;
  const reader = new OperatorReader(module.bytes, offset.start, offset.end);
  if (!reader.next() || reader.op !== OP['i32.const']) return false;
  const at = reader.value >>> 0;
  if (!reader.next() || reader.op !== OP.end || at + funcs.length > contents.length) return false;
  for (const [i, f] of funcs.entries()) contents[at + i] = f;
  return true;
}
