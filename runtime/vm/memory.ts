/**
 * Linear memory: one buffer, replaced when the memory grows (JS API 5.3). Views of a fixed length over an ordinary buffer
 * are what engines optimise best, so growing copies once and detaches the old buffer, and instances that hold views are
 * told through `watch`.
 */
import type { MemoryObject } from '../core/types.ts';

export interface MemoryDescriptor {
  /** In pages of 64 KiB, 65536 at most. */
  readonly initial: number;
  readonly maximum?: number | undefined;
}

const PAGE = 65536;
const MAX_PAGES = 65536;

export class Memory implements MemoryObject {
  /** The buffer; `buffer` is a getter on the prototype, as the JS API has it. */
  declare private current: ArrayBuffer;
  declare view: DataView;
  declare bytes: Uint8Array;
  /** The declared maximum in pages; undefined where there is none. */
  declare readonly maximum: number | undefined;
  declare private readonly watchers: ((buffer: ArrayBuffer) => void)[];

  /** Throws RangeError where the limits are out of range or the host has no room. */
  constructor({ initial, maximum }: MemoryDescriptor) {
    check_limits('Memory', initial, maximum, MAX_PAGES);
    this.maximum = maximum;
    this.watchers = [];
    this.set(new ArrayBuffer(initial * PAGE));
  }

  get buffer(): ArrayBuffer {
    return this.current;
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
    if (pages > Math.min(this.maximum ?? MAX_PAGES, MAX_PAGES) - old) return -1;
    const grown = resized(this.buffer, (old + pages) * PAGE);
    if (grown === undefined) return -1;
    this.set(grown);
    for (const watcher of this.watchers) watcher(grown);
    return old;
  }

  /** Calls `watcher` with the buffer: now, and each time it is replaced, before anything else sees the new one. */
  watch(watcher: (buffer: ArrayBuffer) => void): void {
    this.watchers.push(watcher);
    watcher(this.buffer);
  }
  /** The buffer changes through `grow_by` alone, which has told all watchers: nothing to do. */
  refresh(): void {}

  private set(buffer: ArrayBuffer): void {
    this.current = buffer;
    this.view = new DataView(buffer);
    this.bytes = new Uint8Array(buffer);
  }
}

/** A buffer of `length` bytes with the old contents, the old one detached; undefined if the host has no room for it. */
function resized(old: ArrayBuffer, length: number): ArrayBuffer | undefined {
  try {
    const movable = old as ArrayBuffer & { transfer?: (length: number) => ArrayBuffer };
    if (movable.transfer !== undefined) return movable.transfer(length);
    const grown = new ArrayBuffer(length);
    new Uint8Array(grown).set(new Uint8Array(old));
    if (typeof structuredClone === 'function') structuredClone(old, { transfer: [old] });
    return grown;
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
  declare private readonly watchers: ((buffer: ArrayBuffer) => void)[];

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
    for (const watcher of this.watchers) watcher(buffer);
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
  watch(watcher: (buffer: ArrayBuffer) => void): void {
    this.watchers.push(watcher);
    watcher(this.host.buffer);
  }
}
