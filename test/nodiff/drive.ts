/**
 * Drives one module on one engine and writes down all that can be observed, as lines of text: results, traps, calls of
 * imports with their arguments, memories (by hash), globals and tables. What it does depends on the module's bytes and
 * the seed alone, so that the lines of two engines can be compared one by one.
 */
import { decode } from '../../src/1-decode/index.ts';
import type { Global, WasmModule } from '../../src/wasm/module.ts';
import { EXTERNREF, F32, F64, type FuncType, I32, I64 } from '../../src/wasm/types.ts';
import { Random } from './random.ts';

/** The part of the `WebAssembly` object that is needed here. */
export interface Namespace {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly Memory: new (type: object) => MemoryLike;
  readonly Table: new (type: object, fill?: unknown) => TableLike;
  readonly Global: new (type: object, value?: unknown) => { value: unknown };
  readonly CompileError: abstract new (...args: never[]) => Error;
  readonly LinkError: abstract new (...args: never[]) => Error;
  readonly RuntimeError: abstract new (...args: never[]) => Error;
}
interface MemoryLike {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface TableLike {
  readonly length: number;
  get(index: number): unknown;
}

/** The line that ends a report: how deep calls may go differs between engines, and so does all that comes after. */
export const EXHAUSTED = 'call stack exhausted';
/** The first word of a report on a module that the compiler refused as not supported. */
export const UNSUPPORTED = 'unsupported:';

/** The only line of a report on a module that the engine takes for invalid. */
export const REFUSED = 'compile error';

/** Stands before the exact hash of a memory. */
export const EXACT = ', exactly ';

const ROUNDS = 3;
const MAX_CALLS_LOGGED = 300;
const MAX_ELEMENTS_SHOWN = 64;

export function drive(wasm: Namespace, bytes: Uint8Array, seed: number): string[] {
  return new Drive(wasm, bytes, seed).run();
}

class Exhausted extends Error {}

class Drive {
  private readonly lines: string[] = [];
  private readonly wasm: Namespace;
  private readonly bytes: Uint8Array;
  private readonly seed: number;
  private readonly module: WasmModule;
  private readonly memories = new Map<string, MemoryLike>();
  private readonly globals = new Map<string, { value: unknown }>();
  private readonly tables = new Map<string, TableLike>();
  private hostCalls = 0;

  constructor(wasm: Namespace, bytes: Uint8Array, seed: number) {
    this.wasm = wasm;
    this.bytes = bytes;
    this.seed = seed;
    this.module = decode(bytes);
  }

  run(): string[] {
    try {
      const exports = this.instantiate();
      if (exports === undefined) {
        this.state();
        return this.lines;
      }
      this.collect(exports);
      this.state();
      for (let round = 0; round < ROUNDS; round++) {
        this.callAll(exports, round);
        this.tableState();
        if (round === 0) this.growMemories();
      }
    } catch (error) {
      if (!(error instanceof Exhausted)) throw error;
      this.lines.push(EXHAUSTED);
    }
    return this.lines;
  }

  private funcType(type: number): FuncType {
    return this.module.types[type]!.composite as FuncType;
  }

  private instantiate(): Readonly<Record<string, unknown>> | undefined {
    let compiled: object;
    try {
      compiled = new this.wasm.Module(this.bytes);
    } catch (error) {
      const message = String((error as Error).message);
      this.lines.push(/does not translate yet/.test(message) ? `${UNSUPPORTED} ${message}` : this.failure(error));
      return undefined;
    }
    try {
      return new this.wasm.Instance(compiled, this.imports()).exports;
    } catch (error) {
      this.lines.push(`instantiate: ${this.failure(error)}`);
      return undefined;
    }
  }

  private imports(): Record<string, Record<string, unknown>> {
    const imports: Record<string, Record<string, unknown>> = Object.create(null);
    for (const { name, kind, index } of this.module.imports) {
      imports[name.module] ??= Object.create(null) as Record<string, unknown>;
      imports[name.module]![name.field] = this.importItem(kind, index);
    }
    return imports;
  }

  private importItem(kind: string, index: number): unknown {
    const { wasm, module } = this;
    if (kind === 'func') return this.hostFunction(index, this.funcType(module.funcs[index]!.type));
    if (kind === 'memory') {
      const memory = new wasm.Memory(limits(module.memories[index]!.type.limits));
      this.memories.set(`import ${index}`, memory);
      return memory;
    }
    if (kind === 'table') {
      const { ref, limits: size } = module.tables[index]!.type;
      const element = ref === EXTERNREF ? 'externref' : 'anyfunc';
      return new wasm.Table({ ...limits(size), element }, null);
    }
    return this.importGlobal(module.globals[index]!, index);
  }

  private importGlobal({ type }: Global, index: number): unknown {
    const value = { [I32]: 'i32', [I64]: 'i64', [F32]: 'f32', [F64]: 'f64' }[type.type];
    if (value === undefined) return null;
    const random = new Random(this.seed, 71, index);
    const cell = new this.wasm.Global({ value, mutable: type.mutable }, random.value(type.type));
    this.globals.set(`import ${index}`, cell);
    return cell;
  }

  /** Writes its arguments down; its results depend on how many calls came before. */
  private hostFunction(index: number, { results }: FuncType): (...args: unknown[]) => unknown {
    return (...args) => {
      const count = this.hostCalls++;
      if (count < MAX_CALLS_LOGGED) this.lines.push(`  import ${index}(${args.map(show).join(', ')})`);
      const random = new Random(this.seed, 17, index, count);
      const values = results.map((t) => random.value(t));
      return values.length > 1 ? values : values[0];
    };
  }

  private collect(exports: Readonly<Record<string, unknown>>): void {
    for (const { name, kind } of this.module.exports) {
      if (kind === 'memory') this.memories.set(name, exports[name] as MemoryLike);
      if (kind === 'global') this.globals.set(name, exports[name] as { value: unknown });
      if (kind === 'table') this.tables.set(name, exports[name] as TableLike);
    }
  }

  private callAll(exports: Readonly<Record<string, unknown>>, round: number): void {
    const refill = exports.hangLimitInitializer as (() => void) | undefined;
    this.module.exports.forEach(({ name, kind, index }, place) => {
      if (kind !== 'func' || name === 'hangLimitInitializer') return;
      const { params } = this.funcType(this.module.funcs[index]!.type);
      const random = new Random(this.seed, round, place);
      const args = params.map((t) => random.value(t));
      refill?.();
      this.lines.push(`${JSON.stringify(name)}(${args.map(show).join(', ')})`);
      this.hostCalls = 0;
      const outcome = this.outcome(exports[name] as (...args: unknown[]) => unknown, args);
      this.lines.push(`  ${this.hostCalls} host calls, ${outcome}`);
      this.state();
    });
  }

  private outcome(f: (...args: unknown[]) => unknown, args: readonly unknown[]): string {
    try {
      const result = f(...args);
      return `result ${Array.isArray(result) ? result.map(show).join(', ') : show(result)}`;
    } catch (error) {
      return this.failure(error);
    }
  }

  private failure(error: unknown): string {
    const { RuntimeError, CompileError, LinkError } = this.wasm;
    const { name, message, stack } = error as Error;
    if (error instanceof RangeError && message === 'Maximum call stack size exceeded') throw new Exhausted();
    if (error instanceof CompileError) return REFUSED;
    if (error instanceof LinkError) return 'link error';
    if (error instanceof RuntimeError) return `trap: ${trapText(message)}`;
    return `${name}: ${message} ${String(stack).split('\n').slice(1, 4).join(' ')}`;
  }

  private state(): void {
    for (const [name, memory] of this.memories) {
      this.lines.push(`  memory ${name}: ${memory.buffer.byteLength} bytes, ${hashes(memory.buffer)}`);
    }
    for (const [name, cell] of this.globals) this.lines.push(`  global ${name}: ${show(cell.value)}`);
  }

  private tableState(): void {
    for (const [name, table] of this.tables) {
      const shown = Math.min(table.length, MAX_ELEMENTS_SHOWN);
      const elements = Array.from({ length: shown }, (_, i) => show(table.get(i)));
      this.lines.push(`  table ${name}: ${table.length}: ${elements.join(' ')}`);
    }
  }

  /** Growth from outside, behind the back of whatever views the engine keeps. */
  private growMemories(): void {
    for (const [name, memory] of this.memories) {
      const old = this.outcome((n) => memory.grow(n as number), [1]).replace(/^RangeError.*/s, 'refused');
      this.lines.push(`  grow memory ${name}: ${old}`);
    }
  }
}

function limits({ min, max }: { min: bigint; max: bigint | undefined }): object {
  return { initial: Number(min), ...(max !== undefined && { maximum: Number(max) }) };
}

/** V8 shortened one text on the way to Node 26, and names the segment that traps at instantiation. */
function trapText(message: string): string {
  return message
    .replace(/^WebAssembly\.Instance\(\): /, '')
    .replace('null function or function signature mismatch', 'function signature mismatch')
    .replace(/^data segment \d+ is out of bounds.*/, 'data segment out of bounds')
    .replace(/^table initializer \d+: table index is out of bounds.*/, 'table index is out of bounds');
}

/** NaNs of all bits are one; a function is its name, which is its index in its module. */
function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${value.name}`;
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * The bits of a NaN that an operation makes are not determined (spec 4.3.3): its sign, and which operand's payload it takes;
 * and a signalling f32 becomes quiet on its way through a JavaScript number. So there are two hashes: one in which all that
 * looks like a NaN is the same, and one of the exact bits. Where only the second differs, what follows cannot be compared.
 */
function hashes(buffer: ArrayBuffer): string {
  const copy = buffer.slice(0);
  const words = new Int32Array(copy);
  const exact = hash(words);
  settleNaNs(new Uint8Array(copy), words);
  return `hash ${hash(words)}${EXACT}${exact}`;
}

/** Makes all NaNs alike, from the end of the memory, so that a payload that looks like a NaN itself is not taken for one. */
function settleNaNs(bytes: Uint8Array, words: Int32Array): void {
  for (let at = bytes.length - 1; at >= 3; ) {
    if ((at & 3) === 3 && words[at >> 2] === 0) at -= 4;
    else if ((bytes[at]! & 0x7f) !== 0x7f || bytes[at - 1]! < 0x80) at -= 1;
    else {
      // As wide as an f64, for an f32 too: once quiet, it may look like one.
      bytes.fill(0x7f, Math.max(at - 7, 0), at + 1);
      at -= 8;
    }
  }
}

/** FNV over the words that are not zero, and their places. */
function hash(words: Int32Array): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word !== 0) h = Math.imul(h ^ word ^ Math.imul(i, 0x9e3779b1), 0x01000193) ^ (h >>> 15);
  }
  return (h >>> 0).toString(16);
}
