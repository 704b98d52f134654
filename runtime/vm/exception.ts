/**
 * Tags and exceptions (JS API 5.7 to 5.9), with V8's messages. An exception is a plain object, no Error: throwing one captures
 * no stack, unless its maker asks for that.
 */
import { slot_count, TYPE_NAMES, value_types } from '../abi.ts';
import { JS_TAG } from '../core/exceptions.ts';
import { incoming, outgoing } from './value.ts';

export interface TagDescriptor {
  /** Types of the payload: `i32`, `i64`, `f32`, `f64`, `v128`, `anyfunc`, `externref`, `exnref` … */
  readonly parameters: Iterable<string>;
}
export interface ExceptionOptions {
  /** Capture JavaScript's stack where the exception is made. */
  readonly traceStack?: boolean;
}

function is_object(value: unknown): value is Record<PropertyKey, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
function has_kind(value: unknown, kind: string): boolean {
  return is_object(value) && value.wasm_kind === kind;
}
function is_iterable(value: unknown): value is Iterable<unknown> {
  return is_object(value) && typeof value[Symbol.iterator as never] === 'function';
}

export class Tag {
  /** The descriptor of its type, as a function type without results. */
  declare readonly t: string;
  /** The descriptors of its parameters. */
  declare readonly params: string;
  declare readonly js: boolean;

  constructor(descriptor: TagDescriptor) {
    const where = 'WebAssembly.Tag(): Argument 0';
    if (!is_object(descriptor)) throw new TypeError(`${where} must be a tag type`);
    const { parameters } = descriptor as Partial<TagDescriptor>;
    if (!is_iterable(parameters)) throw new TypeError(`${where} must be a tag type with 'parameters'`);
    this.params = Array.from(parameters, (type, i) => {
      const letter = letter_of(String(type));
      if (letter !== undefined) return letter;
      throw new TypeError(`${where} parameter type at index #${i} must be a value type`);
    }).join('');
    this.t = `${this.params}:`;
    this.js = false;
  }
  get wasm_kind(): string {
    return 'tag';
  }
}

function letter_of(type: string): string | undefined {
  if (type === 'anyfunc') return 'r';
  if (/^(any|eq|i31|struct|array)ref$/.test(type)) return `<${type}>`;
  for (const letter in TYPE_NAMES) if (TYPE_NAMES[letter] === type && letter !== 'r') return letter;
  return undefined;
}

/** Gives a new tag a type that the JS API's descriptors have no words for, and returns it. */
export function with_type(tag: Tag, t: string, params: string): Tag {
  return Object.assign(tag, { t, params });
}

/** The tag of JavaScript's own exceptions (JS API 5.11), one for the realm. */
export function js_tag(): Tag {
  const realm = globalThis as unknown as Record<symbol, Tag | undefined>;
  const known = realm[JS_TAG];
  if (known !== undefined) return known;
  const value = Object.assign(new Tag({ parameters: ['externref'] }), { js: true });
  Object.defineProperty(realm, JS_TAG, { value });
  return value;
}

export class Exception {
  declare readonly tag: Tag;
  declare readonly values: readonly unknown[];

  /** @throws TypeError where the payload is not as the tag says, or cannot come from JavaScript (v128, exnref). */
  constructor(tag: Tag, payload: Iterable<unknown>, options: ExceptionOptions | undefined = undefined) {
    const where = 'WebAssembly.Exception()';
    if (!has_kind(tag, 'tag')) throw new TypeError(`${where}: Argument 0 must be a WebAssembly tag`);
    if (tag.js) throw new TypeError(`${where}: Argument 0 cannot be WebAssembly.JSTag`);
    if (!is_iterable(payload)) throw new TypeError(`${where}: Exception values must be an iterable object`);
    const types = value_types(tag.params);
    const given = [...payload];
    if (given.length !== types.length) {
      throw new TypeError(`${where}: Number of exception values does not match signature length`);
    }
    const values: unknown[] = [];
    for (let i = 0; i < types.length; i++) incoming(crossing(types[i]!, where), given[i], values);
    this.tag = tag;
    this.values = values;
    if (options?.traceStack) capture(this);
  }
  get wasm_kind(): string {
    return 'exception';
  }
  get stack(): string | undefined {
    return undefined;
  }
  is(tag: Tag): boolean {
    const where = 'WebAssembly.Exception.is()';
    if (!has_kind(this, 'exception')) throw new TypeError(`${where}: Receiver is not a WebAssembly.Exception`);
    if (!has_kind(tag, 'tag')) throw new TypeError(`${where}: Argument 0 must be a WebAssembly.Tag`);
    return this.tag === tag;
  }
  /** @throws TypeError for another tag than its own or a value that JavaScript cannot have, RangeError for the index. */
  getArg(tag: Tag, index: number): unknown {
    const where = 'WebAssembly.Exception.getArg()';
    if (!has_kind(this, 'exception')) throw new TypeError(`${where}: Receiver is not a WebAssembly.Exception`);
    if (!has_kind(tag, 'tag')) throw new TypeError(`${where}: Argument 0 must be a WebAssembly.Tag`);
    const at = Math.trunc(Number(index));
    if (!Number.isFinite(at)) throw new TypeError(`${where}: Index must be convertible to a valid number`);
    if (at < 0) throw new TypeError(`${where}: Index must be non-negative`);
    if (this.tag !== tag) throw new TypeError(`${where}: First argument does not match the exception tag`);
    const types = value_types(tag.params);
    if (at >= types.length) throw new RangeError(`${where}: Index out of range`);
    const slot = slot_count(types.slice(0, at));
    return outgoing(crossing(types[at]!, where), this.values[slot], this.values[slot + 1] as number);
  }
}

function crossing(letter: string, where: string): string {
  if (letter === 'V') throw new TypeError(`${where}: Invalid type v128`);
  if (letter === 'x' || /exn/.test(letter)) throw new TypeError(`${where}: invalid type (ref exn)`);
  return letter;
}
function capture(exception: Exception): void {
  const { stack } = new Error();
  Object.defineProperty(exception, 'stack', { value: stack, writable: true, configurable: true });
}

/** Exceptions as generated code makes them: instances of `Exception` too, but their values are taken as they are. */
export type ThrownClass = new (tag: Tag, values: readonly unknown[]) => Exception;
export const Thrown: ThrownClass = /* @__PURE__ */ thrown_class();

function thrown_class(): ThrownClass {
  function Thrown(this: { tag: Tag; values: readonly unknown[] }, tag: Tag, values: readonly unknown[]): void {
    this.tag = tag;
    this.values = values;
  }
  Thrown.prototype = Exception.prototype;
  return Thrown as unknown as ThrownClass;
}
