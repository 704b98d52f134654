/** A seeded generator of numbers (splitmix32) and of WebAssembly values with the edges of each type well represented. */
import { F32, F64, Heap, heapOf, I32, I64, isRef, type ValType } from '../../src/wasm/types.ts';

export class Random {
  private state: number;

  constructor(...seeds: readonly number[]) {
    this.state = 0x2545f491;
    for (const seed of seeds) this.state = (this.next() ^ seed) | 0;
  }

  /** A signed 32-bit integer. */
  next(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    let t = this.state ^ (this.state >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return t ^ (t >>> 15);
  }

  /** An integer from 0 to n - 1. */
  below(n: number): number {
    return (this.next() >>> 0) % n;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  bytes(n: number): Uint8Array {
    return Uint8Array.from({ length: n }, () => this.next() & 255);
  }

  /** A value of a type as the JavaScript API takes it. */
  value(type: ValType): unknown {
    switch (type) {
      case I32:
        return this.i32();
      case I64:
        return this.i64();
      case F32:
        return Math.fround(this.float(F32_EDGES, 32));
      case F64:
        return this.float(F64_EDGES, 64);
      default:
        return isRef(type) ? this.reference(heapOf(type)) : undefined;
    }
  }

  private reference(heap: number): unknown {
    const number = this.below(1 << 30);
    switch (heap) {
      case Heap.any:
        return this.pick([null, number, HOST_OBJECT]);
      case Heap.extern:
        return this.pick([null, number, HOST_OBJECT, 'text']);
      case Heap.eq:
      case Heap.i31:
        return this.pick([null, number, number]);
      default:
        return null;
    }
  }

  private i32(): number {
    const edge = this.pick(INT_EDGES) + this.below(3) - 1;
    return this.below(3) > 0 ? edge | 0 : this.next() >> this.below(32);
  }

  private i64(): bigint {
    const edge = (1n << BigInt(this.below(64))) + BigInt(this.below(3) - 1);
    const value = this.below(3) > 0 ? edge : (BigInt(this.next()) << 32n) | BigInt(this.next() >>> 0);
    return BigInt.asIntN(64, this.below(2) === 0 ? value : -value);
  }

  private float(edges: readonly number[], width: 32 | 64): number {
    const sign = this.below(2) === 0 ? 1 : -1;
    switch (this.below(4)) {
      case 0:
        return this.bitsToFloat(width);
      case 1:
        return (sign * this.next()) / 2 ** this.below(40);
      default:
        return sign * this.pick(edges);
    }
  }

  private bitsToFloat(width: 32 | 64): number {
    const view = new DataView(new ArrayBuffer(8));
    view.setInt32(0, this.next());
    view.setInt32(4, this.next());
    return width === 32 ? view.getFloat32(0) : view.getFloat64(0);
  }
}

/** What stands for all objects of the host. */
export const HOST_OBJECT = Object.freeze({ toString: () => 'host object' });

const INT_EDGES = [0, 1, 2, 31, 32, 63, 64, 255, 256, 0x7fff, 0xffff, 0x10000, 0x7fffffff, -0x80000000, -2, 0x55555555];
const AROUND = [0, 0.5, 1, 1.5, 2, 2.5, 3.75, 127.5, 65535.5, Number.NaN, Number.POSITIVE_INFINITY];
const POWERS = [
  2 ** 23,
  2 ** 24 + 1,
  2 ** 31,
  2 ** 31 - 1,
  2 ** 32,
  2 ** 32 - 1,
  2 ** 52 + 0.5,
  2 ** 53,
  2 ** 63,
  2 ** 64,
];
const F32_EDGES = [...AROUND, ...POWERS, 2 ** -149, 2 ** -126, 2 ** 128 - 2 ** 104, 2 ** 63 - 2 ** 39];
const F64_EDGES = [...AROUND, ...POWERS, 5e-324, 2 ** -1022, Number.MAX_VALUE, 2 ** 63 - 1024, 2 ** 31 - 0.5, 2 ** 128];
