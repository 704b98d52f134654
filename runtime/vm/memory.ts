/**
 * Linear memory (JS API 5.3). Generated code reads it through views of a fixed length over an ordinary buffer, which engines
 * optimise best; instances that hold views are told through `watch` when they must be made anew.
 *
 * Growing by one page at a time is common, and copying each time would be quadratic. So a memory that grows gets a larger
 * buffer than it needs, with views of just its size, and grows in place next. Nobody sees the difference: when `buffer` is
 * read, the memory moves to a buffer of its exact size. A buffer that was handed out is detached by the next growth. Others
 * are not: once a page has detached any buffer, V8 checks at each access that this has not happened to the one at hand.
 *
 * Shared memories (shared.ts) keep their buffer for good; each thread's views follow the size that all threads share.
 */
import type { AtomicCells, MemoryObject } from '../core/types.ts';
import { type AddressType, address_out, check_limits, count_in, MAX_PAGES, PAGE } from './limits.ts';
import { allot, extend, type MemoryHandle, reserve } from './shared.ts';

export interface MemoryDescriptor {
  /** In pages of 64 KiB, at most 65535 or, with 64-bit addresses, 262144; BigInts with 64-bit addresses. */
  readonly initial: number | bigint;
  readonly maximum?: number | bigint | undefined;
  /** Can be used by several threads at once: needs a maximum. */
  readonly shared?: boolean | undefined;
  /** The type of addresses; `i32` if not given. */
  readonly address?: AddressType | undefined;
}

/** V8's: 16 GiB. */
const MAX_PAGES_64 = 262144;
const MAX_DECLARED = 65536;
const MAX_DECLARED_64 = 2 ** 48;

/** No more than this is reserved ahead, in bytes. */
const MAX_RESERVE = 2 ** 28;

export type Watcher = (buffer: ArrayBufferLike, size: number) => void;

export class Memory implements MemoryObject {
  /** At least as long as the memory, unless that is shared and grew in another thread. */
  declare private store: ArrayBufferLike;
  /** Someone outside has `store`, which then is as long as the memory. */
  declare private shown: boolean;
  /** Over the memory, no more. */
  declare view: DataView;
  declare bytes: Uint8Array;
  /** The declared maximum in pages; undefined where there is none. */
  declare readonly maximum: number | undefined;
  /** Addresses are i64. */
  declare readonly is64: boolean;
  /** Of a shared memory: one cell with the size in pages, the same for all threads. */
  declare private readonly count: Int32Array | undefined;
  declare cells: AtomicCells | undefined;
  declare private readonly watchers: Watcher[];

  /** Throws RangeError where the limits are out of range or the host has no room. */
  constructor({ initial, maximum, shared = false, address = 'i32' }: MemoryDescriptor) {
    const is64 = address === 'i64';
    const most = is64 ? MAX_DECLARED_64 : MAX_DECLARED;
    const limits = check_limits('Memory', initial, maximum, is64, is64 ? MAX_PAGES_64 : MAX_PAGES, most);
    this.is64 = is64;
    this.maximum = limits.maximum;
    this.watchers = [];
    this.cells = undefined;
    this.shown = false;
    this.count = shared ? allot(limits.initial, limits.maximum) : undefined;
    const size = limits.initial * PAGE;
    this.set(shared ? reserve(size, Math.min(limits.maximum!, MAX_PAGES_64) * PAGE) : new ArrayBuffer(size), size);
  }

  /** The shared memory that `handle()` of it gave, perhaps in another thread. */
  static from({ buffer, count, maximum, address }: MemoryHandle): Memory {
    const none = address === 'i64' ? 0n : 0;
    const memory = new this({ initial: none, maximum: none, shared: true, address });
    Object.assign(memory, { store: buffer, count, maximum });
    memory.refresh();
    return memory;
  }
  /** What `postMessage` can send of a shared memory: `Memory.from` makes the memory of it. Throws TypeError if not shared. */
  handle(): MemoryHandle {
    const { count, store, maximum, is64 } = this;
    if (count === undefined) throw new TypeError('only a shared memory has a handle');
    return { buffer: store as SharedArrayBuffer, count, maximum: maximum!, address: is64 ? 'i64' : 'i32' };
  }

  get buffer(): ArrayBufferLike {
    this.refresh();
    const size = this.bytes.length;
    if (this.store.byteLength > size && !this.shown && !this.move(size, size)) {
      throw new RangeError('no room for the buffer of a memory that has grown');
    }
    this.shown = true;
    return this.store;
  }
  /** Tells what an import is, also across bundles that have a runtime each. */
  get wasm_kind(): string {
    return 'memory';
  }
  /** What JavaScript sees of this memory; see NativeMemory. */
  get host(): Memory {
    return this;
  }
  get shared(): boolean {
    return this.count !== undefined;
  }
  /** The current size in pages. */
  get pages(): number {
    this.refresh();
    return this.bytes.length / PAGE;
  }

  /**
   * Grows by `pages`; returns the old size in pages, a BigInt like `pages` where addresses are i64. Throws RangeError past
   * the maximum or where the host has no room.
   */
  grow(pages: number | bigint): number | bigint {
    const old = this.grow_by(count_in(pages, this.is64, 'WebAssembly.Memory.grow(): Argument 0'));
    if (old < 0) throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    return address_out(old, this.is64);
  }
  /** As `memory.grow`: -1 where `grow` throws. Growing by 0 replaces the buffer too. */
  grow_by(pages: number): number {
    const most = this.is64 ? MAX_PAGES_64 : MAX_PAGES;
    const limit = Math.min(this.maximum ?? most, most);
    if (this.count !== undefined) return this.grow_shared(this.count, pages, limit);
    const old = this.pages;
    const size = (old + pages) * PAGE;
    if (pages > limit - old || (size > 2 ** 32 && !views_reach(size))) return -1;
    let room = this.store.byteLength;
    // Who has seen the last buffer will want to see the next.
    if (this.shown) room = size;
    else if (size > room) room = Math.min(limit * PAGE, size + Math.min(size, MAX_RESERVE));
    if (!this.move(room, size, this.shown) && !this.move(size, size, this.shown)) return -1;
    this.shown = false;
    return old;
  }
  /** Whoever writes the new size first has grown the memory. */
  private grow_shared(count: Int32Array, pages: number, limit: number): number {
    for (;;) {
      const old = Atomics.load(count, 0);
      if (pages > limit - old) return -1;
      if (Atomics.compareExchange(count, 0, old, old + pages) !== old) continue;
      this.refresh();
      return old;
    }
  }

  /**
   * Calls `watcher` with a buffer and the size of the memory, which is the first part of it: now, and before anything
   * else sees it when either has changed.
   */
  watch(watcher: Watcher): void {
    this.watchers.push(watcher);
    watcher(this.store, this.bytes.length);
  }
  /** Another thread may have grown a shared memory. All else changes through our own methods, which tell all watchers. */
  refresh(): void {
    const { count, store } = this;
    if (count === undefined) return;
    const size = Atomics.load(count, 0) * PAGE;
    if (this.bytes.buffer === store && this.bytes.length === size) return;
    extend(store as SharedArrayBuffer, size);
    this.set(store, size);
  }

  /**
   * To a buffer of `room` bytes, of which `size` are the memory; `anew`: even if it has that many. False if the host has no
   * room. What follows the new buffer is done with the old one first, and deeper in the stack: where that ends, it fails
   * when nothing has happened yet. Once the old buffer is left, nothing may fail.
   */
  private move(room: number, size: number, anew = false): boolean {
    let store = this.store as ArrayBuffer;
    deeper(16, () => this.set(store, this.bytes.length));
    if (anew || room !== store.byteLength) {
      const other = resized(store, room, this.shown);
      if (other === undefined) return false;
      store = other;
    }
    this.set(store, size);
    return true;
  }
  private set(store: ArrayBufferLike, size: number): void {
    this.store = store;
    this.view = new DataView(store, 0, size);
    this.bytes = new Uint8Array(store, 0, size);
    for (const watcher of this.watchers) watcher(store, size);
  }
}

/** Runs with that many frames more on the stack. */
function deeper(frames: number, run: () => void): void {
  if (frames > 0) deeper(frames - 1, run);
  else run();
}

/** Can typed arrays be so long? On some hosts buffers can, and they cannot. */
function views_reach(size: number): boolean {
  try {
    return new Uint8Array(new ArrayBuffer(size)).length === size;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * A buffer of `length` bytes with the old contents; undefined if the host has no room for it. `detach`: the old one is
 * detached, if the host can do that.
 */
function resized(old: ArrayBuffer, length: number, detach: boolean): ArrayBuffer | undefined {
  try {
    const movable = old as ArrayBuffer & { transfer?: (length: number) => ArrayBuffer };
    if (detach && movable.transfer !== undefined) return movable.transfer(length);
    const kept = Math.min(old.byteLength, length);
    const copy = new ArrayBuffer(length);
    new Uint8Array(copy).set(new Uint8Array(old, 0, kept));
    if (detach && typeof structuredClone === 'function') structuredClone(old, { transfer: [old] });
    return copy;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
