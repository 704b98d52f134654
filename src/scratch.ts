/**
 * Arrays of numbers that live while one function is compiled. An engine takes one or two microseconds to make a typed array with
 * memory of its own and to find out that nobody needs it any more; a function takes thirty. These are windows on
 * one block, from which the next function takes its own again.
 */

/** Bytes of the first block, and of the largest one that is kept from one function to the next. */
const LEAST = 1 << 18;
const MOST_KEPT = 1 << 25;

class Scratch {
  private block = new ArrayBuffer(LEAST);
  private used = 0;

  /** From here on the block is used again: no array that it gave before may be in use. */
  reset(): void {
    this.used = 0;
    if (this.block.byteLength > MOST_KEPT) this.block = new ArrayBuffer(LEAST);
  }
  /** `length` bytes of `value`. */
  bytes(length: number, value = 0): Uint8Array {
    const at = this.take(length);
    return new Uint8Array(this.block, at, length).fill(value);
  }
  /** `length` signed words of `value`. */
  words(length: number, value = 0): Int32Array {
    const at = this.take(4 * length);
    return new Int32Array(this.block, at, length).fill(value);
  }
  /** `length` doubles of 0. */
  doubles(length: number): Float64Array {
    const at = this.take(8 * length);
    return new Float64Array(this.block, at, length).fill(0);
  }

  /** Room in the block, or in a larger one: the arrays on the old one keep it. */
  private take(bytes: number): number {
    const size = (bytes + 7) & ~7;
    if (this.used + size > this.block.byteLength) {
      this.block = new ArrayBuffer(Math.max(2 * this.block.byteLength, 2 * size));
      this.used = 0;
    }
    const at = this.used;
    this.used += size;
    return at;
  }
}

/** One for each thread: functions are compiled one after another. */
export const scratch = new Scratch();
