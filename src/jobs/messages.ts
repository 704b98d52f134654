/**
 * What goes between threads. A typed module is sent as plain data, so that it is decoded and validated once; its bytes lie in
 * shared memory. Texts come back in batches, as bytes that are moved and not copied.
 */
import type { Found } from '../2-validate/typed.ts';
import type { Uses } from '../5-emit/js/scope.ts';
import type { ErrorCode } from '../errors.ts';
import type { DumpOptions, Settings } from '../options.ts';
import type { WasmModule } from '../wasm/module.ts';

/** What a worker is to do. */
export interface Task {
  readonly module: WasmModule;
  readonly found: Pick<Found, 'features' | 'referenced'> & { readonly payloads: object };
  readonly settings: Pick<Settings, 'backend' | 'traps' | 'optimize' | 'engine' | 'without' | 'verify'>;
  readonly dump: Omit<DumpOptions, 'write'> | undefined;
  /** Whether phases are to be measured. */
  readonly timed: boolean;
  readonly queue: SharedArrayBuffer;
}

/** Some functions: their texts one after another as UTF-8, and for each its index and its length in bytes. */
export interface Batch {
  readonly kind: 'batch';
  readonly index: Int32Array;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A dump, and the function it shows. */
export type Dump = readonly [func: number, text: string];

/** The last message of a worker. */
export interface Done {
  readonly kind: 'done';
  readonly uses: Uses;
  readonly phases: readonly (readonly [phase: string, ms: number, runs: number])[];
  readonly dumps: readonly Dump[];
  readonly failure: Failure | undefined;
}

/** An error that a function gave. Errors lose their class on the way, so a CompileError goes as its parts. */
export interface Failure {
  readonly func: number;
  readonly compileError: { code: ErrorCode; reason: string; where: object } | undefined;
  readonly other: unknown;
}
