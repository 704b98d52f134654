/** The guest's memory as libffi's functions use it: what leads out of it traps, as it would in the guest. */
import { trap_memory } from '../core/trap.ts';
import { align_up, bytes_of, view_of } from '../dynlink/program/guest.ts';
import type { Program } from '../dynlink/program/program.ts';

export class Cells {
  readonly program: Program;

  constructor(program: Program) {
    this.program = program;
  }
  /** Over the memory, after a check that it has `size` bytes at an address. */
  at(address: number, size: number): DataView {
    const view = view_of(this.program.memory);
    if ((address >>> 0) + size > view.byteLength) trap_memory();
    return view;
  }
  u16(address: number): number {
    return this.at(address, 2).getUint16(address >>> 0, true);
  }
  i32(address: number): number {
    return this.at(address, 4).getInt32(address >>> 0, true);
  }
  u32(address: number): number {
    return this.i32(address) >>> 0;
  }
  set_u16(address: number, value: number): void {
    this.at(address, 2).setUint16(address >>> 0, value, true);
  }
  set_i32(address: number, value: number): void {
    this.at(address, 4).setInt32(address >>> 0, value, true);
  }
  copy(to: number, from: number, size: number): void {
    this.at(to, size);
    this.at(from, size);
    bytes_of(this.program.memory).copyWithin(to >>> 0, from >>> 0, (from >>> 0) + size);
  }

  /** Runs with `size` bytes of the guest's stack, aligned to 16; without one, of its heap. */
  framed<T>(size: number, run: (base: number) => T): T {
    const { stack, arena } = this.program;
    if (stack === undefined) {
      const base = arena.allot(size, 4);
      try {
        return run(base);
      } finally {
        arena.release(base);
      }
    }
    const top = Number(stack.value) >>> 0;
    const base = top - align_up(size + (top % 16), 4);
    if (base < 0) trap_memory();
    stack.value = base | 0;
    try {
      return run(base);
    } finally {
      stack.value = top | 0;
    }
  }
}
