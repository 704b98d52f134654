/**
 * The guest's memory as WASI calls see it: checked reads and writes, little-endian. A pointer that leads out of the memory
 * is EFAULT, as in wasi-libc's world; the guest goes on. Views are made anew when the buffer changed or grew.
 */
import { Errno } from '../fs/errno.ts';
import type { Vm } from '../host.ts';

export class GuestMemory {
  private readonly vm: Vm;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private u8: Uint8Array = new Uint8Array(0);
  private seen = 0;

  constructor(vm: Vm) {
    this.vm = vm;
  }

  /** The bytes themselves, valid until the guest runs again. Lengths and pointers may be signed i32. */
  bytes(pointer: number, length: number): Uint8Array {
    const at = this.check(pointer, length >>> 0);
    return this.u8.subarray(at, at + (length >>> 0));
  }

  /** Makes sure that so many bytes can be accessed; returns the pointer as an unsigned number. Renews the views. */
  check(pointer: number, length: number): number {
    const { memory } = this.vm;
    if (memory === undefined)
      throw new TypeError('wasmelt: WASI was called before the instance and its memory were known');
    // Our own memories would have to make an exact buffer first; native ones have no `bytes`.
    const { bytes } = memory;
    if (bytes !== undefined ? bytes !== this.u8 : this.isStale(memory.buffer)) {
      this.u8 = bytes ?? new Uint8Array(memory.buffer);
      this.view = new DataView(this.u8.buffer, 0, this.u8.length);
      this.seen = this.u8.length;
    }
    const at = pointer >>> 0;
    if (at + length > this.seen) throw new Errno('EFAULT');
    return at;
  }

  private isStale(buffer: ArrayBufferLike): boolean {
    return buffer !== this.view.buffer || buffer.byteLength !== this.seen;
  }

  get_u8(pointer: number): number {
    const at = this.check(pointer, 1);
    return this.view.getUint8(at);
  }
  get_u16(pointer: number): number {
    const at = this.check(pointer, 2);
    return this.view.getUint16(at, true);
  }
  get_u32(pointer: number): number {
    const at = this.check(pointer, 4);
    return this.view.getUint32(at, true);
  }
  get_u64(pointer: number): bigint {
    const at = this.check(pointer, 8);
    return this.view.getBigUint64(at, true);
  }
  set_u8(pointer: number, value: number): void {
    const at = this.check(pointer, 1);
    this.view.setUint8(at, value);
  }
  set_u16(pointer: number, value: number): void {
    const at = this.check(pointer, 2);
    this.view.setUint16(at, value, true);
  }
  set_u32(pointer: number, value: number): void {
    const at = this.check(pointer, 4);
    this.view.setUint32(at, value, true);
  }
  set_u64(pointer: number, value: bigint): void {
    const at = this.check(pointer, 8);
    this.view.setBigUint64(at, value, true);
  }

  /** The text at a pointer; EILSEQ unless it is UTF-8. */
  text(pointer: number, length: number): string {
    // A copy, since a decoder in a browser takes no shared memory.
    const bytes = this.bytes(pointer, length).slice();
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Errno('EILSEQ');
    }
  }
}
