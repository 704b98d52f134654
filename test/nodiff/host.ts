/**
 * The functions that modules of binaryen's fuzzer import to do what only a host can: throw, and call exports and
 * references, catching what they throw or not (binaryen, scripts/fuzz_shell.js names them).
 */
import { I32 } from '../../src/wasm/types.ts';
import type { Namespace } from './drive.ts';
import { show } from './show.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** A JavaScript exception of the host's own. */
export class HostFailure extends Error {
  readonly which: string;

  constructor(which: string) {
    super(`host failure ${which}`);
    this.which = which;
  }
}

interface Throwable {
  readonly tag: object;
  readonly types: readonly number[];
}

/** Calls from guest to host to guest may not nest deeper. */
const MAX_DEPTH = 20;

export class Support {
  /** Exported functions in order, once the instance is there. */
  readonly exports: AnyFunction[] = [];
  private readonly wasm: Namespace;
  private readonly tags: () => readonly Throwable[];
  private depth = 0;

  /** `tags` gives the known tags at the time of a throw. */
  constructor(wasm: Namespace, tags: () => readonly Throwable[]) {
    this.wasm = wasm;
    this.tags = tags;
  }

  /** What the import of this name does, if it is one of those. */
  function(field: string): ((args: readonly unknown[]) => unknown) | undefined {
    switch (field) {
      case 'throw':
        return ([which]) => this.throw(Number(which));
      case 'call-export':
        return ([index]) => this.call(this.exports[Number(index)]);
      case 'call-export-catch':
        return ([index]) => this.caught(this.exports[Number(index)]);
      case 'call-ref':
        return ([f]) => this.call(f);
      case 'call-ref-catch':
        return ([f]) => this.caught(f);
      default:
        return undefined;
    }
  }

  /** A JavaScript exception, or one of the first tag that has an i32 alone. */
  private throw(which: number): never {
    const fitting = this.tags().find(({ types }) => types.length === 1 && types[0] === I32);
    if (which === 0 || fitting === undefined) throw new HostFailure(show(which));
    throw new this.wasm.Exception(fitting.tag, [which]);
  }

  private call(f: unknown): void {
    if (typeof f !== 'function' || this.depth >= MAX_DEPTH) return;
    this.depth++;
    try {
      const args = Array.from({ length: f.length }, () => 0);
      (f as AnyFunction)(...args);
    } finally {
      this.depth--;
    }
  }

  /** 1 if it threw anything but a trap, which goes on. */
  private caught(f: unknown): number {
    try {
      this.call(f);
      return 0;
    } catch (error) {
      if (error instanceof this.wasm.RuntimeError || error instanceof RangeError) throw error;
      return 1;
    }
  }
}
