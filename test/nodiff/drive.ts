/**
 * Drives one module on one engine and writes down all that can be observed, as lines of text: results, traps, calls of
 * imports with their arguments, memories (by hash), globals and tables. What it does depends on the module's bytes and
 * the seed alone, so that the lines of two engines can be compared one by one.
 */
import { decode } from '../../src/1-decode/index.ts';
import type { Global, WasmModule } from '../../src/wasm/module.ts';
import { F32, F64, type FuncType, I32, I64, type Limits, typeName, type ValType } from '../../src/wasm/types.ts';
import { HostFailure, Support } from './host.ts';
import { HOST_OBJECT, Random } from './random.ts';
import { show } from './show.ts';

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
  readonly Tag: new (type: { parameters: readonly string[] }) => object;
  readonly Exception: new (tag: object, payload: readonly unknown[]) => ExceptionLike;
  /** Absent where the engine is older than it. */
  readonly JSTag?: object;
}
export interface ExceptionLike {
  is(tag: object): boolean;
  getArg(tag: object, index: number): unknown;
}
interface MemoryLike {
  readonly buffer: ArrayBufferLike;
  grow(pages: number | bigint): number | bigint;
}
interface TableLike {
  readonly length: number | bigint;
  get(index: number | bigint): unknown;
}
/** A memory or table, and whether its addresses are i64. */
interface Placed<T> {
  readonly item: T;
  readonly is64: boolean;
}
/** A tag, and the types of its payload. */
interface Tagged {
  readonly name: string;
  readonly tag: object;
  readonly types: readonly ValType[];
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
  private readonly memories = new Map<string, Placed<MemoryLike>>();
  private readonly globals = new Map<string, { value: unknown }>();
  private readonly tables = new Map<string, Placed<TableLike>>();
  private readonly tags: Tagged[] = [];
  private readonly support: Support;
  private hostCalls = 0;

  constructor(wasm: Namespace, bytes: Uint8Array, seed: number) {
    this.wasm = wasm;
    this.bytes = bytes;
    this.seed = seed;
    this.module = decode(bytes);
    this.support = new Support(wasm, () => this.tags);
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
      const { is64, shared, limits: size } = module.memories[index]!.type;
      const item = new wasm.Memory({ ...limits(size, is64), ...(shared && { shared }) });
      this.memories.set(`import ${index}`, { item, is64 });
      return item;
    }
    if (kind === 'table') {
      const { ref, limits: size, is64 } = module.tables[index]!.type;
      return new wasm.Table({ ...limits(size, is64), element: apiName(ref) }, null);
    }
    if (kind === 'tag') return this.importTag(index);
    return this.importGlobal(module.globals[index]!, index);
  }

  private importTag(index: number): object {
    const { module, wasm } = this;
    const { type, import: from } = module.tags[index]!;
    const types = this.funcType(type).params;
    const isJs = from?.field === 'jstag' && wasm.JSTag !== undefined;
    const tag = isJs ? wasm.JSTag! : new wasm.Tag({ parameters: types.map(apiName) });
    if (!isJs) this.tags.push({ name: `import ${index}`, tag, types });
    return tag;
  }

  private importGlobal({ type }: Global, index: number): unknown {
    const value = { [I32]: 'i32', [I64]: 'i64', [F32]: 'f32', [F64]: 'f64' }[type.type];
    if (value === undefined) return type.mutable ? this.referenceGlobal(type.type) : HOST_OBJECT;
    const random = new Random(this.seed, 71, index);
    const cell = new this.wasm.Global({ value, mutable: type.mutable }, random.value(type.type));
    this.globals.set(`import ${index}`, cell);
    return cell;
  }

  private referenceGlobal(type: ValType): unknown {
    return new this.wasm.Global({ value: apiName(type), mutable: true }, null);
  }

  /** Writes its arguments down; its results depend on how many calls came before. */
  private hostFunction(index: number, { results }: FuncType): (...args: unknown[]) => unknown {
    const special = this.support.function(this.module.funcs[index]!.import!.field);
    return (...args) => {
      const count = this.hostCalls++;
      if (count < MAX_CALLS_LOGGED) this.lines.push(`  import ${index}(${args.map(show).join(', ')})`);
      if (special !== undefined) return special(args);
      const random = new Random(this.seed, 17, index, count);
      const values = results.map((t) => random.value(t));
      return values.length > 1 ? values : values[0];
    };
  }

  private collect(exports: Readonly<Record<string, unknown>>): void {
    const { module } = this;
    for (const { name, kind, index } of module.exports) {
      const value = exports[name];
      if (kind === 'memory')
        this.memories.set(name, { item: value as MemoryLike, is64: module.memories[index]!.type.is64 });
      if (kind === 'global') this.globals.set(name, value as { value: unknown });
      if (kind === 'table') this.tables.set(name, { item: value as TableLike, is64: module.tables[index]!.type.is64 });
      if (kind === 'tag')
        this.tags.push({ name, tag: value as object, types: this.funcType(module.tags[index]!.type).params });
      if (kind === 'func') this.support.exports.push(value as (...args: unknown[]) => unknown);
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
    const { RuntimeError, CompileError, LinkError, Exception } = this.wasm;
    if (error instanceof HostFailure) return `host failure ${error.which}`;
    if (error instanceof Exception) return this.exception(error);
    if (error instanceof CompileError) return REFUSED;
    if (error instanceof LinkError) return 'link error';
    const { name, message, stack } = (error ?? {}) as Error;
    if (error instanceof RuntimeError) return `trap: ${trapText(message)}`;
    if (!(error instanceof Error)) return `thrown: ${show(error)}`;
    if (name === 'RangeError' && message === 'Maximum call stack size exceeded') throw new Exhausted();
    // A value that does not fit a type: engines word that differently.
    if (name === 'TypeError' && !/undefined|is not a function/.test(message)) return 'type error';
    return `${name}: ${message} ${String(stack).split('\n').slice(1, 4).join(' ')}`;
  }

  /** Which tag, and the payload where it can be had. */
  private exception(error: ExceptionLike): string {
    const known = this.tags.find(({ tag }) => error.is(tag));
    if (known === undefined) return 'exception of no known tag';
    const payload = known.types.map((_, i) => {
      try {
        return show(error.getArg(known.tag, i));
      } catch (reason) {
        return (reason as Error).name;
      }
    });
    return `exception ${known.name}(${payload.join(', ')})`;
  }

  private state(): void {
    for (const [name, { item }] of this.memories) {
      this.lines.push(`  memory ${name}: ${item.buffer.byteLength} bytes, ${hashes(item.buffer)}`);
    }
    for (const [name, cell] of this.globals) this.lines.push(`  global ${name}: ${globalText(cell)}`);
  }

  private tableState(): void {
    for (const [name, { item, is64 }] of this.tables) {
      const shown = Math.min(Number(item.length), MAX_ELEMENTS_SHOWN);
      const elements = Array.from({ length: shown }, (_, i) => show(item.get(is64 ? BigInt(i) : i)));
      this.lines.push(`  table ${name}: ${item.length}: ${elements.join(' ')}`);
    }
  }

  /** Growth from outside, behind the back of whatever views the engine keeps. */
  private growMemories(): void {
    for (const [name, { item, is64 }] of this.memories) {
      const old = this.outcome((n) => item.grow(n as number), [is64 ? 1n : 1]).replace(/^RangeError.*/s, 'refused');
      this.lines.push(`  grow memory ${name}: ${old}`);
    }
  }
}

function limits({ min, max }: Limits, is64: boolean): object {
  const size = (n: bigint): number | bigint => (is64 ? n : Number(n));
  return { initial: size(min), ...(max !== undefined && { maximum: size(max) }), ...(is64 && { address: 'i64' }) };
}

/** A value type as the JS API's descriptors name it. */
function apiName(type: ValType): string {
  const name = typeName(type);
  return name === 'funcref' ? 'anyfunc' : name;
}

/** Vectors and exception references cannot be read. */
function globalText(cell: { value: unknown }): string {
  try {
    return show(cell.value);
  } catch (error) {
    return (error as Error).name;
  }
}

/** V8 shortened one text on the way to Node 26, tells null apart in typed tables, and names the segment that traps at instantiation. */
function trapText(message: string): string {
  return message
    .replace(/^WebAssembly\.Instance\(\): /, '')
    .replace('null function or function signature mismatch', 'function signature mismatch')
    .replace(/^null function$/, 'function signature mismatch')
    .replace(/^data segment \d+ is out of bounds.*/, 'data segment out of bounds')
    .replace(/^table initializer \d+: table index is out of bounds.*/, 'table index is out of bounds');
}

/**
 * The bits of a NaN that an operation makes are not determined (spec 4.3.3) but for being quiet: its sign, and which operand's
 * payload it takes. So there are two hashes: one in which all that looks like a quiet NaN is the same, and one of the exact
 * bits. Where only the second differs, what follows cannot be compared.
 */
function hashes(buffer: ArrayBufferLike): string {
  const words = new Int32Array(buffer.slice(0));
  const exact = hash(words);
  settleNaNs(new Uint8Array(words.buffer), words);
  return `hash ${hash(words)}${EXACT}${exact}`;
}

/** Makes all quiet NaNs alike, from the end of the memory, so that a payload that looks like a NaN itself is not taken for one. */
function settleNaNs(bytes: Uint8Array, words: Int32Array): void {
  for (let at = bytes.length - 1; at >= 3; ) {
    if ((at & 3) === 3 && words[at >> 2] === 0) at -= 4;
    else if ((bytes[at]! & 0x7f) !== 0x7f || bytes[at - 1]! < 0xc0) at -= 1;
    else {
      // As wide as an f64, for an f32 too: it may look like one.
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
