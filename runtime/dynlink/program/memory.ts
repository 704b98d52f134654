/**
 * Memory for libraries: from the guest's own malloc where it exports one, so that both never think the same bytes theirs, else
 * pages by which the memory grows. Alignment is respected, and all is zero, as a library's data have to be.
 */
import { dl_fail } from '../errors.ts';
import { type AnyFunction, align_up, bytes_of, type Exports, type MemoryLike } from './guest.ts';

const PAGE = 65536;
/** What malloc aligns to in any case. */
const NATURAL = 3;

interface Block {
  readonly start: number;
  readonly size: number;
}

export class Arena {
  readonly memory: MemoryLike;
  private malloc: AnyFunction | undefined;
  private dealloc: AnyFunction | undefined;
  /** Where the next block begins, while addresses are laid out in a row. */
  private next: number | undefined;
  /** What was allotted, by its aligned address: the block that it came from. */
  private readonly used = new Map<number, Block>();
  /** Blocks that came from the guest's malloc. */
  private readonly guests = new Set<Block>();
  /** Blocks of pages that were given back. */
  private spare: Block[] = [];

  constructor(memory: MemoryLike, exports: Exports) {
    this.memory = memory;
    this.settle(exports);
  }

  /** Lays out what is allotted in a row from `start` on. */
  fix(start: number): void {
    this.next = start;
  }
  /** The end of the row. */
  get top(): number {
    return this.next ?? bytes_of(this.memory).length;
  }
  /** Ends the row; memory comes from this malloc, if there is one. */
  settle({ malloc, free }: Exports): void {
    this.next = undefined;
    if (typeof malloc === 'function' && typeof free === 'function') {
      this.malloc = malloc as AnyFunction;
      this.dealloc = free as AnyFunction;
    }
  }

  /** The address of `size` bytes, all zero, aligned to 2^`alignment`. Throws DlError where there is no room. */
  allot(size: number, alignment: number): number {
    const spread = alignment > NATURAL ? 2 ** alignment - 1 : 0;
    const block =
      this.next !== undefined ? this.in_row(this.next, size, alignment) : this.block(size, alignment, spread);
    const address = align_up(block.start, alignment);
    this.used.set(address, block);
    bytes_of(this.memory).fill(0, address, address + size);
    return address;
  }
  private block(size: number, alignment: number, spread: number): Block {
    return this.malloc === undefined ? this.pages(size, alignment) : this.from_guest(size + spread);
  }
  private in_row(next: number, size: number, alignment: number): Block {
    const start = align_up(next, alignment);
    const missing = start + size - bytes_of(this.memory).length;
    if (missing > 0) this.pages(missing, 0);
    this.next = start + size;
    return { start, size };
  }
  private from_guest(size: number): Block {
    const start = (this.malloc!(Math.max(size, 1)) as number) >>> 0;
    if (start === 0) dl_fail(`no room for ${size} bytes: the program's malloc has none`);
    const block = { start, size };
    this.guests.add(block);
    return block;
  }
  private pages(size: number, alignment: number): Block {
    const fit = this.spare.find((b) => align_up(b.start, alignment) + size <= b.start + b.size);
    if (fit !== undefined) {
      this.spare = this.spare.filter((b) => b !== fit);
      return fit;
    }
    const start = bytes_of(this.memory).length;
    const count = Math.ceil((align_up(start, alignment) + size - start) / PAGE);
    try {
      if (count > 0) this.memory.grow(count);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      dl_fail(`no room for ${size} bytes: the memory may not grow by ${count} pages`);
    }
    return { start, size: count * PAGE };
  }

  /** Gives back what `allot` gave. */
  release(address: number): void {
    const block = this.used.get(address);
    if (block === undefined) return;
    this.used.delete(address);
    // What was laid out in a row was not the guest's to free.
    if (this.dealloc === undefined || !this.guests.delete(block)) this.spare.push(block);
    else this.dealloc(block.start);
  }
}
