/**
 * Linear memory (JS API 5.3). Generated code reads it through views of a fixed length over an ordinary buffer, which engines
 * optimise best; instances that hold views are told through `watch` when they must be made anew.
 *
 * Growing by one page at a time is common, and copying each time would be quadratic. So a memory that grows gets a larger
 * buffer than it needs, with views of just its size, and grows in place next. Nobody sees the difference: when `buffer` is
 * read, the memory moves to a buffer of its exact size. A buffer that was handed out is detached by the next growth.
 */
import type { MemoryObject } from '../core/types.ts';

export interface MemoryDescriptor {
  /** In pages of 64 KiB, 65536 at most. */
  readonly initial: number;
  readonly maximum?: number | undefined;
}

const PAGE = 65536;
const MAX_PAGES = 65536;

/** No more than this is reserved ahead, in bytes. */
const MAX_RESERVE = 2 ** 28;

export type Watcher = (buffer: ArrayBuffer, size: number) => void;

export class Memory implements MemoryObject {
  /** At least as long as the memory. */
  declare private store: ArrayBuffer;
  /** Someone outside has `store`, which then is as long as the memory. */
  declare private shown: boolean;
  /** Over the memory, no more. */
  declare view: DataView;
  declare bytes: Uint8Array;
  /** The declared maximum in pages; undefined where there is none. */
  declare readonly maximum: number | undefined;
  declare private readonly watchers: Watcher[];

  /** Throws RangeError where the limits are out of range or the host has no room. */
  constructor({ initial, maximum }: MemoryDescriptor) {
    check_limits('Memory', initial, maximum, MAX_PAGES);
    this.maximum = maximum;
    this.watchers = [];
    this.shown = false;
    this.set(new ArrayBuffer(initial * PAGE), initial * PAGE);
  }

  get buffer(): ArrayBuffer {
    const size = this.bytes.length;
    if (this.store.byteLength > size) {
      const exact = resized(this.store, size);
      if (exact === undefined) throw new RangeError('no room for the buffer of a memory that has grown');
      this.set(exact, size);
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
  /** The current size in pages. */
  get pages(): number {
    return this.bytes.length / PAGE;
  }

  /** Grows by `pages`; returns the old size in pages. Throws RangeError past the maximum or where the host has no room. */
  grow(pages: number): number {
    const old = this.grow_by(pages);
    if (old < 0) throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    return old;
  }
  /** As `memory.grow`: -1 where `grow` throws. Growing by 0 replaces the buffer too. */
  grow_by(pages: number): number {
    const old = this.pages;
    const limit = Math.min(this.maximum ?? MAX_PAGES, MAX_PAGES);
    if (pages > limit - old) return -1;
    const size = (old + pages) * PAGE;
    let { store } = this;
    if (this.shown || size > store.byteLength) {
      // Who has seen the last buffer will want to see the next.
      const ahead = this.shown ? size : Math.min(limit * PAGE, size + Math.min(size, MAX_RESERVE));
      const grown = resized(store, ahead) ?? resized(store, size);
      if (grown === undefined) return -1;
      store = grown;
    }
    this.shown = false;
    this.set(store, size);
    return old;
  }

  /**
   * Calls `watcher` with a buffer and the size of the memory, which is the first part of it: now, and before anything
   * else sees it when either has changed.
   */
  watch(watcher: Watcher): void {
    this.watchers.push(watcher);
    watcher(this.store, this.bytes.length);
  }
  /** The buffer changes through our own methods alone, which tell all watchers: nothing to do. */
  refresh(): void {}

  private set(store: ArrayBuffer, size: number): void {
    this.store = store;
    this.view = new DataView(store, 0, size);
    this.bytes = new Uint8Array(store, 0, size);
    for (const watcher of this.watchers) watcher(store, size);
  }
}

/** A buffer of `length` bytes with the old contents, the old one detached; undefined if the host has no room for it. */
function resized(old: ArrayBuffer, length: number): ArrayBuffer | undefined {
  try {
    const movable = old as ArrayBuffer & { transfer?: (length: number) => ArrayBuffer };
    if (movable.transfer !== undefined) return movable.transfer(length);
    const kept = Math.min(old.byteLength, length);
    const copy = new ArrayBuffer(length);
    new Uint8Array(copy).set(new Uint8Array(old, 0, kept));
    if (typeof structuredClone === 'function') structuredClone(old, { transfer: [old] });
    return copy;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Throws RangeError, or TypeError for what is no number. */
export function check_limits(what: string, initial: number, maximum: number | undefined, most: number): void {
  if (typeof initial !== 'number') throw new TypeError(`WebAssembly.${what}(): Property 'initial' is required`);
  check_limit(what, 'initial', initial, most);
  if (maximum === undefined) return;
  check_limit(what, 'maximum', maximum, what === 'Memory' ? most : 0xffffffff);
  if (maximum < initial) {
    throw new RangeError(
      `WebAssembly.${what}(): Property 'maximum': value ${maximum} is below the lower bound ${initial}`,
    );
  }
}
function check_limit(what: string, property: string, value: number, most: number): void {
  if (!(value >= 0 && Number.isInteger(value))) {
    throw new TypeError(`WebAssembly.${what}(): Property '${property}': value ${value} is no page or element count`);
  }
  if (value > most) {
    throw new RangeError(
      `WebAssembly.${what}(): Property '${property}': value ${value} is above the upper bound ${most}`,
    );
  }
}

/** What native `WebAssembly.Memory` has that we use. */
interface HostMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/**
 * A native memory as an import. Its buffer may be replaced without our being told: the views that instances hold are then
 * detached, which sends every access to the slow path, and that asks for `view`.
 */
export class NativeMemory implements MemoryObject {
  declare readonly host: HostMemory;
  declare private seen: DataView;
  declare private seen_bytes: Uint8Array;
  declare private readonly watchers: Watcher[];

  constructor(host: HostMemory) {
    this.host = host;
    this.watchers = [];
    this.refresh();
  }
  get buffer(): ArrayBuffer {
    return this.host.buffer;
  }
  get pages(): number {
    return this.host.buffer.byteLength / PAGE;
  }
  get view(): DataView {
    this.refresh();
    return this.seen;
  }
  get bytes(): Uint8Array {
    this.refresh();
    return this.seen_bytes;
  }
  refresh(): void {
    const { buffer } = this.host;
    if (this.seen?.buffer === buffer) return;
    this.seen = new DataView(buffer);
    this.seen_bytes = new Uint8Array(buffer);
    for (const watcher of this.watchers) watcher(buffer, buffer.byteLength);
  }
  grow_by(pages: number): number {
    try {
      const old = this.host.grow(pages);
      this.refresh();
      return old;
    } catch (error) {
      if (error instanceof RangeError) return -1;
      throw error;
    }
  }
  watch(watcher: Watcher): void {
    this.watchers.push(watcher);
    watcher(this.host.buffer, this.host.buffer.byteLength);
  }
}
