/**
 * A cursor over a range of the module's bytes: LEB128 integers of exact width (spec 5.2.2), names, counts.
 * Integers are read by hand, with the one-byte case first, since most are one byte long.
 */
import { CompileError } from '../errors.ts';
import { checkLimit, type Limit } from './limits.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class ByteReader {
  readonly bytes: Uint8Array;
  /** Read position, and the end of the range. */
  pos: number;
  end: number;
  /** Halves of the last 64-bit integer, both signed. */
  low = 0;
  high = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.pos = start;
    this.end = end;
  }

  reset(start: number, end: number): void {
    this.pos = start;
    this.end = end;
  }

  fail(reason: string, offset = this.pos): never {
    throw new CompileError('malformed', reason, { offset });
  }

  byte(): number {
    if (this.pos >= this.end) this.truncated();
    return this.bytes[this.pos++]!;
  }

  /** The next byte without moving, or -1 at the end. */
  peek(): number {
    return this.pos < this.end ? this.bytes[this.pos]! : -1;
  }

  /** Moves over `count` bytes; returns where they start. */
  skip(count: number): number {
    const start = this.pos;
    if (count > this.end - start) this.truncated();
    this.pos = start + count;
    return start;
  }

  private truncated(): never {
    this.fail('unexpected end: the section or function ends inside an item', this.end);
  }

  u32(): number {
    const first = this.byte();
    return first < 0x80 ? first : this.u32More(first & 0x7f);
  }

  private u32More(first: number): number {
    let result = first;
    for (let shift = 7; shift < 28; shift += 7) {
      const b = this.byte();
      result |= (b & 0x7f) << shift;
      if (b < 0x80) return result;
    }
    const last = this.lastByte(5);
    if (last > 0x0f) this.fail('integer too large: more than 32 bits', this.pos - 1);
    return (result | (last << 28)) >>> 0;
  }

  private lastByte(most: number): number {
    const b = this.byte();
    if (b >= 0x80) this.fail(`integer representation too long: more than ${most} bytes`, this.pos - 1);
    return b;
  }

  s32(): number {
    let result = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const b = this.byte();
      result |= (b & 0x7f) << shift;
      if (b < 0x80) return (result << (25 - shift)) >> (25 - shift);
    }
    const last = this.lastByte(5);
    const sign = last & 0x78;
    if (sign !== 0 && sign !== 0x78) this.fail('integer too large: more than 32 bits', this.pos - 1);
    return result | (last << 28);
  }

  /** A signed 33-bit integer, as an exact number. */
  s33(): number {
    const first = this.peek();
    if (first >= 0 && first < 0x80) {
      this.pos++;
      return (first << 25) >> 25;
    }
    let result = 0;
    let unit = 1;
    for (let i = 0; i < 4; i++, unit *= 128) {
      const b = this.byte();
      result += (b & 0x7f) * unit;
      if (b < 0x80) return b & 0x40 ? result - unit * 128 : result;
    }
    const last = this.lastByte(5);
    const sign = last & 0x70;
    if (sign !== 0 && sign !== 0x70) this.fail('integer too large: more than 33 bits', this.pos - 1);
    return result + (last & 0x0f) * unit - (sign === 0 ? 0 : 16 * unit);
  }

  /** A signed 64-bit integer, into `low` and `high`. */
  s64(): void {
    this.read64();
    const { last, shift } = this;
    if (shift === 63) {
      if (last !== 0 && last !== 0x7f) this.fail('integer too large: more than 64 bits', this.pos - 1);
    } else if (last & 0x40) this.signFrom(shift + 7);
  }

  /** An unsigned 64-bit integer, into `low` and `high`. */
  u64(): void {
    this.read64();
    if (this.shift === 63 && this.last > 1) this.fail('integer too large: more than 64 bits', this.pos - 1);
  }

  /** The last LEB byte read by `read64`, and the place of its lowest bit. */
  private last = 0;
  private shift = 0;

  private read64(): void {
    let low = 0;
    let high = 0;
    let shift = 0;
    for (;;) {
      const b = shift === 63 ? this.lastByte(10) : this.byte();
      const bits = b & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift > 25) high |= shift >= 32 ? bits << (shift - 32) : bits >>> (32 - shift);
      if (b < 0x80) {
        this.last = b;
        break;
      }
      shift += 7;
    }
    this.shift = shift;
    this.low = low;
    this.high = high;
  }

  /** Sets all bits of the 64 from `bit` on. */
  private signFrom(bit: number): void {
    if (bit < 32) {
      this.low |= -1 << bit;
      this.high = -1;
    } else this.high |= -1 << (bit - 32);
  }

  /** The number of items that follow, each at least a byte long: more than the bytes left is refused at once. */
  count(what: Limit, already = 0): number {
    const at = this.pos;
    const count = this.u32();
    checkLimit(what, count + already, at);
    if (count > this.end - this.pos) this.fail(`unexpected end: ${count} ${what} do not fit the bytes left`, at);
    return count;
  }

  /** A name (spec 5.2.4). */
  name(): string {
    const length = this.u32();
    const start = this.skip(length);
    let ascii = length < 40 ? '' : undefined;
    for (let i = start; ascii !== undefined && i < this.pos; i++) {
      const b = this.bytes[i]!;
      ascii = b < 0x80 ? ascii + String.fromCharCode(b) : undefined;
    }
    if (ascii !== undefined) return ascii;
    try {
      return utf8.decode(this.bytes.subarray(start, this.pos));
    } catch {
      return this.fail('malformed UTF-8 encoding in a name', start);
    }
  }
}
