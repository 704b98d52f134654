/** A native `WebAssembly.Memory` as an import: the same interface as ours, over whichever buffer it has just now. */
import type { AtomicCells, MemoryObject } from '../core/types.ts';
import { MAX_PAGES, PAGE } from './limits.ts';
import type { Watcher } from './memory.ts';

/** What native `WebAssembly.Memory` has that we use. */
interface HostMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number | bigint): number | bigint;
}

/** One for each host memory, so that all instances are told of what one of them does. */
const known = /* @__PURE__ */ new WeakMap<HostMemory, NativeMemory>();

/**
 * A native memory as an import. Its buffer may be replaced without our being told, by a native instance: the views that instances
 * hold are then detached. Accesses to typed arrays go to the slow path, which asks for `view`; for those of a DataView, which would
 * fail, the memory is looked at wherever control comes from outside (`refresh`). What JavaScript grows tells us itself.
 */
export class NativeMemory implements MemoryObject {
  declare readonly host: HostMemory;
  declare private seen: DataView;
  declare private seen_bytes: Uint8Array;
  declare cells: AtomicCells | undefined;
  declare private readonly watchers: Watcher[];
  declare readonly is64: boolean;

  constructor(host: HostMemory) {
    this.host = host;
    this.watchers = [];
    this.cells = undefined;
    this.is64 = takes_bigint(host);
    this.refresh();
    const { grow } = host;
    const told = (pages: number | bigint): number | bigint => {
      const old = grow.call(host, pages);
      this.refresh();
      return old;
    };
    Reflect.defineProperty(host, 'grow', { value: told, writable: true, configurable: true });
  }
  static of(host: HostMemory): NativeMemory {
    let memory = known.get(host);
    if (memory === undefined) known.set(host, (memory = new this(host)));
    return memory;
  }
  /** A native memory does not tell its maximum. */
  get maximum(): undefined {
    return undefined;
  }
  get shared(): boolean {
    return Object.prototype.toString.call(this.host.buffer) === '[object SharedArrayBuffer]';
  }
  get buffer(): ArrayBufferLike {
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
    if (!this.is64 && buffer.byteLength > MAX_PAGES * PAGE) {
      throw new RangeError(`a memory of ${this.pages} pages, of which generated code can reach ${MAX_PAGES}`);
    }
    this.seen = new DataView(buffer);
    this.seen_bytes = new Uint8Array(buffer);
    for (const watcher of this.watchers) watcher(buffer, buffer.byteLength);
  }
  grow_by(pages: number): number {
    if (!this.is64 && pages > MAX_PAGES - this.pages) return -1;
    try {
      const old = Number(this.host.grow(this.is64 ? BigInt(pages) : pages));
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

/** The type of addresses shows in how an argument is converted: no BigInt is a SyntaxError, no number a TypeError. */
function takes_bigint(host: HostMemory): boolean {
  try {
    host.grow('no number' as unknown as number);
  } catch (error) {
    return error instanceof SyntaxError;
  }
  return false;
}
