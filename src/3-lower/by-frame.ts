/** What is known of each frame of a function. */
import type { Frame, FuncIR } from './ir.ts';

/** The exit has the number -1, and what stands for no frame -2. */
const BELOW_0 = 2;

/** A map by the numbers of frames: of an object as its key a `Map` has to ask for a hash first. */
export class ByFrame<T> {
  private readonly values: (T | undefined)[];

  constructor(ir: FuncIR) {
    this.values = new Array(ir.frameCount + BELOW_0);
  }
  get(frame: Frame): T | undefined {
    return this.values[frame.id + BELOW_0];
  }
  has(frame: Frame): boolean {
    return this.values[frame.id + BELOW_0] !== undefined;
  }
  set(frame: Frame, value: T): void {
    this.values[frame.id + BELOW_0] = value;
  }
}
