/**
 * The loader: opens libraries with all that they need, links them, runs their constructors, and unloads what nobody uses any
 * more (tool-conventions, DynamicLinking.md; POSIX, dlopen). An opening goes in steps over all its new libraries together:
 * find them breadth first, judge their imports, allot their regions, make the instances, fill the GOT, apply the relocations,
 * run the constructors. Until the constructors run nothing of the guest does, and what fails leaves no trace.
 */
import { DlError, dl_fail, failure_text } from './errors.ts';
import { FAASM, type Layout, Library, PLAIN } from './library.ts';
import type { LinkEntry, SlotEntry } from './log.ts';
import type { AnyFunction, Exports } from './program/guest.ts';
import { bytes_of } from './program/guest.ts';
import { type PieOptions, pie_program } from './program/pie.ts';
import { type Classes, OURS, Program } from './program/program.ts';
import type { SideModule } from './side.ts';
import type { Registry, Resolver } from './sources.ts';
import { Sources } from './sources.ts';
import { check_imports, fill_cells, fill_pending, import_object, type Linkage, type Pending } from './symbols/link.ts';
import { breadth_first, dependencies_first, type Found, lookup } from './symbols/symbols.ts';

/** dlfcn.h, as in musl and glibc. */
export const RTLD_LAZY = 1;
export const RTLD_NOW = 2;
export const RTLD_NOLOAD = 4;
export const RTLD_GLOBAL = 0x100;
export const RTLD_NODELETE = 0x1000;

export type HostModules = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface LoaderOptions {
  /** Libraries by the names that programs open them under. */
  readonly libraries?: Registry;
  /** Asked in turn for what the registry has not. */
  readonly resolvers?: readonly Resolver[];
  /** Functions of the host, which libraries get as the program does. */
  readonly host?: HostModules;
  /** Stacks and guards of libraries; they share the program's stack if not given. */
  readonly layout?: Layout;
  /** As Faasm's runtime behaves where that differs from POSIX: see runtime/README.md. */
  readonly faasmQuirks?: boolean;
  /** The namespace of the instances, if it is not ours. */
  readonly classes?: Classes;
}

/** Functions of the host that know which library calls them. */
export type HostOf = (library: Library, module: string, name: string) => unknown;

export class Loader implements Linkage {
  readonly sources: Sources;
  readonly quirks: boolean;
  /** The program first, then libraries in the order in which they were loaded. */
  readonly libraries: Library[] = [];
  /** Set by whoever offers such functions (dlfcn.ts). */
  own: HostOf = () => undefined;
  private found: Program | undefined;
  private readonly hosts = new Map<string, Readonly<Record<string, unknown>>>();
  readonly layout: Layout;
  /** What other threads have to do as well. */
  readonly log: LinkEntry[] = [];
  /** What replays entries of other kinds than the loader's own, by kind. */
  readonly replayers = new Map<string, (data: readonly number[]) => void>();
  /** Slots that were given while libraries are being opened. */
  private given: SlotEntry[] | undefined;
  private readonly classes: Classes;
  private readonly pending: Pending = new Map();
  private handles = 1;
  private initialised = 1;

  constructor(options: LoaderOptions = {}) {
    this.sources = new Sources(options.libraries ?? {}, options.resolvers ?? []);
    for (const [module, functions] of Object.entries(options.host ?? {})) this.offer(module, functions);
    this.quirks = options.faasmQuirks ?? false;
    this.layout = options.layout ?? (this.quirks ? { ...FAASM, stackSlack: 1 } : PLAIN);
    this.classes = options.classes ?? OURS;
  }

  /** Throws DlError before `start`, and where the program exports no memory. */
  get program(): Program {
    this.found ??= new Program(this.main.exports, this.classes, this.quirks);
    return this.found;
  }
  get main(): Library {
    return this.libraries[0] ?? dl_fail('the program has no instance yet');
  }

  /** Takes the exports of the program's instance. Whether libraries can join it is judged when the first one is opened. */
  start(exports: Exports): void {
    const main = new Library(this.quirks ? 999 : this.handles++, '', undefined);
    main.exports = exports;
    main.state = 'ready';
    main.isGlobal = true;
    main.group = [main];
    this.libraries.push(main);
  }

  /**
   * Makes the instance of a program that is a side module itself, with all that it needs, and runs the constructors, unless
   * its `_start` does. Throws DlError.
   */
  start_side(side: SideModule, options: PieOptions = {}): Library {
    const fresh: Library[] = [];
    const main = this.collect('', side, RTLD_NOW, fresh);
    for (const library of fresh) library.group = fresh;
    this.libraries.push(...fresh);
    this.found = pie_program(side, this.classes, options);
    const order = dependencies_first(main);
    this.link(order, fresh, RTLD_NOW | RTLD_GLOBAL);
    this.found.settle(main.exports);
    for (const library of order) if (library !== main || main.exports._start === undefined) this.initialise(library);
    main.state = 'ready';
    return main;
  }

  /**
   * Opens a library, or the program for undefined.
   * Returns undefined only with RTLD_NOLOAD, where it is not loaded. Throws DlError; traps of constructors pass.
   */
  open(name: string | undefined, mode: number = RTLD_NOW): Library | undefined {
    const { main } = this;
    if (name === undefined || name === '') return main;
    const side = this.sources.find(name, undefined) ?? dl_fail(`${name}: not found`);
    const loaded = this.libraries.find((l) => l.side === side);
    if (loaded === undefined && (mode & RTLD_NOLOAD) !== 0) return undefined;
    const root = loaded ?? this.load(name, side, mode);
    if (!this.quirks || loaded === undefined) root.opened++;
    if ((mode & RTLD_NODELETE) !== 0) root.isKept = true;
    if ((mode & RTLD_GLOBAL) !== 0 && root.group.some((library) => !library.isGlobal)) {
      this.make_global(root.group);
      this.log.push({ op: 'global', handles: root.group.map((l) => l.handle) });
    }
    return root;
  }
  make_global(libraries: readonly Library[]): void {
    for (const library of libraries) library.isGlobal = true;
    fill_pending(this, this.pending);
  }

  private load(name: string, side: SideModule, mode: number): Library {
    const fresh: Library[] = [];
    const root = this.collect(name, side, mode, fresh);
    const group = breadth_first(root);
    for (const library of fresh) library.group = group;
    this.libraries.push(...fresh);
    const order = dependencies_first(root).filter((library) => fresh.includes(library));
    try {
      this.given = [];
      this.link(order, fresh, mode);
      this.log.push(open_entry(fresh, order, this.given));
    } catch (error) {
      for (const library of fresh) this.discard(library);
      const text = error instanceof DlError ? undefined : failure_text(error);
      if (text === undefined) throw error;
      throw new DlError(`${name}: ${text}`);
    } finally {
      this.given = undefined;
    }
    fill_pending(this, this.pending);
    try {
      for (const library of order) this.initialise(library);
    } catch (error) {
      this.drop(fresh);
      throw error;
    }
    return root;
  }

  /** The library and all it needs, breadth first; those that are not loaded yet are put into `fresh`. */
  private collect(name: string, side: SideModule, mode: number, fresh: Library[]): Library {
    const find = (path: string, found: SideModule): Library => {
      const known = [...this.libraries, ...fresh].find((l) => l.side === found);
      if (known !== undefined) return known;
      const library = new Library(this.quirks ? this.libraries.length + fresh.length + 1 : this.handles++, path, found);
      library.isLazy = (mode & (RTLD_LAZY | RTLD_NOW)) === RTLD_LAZY;
      fresh.push(library);
      return library;
    };
    const root = find(name, side);
    for (const library of fresh) {
      library.needed = library.side!.dylink.needed.map((needed) => {
        const found = this.sources.find(needed, library.side);
        return find(needed, found ?? dl_fail(`${needed}: not found, and ${library.label} needs it`));
      });
    }
    return root;
  }

  private link(order: readonly Library[], fresh: readonly Library[], mode: number): void {
    // Symbols of these are visible to each other from now on, and to all others if the mode says so.
    if ((mode & RTLD_GLOBAL) !== 0) for (const library of fresh) library.isGlobal = true;
    const { arena, slots, memory } = this.program;
    for (const library of order) check_imports(this, library);
    for (const library of order) library.place(arena, slots, this.layout);
    this.instances(order, false);
    for (const library of order) fill_cells(this, library, this.pending);
    for (const library of order) library.func('__wasm_apply_data_relocs')?.();
    for (const library of order) {
      const wrong = library.validate(bytes_of(memory));
      if (wrong !== undefined) dl_fail(wrong);
    }
  }
  private instances(order: readonly Library[], attached: boolean): void {
    for (const library of order) this.instantiate(library, attached);
    for (const library of order) this.program.slots.scan(library.tableBottom, library.tableTop);
    for (const library of order) place_thread_locals(library, this.program);
  }
  /** Libraries that another thread has opened, over memory that is as they left it. */
  attach(order: readonly Library[], given: readonly SlotEntry[]): void {
    this.instances(order, true);
    this.given = [...given];
    const { slots } = this.program;
    for (const { index, owner, handle, name, missing } of given) {
      slots.claim(index, 1);
      const of = (wanted: number): Library => this.libraries.find((l) => l.handle === wanted)!;
      of(owner).slots.push(index);
      if (missing !== true) slots.put(index, of(handle).func(name));
    }
    for (const library of order) fill_cells(this, library, this.pending);
    this.given = undefined;
    fill_pending(this, this.pending);
    for (const library of order) library.state = 'ready';
  }
  private instantiate(library: Library, attached: boolean): void {
    const imports = import_object(this, library);
    try {
      library.exports = library.side!.instantiate(imports, { attached }).exports as Exports;
    } catch (error) {
      const text = failure_text(error);
      if (text === undefined) throw error;
      throw new DlError(`${library.path}: ${text}`);
    }
    library.state = 'linked';
  }

  /** Constructors: by the name of today, or those of older toolchains. */
  private initialise(library: Library): void {
    library.order = this.initialised++;
    const run = library.func('_initialize') ?? library.func('__wasm_call_ctors') ?? library.func('__post_instantiate');
    run?.();
    library.state = 'ready';
  }

  /** Functions of the host that libraries may import from `module`, besides those that are there. */
  offer(module: string, functions: Readonly<Record<string, unknown>>): void {
    this.hosts.set(module, { ...this.hosts.get(module), ...functions });
  }

  // What linking asks.

  /** In the global scope, in the order of loading; then in the library's own. */
  find(library: Library, name: string): Found | undefined {
    return lookup(this.scope(), name) ?? lookup(library.group, name);
  }
  /** The libraries of the global scope, in the order of loading. */
  scope(): Library[] {
    return this.libraries.filter((library) => library.isGlobal);
  }
  /** The library that dlopen gave this handle; undefined if it is not open. */
  opened(handle: number): Library | undefined {
    return this.libraries.find((l) => l.handle === handle && (l.opened > 0 || l.isKept || l === this.main));
  }
  host(library: Library, module: string, name: string): unknown {
    return this.own(library, module, name) ?? this.hosts.get(module)?.[name];
  }
  index_of({ library, name }: Found): number {
    return this.program.slots.find(library.func(name)) ?? this.append(library, name);
  }
  /** Puts a library's function into a new slot. */
  append(library: Library, name: string): number {
    const index = this.program.slots.append(library.func(name));
    library.slots.push(index);
    this.note({ index, owner: library.handle, handle: library.handle, name });
    return index;
  }
  missing(library: Library, name: string): number {
    const known = this.given?.find((s) => s.missing === true && s.handle === library.handle && s.name === name);
    if (known !== undefined) return known.index;
    const index = this.program.slots.allot(1, 0);
    library.slots.push(index);
    this.note({ index, owner: library.handle, handle: library.handle, name, missing: true });
    return index;
  }
  private note(slot: SlotEntry): void {
    if (this.given !== undefined) this.given.push(slot);
    else this.log.push({ op: 'slot', ...slot });
  }

  // Closing.

  /** One opening less; unloads what nobody uses any more. Traps of destructors pass. */
  close(library: Library): void {
    if (library === this.main || this.quirks) return;
    if (library.opened === 0) dl_fail(`${library.path}: it is not open`);
    library.opened--;
    const used = new Set<Library>();
    const mark = (l: Library): void => {
      if (used.has(l)) return;
      used.add(l);
      l.needed.forEach(mark);
      l.uses.forEach(mark);
    };
    for (const l of this.libraries) if (l.opened > 0 || l.isKept || l === this.main) mark(l);
    const gone = this.libraries.filter((l) => !used.has(l)).sort((a, b) => b.order - a.order);
    for (const l of gone) this.finish(l);
    this.drop(gone);
  }
  private drop(gone: readonly Library[]): void {
    if (gone.length === 0) return;
    this.forget(gone);
    this.log.push({ op: 'close', handles: gone.map((l) => l.handle) });
  }
  forget(gone: readonly Library[]): void {
    for (const l of gone) this.discard(l);
  }
  /** Runs a library's destructors, the last one registered first. */
  finish(library: Library): void {
    for (let last = library.atExit.pop(); last !== undefined; last = library.atExit.pop()) {
      this.program.slots.func(last.func)?.(last.arg);
    }
  }
  /** Gives back all that a library has. */
  private discard(library: Library): void {
    const { arena, slots } = this.program;
    library.state = 'closed';
    library.opened = 0;
    for (const slot of library.slots) slots.release(slot, 1);
    slots.release(library.tableBottom, library.tableTop - library.tableBottom);
    for (const block of library.blocks) arena.release(block);
    this.pending.delete(library);
    const at = this.libraries.indexOf(library);
    if (at >= 0) this.libraries.splice(at, 1);
  }
}

function open_entry(fresh: readonly Library[], order: readonly Library[], slots: readonly SlotEntry[]): LinkEntry {
  const handles = (libraries: readonly Library[]): number[] => libraries.map((l) => l.handle);
  return {
    op: 'open',
    libraries: fresh.map((l) => ({
      handle: l.handle,
      path: l.path,
      needed: handles(l.needed),
      group: handles(l.group),
      block: l.memoryBottom - l.guardSize,
      table: l.tableBottom,
      isLazy: l.isLazy,
    })),
    order: handles(order),
    isGlobal: fresh[0]!.isGlobal,
    slots,
  };
}

/** A block for the library's thread-local variables, if it has any. */
function place_thread_locals(library: Library, { arena }: Program): void {
  const init = library.func('__wasm_init_tls');
  const { __tls_size: size, __tls_align: align } = library.exports as Record<string, { value: number } | undefined>;
  if (init === undefined || size === undefined) return;
  library.tlsBase = arena.allot(size.value, Math.max(0, Math.log2(align?.value ?? 1)));
  library.blocks.push(library.tlsBase);
  (init as AnyFunction)(library.tlsBase);
}
