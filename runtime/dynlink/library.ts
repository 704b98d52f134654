/** The record of a loaded library. Its regions are named and related as those of Faasm's LoadedDynamicModule. */
import type { AnyFunction, Exports, GlobalLike } from './program/guest.ts';
import { align_up } from './program/guest.ts';
import type { Arena } from './program/memory.ts';
import type { Slots } from './program/slots.ts';
import { FLAG_TLS, FLAG_WEAK, type SideModule } from './side.ts';

/** How much of memory a library gets besides its data. */
export interface Layout {
  /** Bytes for a stack of its own; 0: it shares the program's. */
  readonly stackSize: number;
  /** Bytes that nobody uses before and after; nothing traps there, `validate` tells whether they were written to. */
  readonly guardSize: number;
  /** Bytes between the guards, at least. */
  readonly moduleSize: number;
  /** How far below its top an own stack begins. Faasm's is 1, which leaves the pointer misaligned. */
  readonly stackSlack: number;
}

/** Shares the program's stack, as the convention has it. */
export const PLAIN: Layout = { stackSize: 0, guardSize: 0, moduleSize: 0, stackSlack: 16 };
/** 2 MiB of stack, 66 pages in all, between guards of 10 pages. */
export const FAASM: Layout = { stackSize: 2097152, guardSize: 655360, moduleSize: 66 * 65536, stackSlack: 16 };

/** `found`: known, nothing allotted; `placed`: has memory and slots; `linked`: has an instance; `ready`: initialised. */
export type LibraryState = 'found' | 'placed' | 'linked' | 'ready' | 'closed';

export class Library {
  /** What dlopen returns. */
  readonly handle: number;
  /** The name under which it was found. */
  readonly path: string;
  /** Undefined for a program that is no side module itself. */
  readonly side: SideModule | undefined;
  state: LibraryState = 'found';
  /** The instance's exports; empty until it exists. */
  exports: Exports = {};

  /** Regions of memory, `[bottom, top)`, and of the table; all 0 for a program with fixed addresses. */
  memoryBottom = 0;
  memoryTop = 0;
  stackSize = 0;
  stackTop = 0;
  stackPointer = 0;
  dataBottom = 0;
  dataTop = 0;
  heapBottom = 0;
  tableBottom = 0;
  tableTop = 0;
  /** Of thread-local variables; 0 if it has none. */
  tlsBase = 0;
  guardSize = 0;
  /** What was allotted for it: the addresses to give back. */
  readonly blocks: number[] = [];
  /** Slots beyond its own region that hold its functions. */
  readonly slots: number[] = [];

  /** When its constructors ran: destructors run in the reverse order. */
  order = 0;
  /** How often it was opened and not closed. */
  opened = 0;
  /** Its symbols serve all libraries. */
  isGlobal = false;
  isKept = false;
  /** Functions that are missing may still come. */
  isLazy = false;
  /** Libraries that it names, in order; those whose symbols it uses; and all among which it finds symbols of its own. */
  needed: Library[] = [];
  readonly uses = new Set<Library>();
  group: readonly Library[] = [];
  /** Cells of `GOT.mem` and `GOT.func`, by name. */
  readonly gotMem = new Map<string, GlobalLike>();
  readonly gotFunc = new Map<string, GlobalLike>();
  /** What `__cxa_atexit` was told: functions of the table and their arguments. */
  readonly atExit: { readonly func: number; readonly arg: number }[] = [];
  readonly weak: ReadonlySet<string>;
  private readonly threadLocal: ReadonlySet<string>;

  constructor(handle: number, path: string, side: SideModule | undefined) {
    this.handle = handle;
    this.path = path;
    this.side = side;
    const imports = side?.dylink.imports ?? [];
    this.weak = new Set(imports.filter((i) => (i.flags & FLAG_WEAK) !== 0).map((i) => i.field));
    const exports = side?.dylink.exports ?? [];
    this.threadLocal = new Set(exports.filter(([, flags]) => (flags & FLAG_TLS) !== 0).map(([name]) => name));
  }

  /** For messages. */
  get label(): string {
    return this.path === '' ? 'the program' : this.path;
  }

  /** Allots its regions. Throws DlError where there is no room. */
  place(arena: Arena, slots: Slots, layout: Layout): void {
    const { dylink } = this.side!;
    const block = arena.allot(this.size(layout), this.alignment(layout));
    this.blocks.push(block);
    this.lay_out(block, slots.allot(dylink.tableSize, dylink.tableAlignment), layout);
  }
  private alignment({ guardSize, stackSize }: Layout): number {
    return Math.max(this.side!.dylink.memoryAlignment, guardSize > 0 ? 16 : stackSize > 0 ? 4 : 0);
  }
  private size(layout: Layout): number {
    const stack = align_up(layout.stackSize, this.alignment(layout));
    return 2 * layout.guardSize + Math.max(layout.moduleSize, stack + this.side!.dylink.memorySize);
  }
  /** Divides what was allotted: a block of memory, and slots from `table` on. */
  lay_out(block: number, table: number, layout: Layout): void {
    const { dylink } = this.side!;
    const { stackSize, guardSize } = layout;
    this.guardSize = guardSize;
    this.stackSize = stackSize;
    this.memoryBottom = block + guardSize;
    this.memoryTop = block + this.size(layout) - guardSize;
    this.stackTop = this.memoryBottom + stackSize;
    this.stackPointer = stackSize > 0 ? this.stackTop - layout.stackSlack : 0;
    this.dataBottom = this.memoryBottom + align_up(stackSize, this.alignment(layout));
    this.dataTop = this.heapBottom = this.dataBottom + dylink.memorySize;
    this.tableBottom = table;
    this.tableTop = table + dylink.tableSize;
    this.state = 'placed';
  }

  /** Where an exported global of its says that a variable lies: side modules say so relative to their base. */
  address_of(name: string): number {
    const value = Number((this.exports[name] as GlobalLike).value) >>> 0;
    if (this.side === undefined) return value;
    return ((this.threadLocal.has(name) ? this.tlsBase : this.dataBottom) + value) >>> 0;
  }
  /** Where Emscripten has changed a function's type for JavaScript, `orig$` leads to the one that C knows. */
  func(name: string): AnyFunction | undefined {
    const f = this.exports[`orig$${name}`] ?? this.exports[name];
    return typeof f === 'function' ? (f as AnyFunction) : undefined;
  }

  /** What is wrong with its regions, or undefined; `bytes` are those of the memory. */
  validate(bytes: Uint8Array): string | undefined {
    const { memoryBottom, memoryTop, stackTop, dataBottom, dataTop, heapBottom, tableBottom, tableTop } = this;
    if (this.side === undefined) return undefined;
    if (this.state !== 'linked' && this.state !== 'ready') return `${this.path} has no instance`;
    const ordered = [memoryBottom, stackTop, dataBottom, dataTop, heapBottom, memoryTop];
    if (ordered.some((at, i) => i > 0 && at < ordered[i - 1]!)) return `the regions of ${this.path} overlap`;
    if (stackTop !== memoryBottom + this.stackSize) return `the stack of ${this.path} has another size`;
    if (tableTop !== tableBottom + this.side.dylink.tableSize) return `${this.path} has another number of slots`;
    const guards = [memoryBottom - this.guardSize, memoryTop];
    const written = guards.some((at) => bytes.subarray(at, at + this.guardSize).some((byte) => byte !== 0));
    return written ? `a guard region of ${this.path} was written to` : undefined;
  }
}
