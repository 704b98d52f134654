/**
 * The link log: what a loader did that other threads have to do as well. Each thread has instances and a table of its own over
 * one shared memory; a thread that replays the log of another has the same libraries at the same addresses, and the same function
 * in each slot. Data are not initialised again, and constructors do not run. One thread opens and closes, the others follow.
 */
import { dl_fail } from './errors.ts';
import { Library } from './library.ts';
import type { Loader } from './loader.ts';

/** A function of a library in a slot beyond the library's own; `name` undefined: the slot of one that is missing. */
export interface SlotEntry {
  readonly index: number;
  /** The library that owns the slot, by handle. */
  readonly owner: number;
  /** The library whose function it is, or that wants it. */
  readonly handle: number;
  readonly name: string;
  readonly missing?: true;
}

export interface LibraryEntry {
  readonly handle: number;
  readonly path: string;
  readonly needed: readonly number[];
  readonly group: readonly number[];
  /** The address that was allotted, and the first slot. */
  readonly block: number;
  readonly table: number;
  readonly isLazy: boolean;
}

/** Plain data, which `postMessage` and JSON carry. */
export type LinkEntry =
  | {
      readonly op: 'open';
      /** All new libraries in load order, and the order in which they were linked. */
      readonly libraries: readonly LibraryEntry[];
      readonly order: readonly number[];
      readonly isGlobal: boolean;
      readonly slots: readonly SlotEntry[];
    }
  | ({ readonly op: 'slot' } & SlotEntry)
  | { readonly op: 'global'; readonly handles: readonly number[] }
  | { readonly op: 'close'; readonly handles: readonly number[] }
  | { readonly op: 'host'; readonly kind: string; readonly data: readonly number[] };

/**
 * Does what `entries` say, which another loader logged since the last call. The program must have started over the same memory.
 * Throws DlError where a library is not found here.
 */
export function replay(loader: Loader, entries: readonly LinkEntry[]): void {
  for (const entry of entries) {
    if (entry.op === 'open') open(loader, entry);
    else if (entry.op === 'slot') put(loader, entry);
    else if (entry.op === 'global') loader.make_global(entry.handles.map((handle) => by_handle(loader, handle)));
    else if (entry.op === 'close') loader.forget(entry.handles.map((handle) => by_handle(loader, handle)));
    else loader.replayers.get(entry.kind)?.(entry.data);
    loader.log.push(entry);
  }
}

function by_handle(loader: Loader, handle: number): Library {
  return (
    loader.libraries.find((l) => l.handle === handle) ?? dl_fail(`the log names library ${handle}, which is not here`)
  );
}

function open(loader: Loader, entry: LinkEntry & { op: 'open' }): void {
  const { slots } = loader.program;
  const fresh = entry.libraries.map(({ handle, path, block, table, isLazy }) => {
    const side = loader.sources.find(path, undefined) ?? dl_fail(`${path}: not found`);
    const library = new Library(handle, path, side);
    library.isLazy = isLazy;
    library.isGlobal = entry.isGlobal;
    library.opened = 1;
    library.lay_out(block, table, loader.layout);
    slots.claim(table, side.dylink.tableSize);
    loader.libraries.push(library);
    return library;
  });
  entry.libraries.forEach(({ needed, group }, i) => {
    const of = (handles: readonly number[]): Library[] => handles.map((handle) => by_handle(loader, handle));
    Object.assign(fresh[i]!, { needed: of(needed), group: of(group) });
  });
  loader.attach(
    entry.order.map((handle) => by_handle(loader, handle)),
    entry.slots,
  );
}

function put(loader: Loader, { index, owner, handle, name, missing }: SlotEntry): void {
  const { slots } = loader.program;
  slots.claim(index, 1);
  by_handle(loader, owner).slots.push(index);
  if (missing !== true) slots.put(index, by_handle(loader, handle).func(name));
}
