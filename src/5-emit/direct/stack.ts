/**
 * The operand stack at compile time: each entry is a JavaScript expression not yet printed. It is printed where its
 * value is used, unless something that must come after it comes first: then it is spilled to the variable of its place
 * on the stack, its slot (`s3`, and `s3h` for the high half of an i64, `s3b` to `s3d` for the other
 * lanes of a v128).
 *
 * Two facts keep this simple. An entry only ever reads slots of its own place or above, because values move down the
 * stack, never up: so spilling from the bottom up overwrites nothing that is still wanted. And all entries below
 * `settled` are literals or lie in their slots, so that each statement looks only at the few entries above.
 */
import { Effect } from '../../wasm/opcodes.ts';
import { I32, I64, V128, type ValType } from '../../wasm/types.ts';
import { atom, int, type Js, Prec, within } from '../js/expr.ts';

/** Types of floats that have their bits beside them: `s3` with `s3n` and, of an f64, `s3m` for the high word. */
export const F32_BITS: ValType = -201;
export const F64_BITS: ValType = -202;

/** An f64's words, or an f32's one. */
export interface Bits {
  readonly low: Js;
  readonly high: Js | undefined;
}

export interface Entry {
  readonly type: ValType;
  /** The value; of an i64 the low half, of a v128 lane 0. */
  readonly low: Js;
  /** The high half of an i64. */
  readonly high: Js | undefined;
  /** Lanes 1 to 3 of a v128. */
  readonly lanes: readonly Js[] | undefined;
  /** The high half, or the lanes, must be evaluated right after the low half: that leaves behind what they read, or traps. */
  readonly chained: boolean;
  /** `Effect` bits of evaluating it. */
  readonly effects: number;
  /** Numbers of the variables it reads. */
  readonly reads: readonly number[];
  /** Where this is cheaper: the i32 that `i32.wrap_i64` makes of the value. */
  readonly asI32: (() => Js) | undefined;
  /** Of a float of the types above: its bits, where it is a NaN. Names, literals and operations on them. */
  readonly bits: Bits | undefined;
  /** A value that takes statements to compute: gives those that set variables to its halves or lanes. */
  readonly statements: ((...names: string[]) => string) | undefined;
}

const NONE: readonly number[] = [];
const ALL_READS = Effect.readMemory | Effect.readGlobal | Effect.readTable | Effect.readObject;
const ALL_WRITES = Effect.writeMemory | Effect.growMemory | Effect.writeGlobal | Effect.writeTable | Effect.writeObject;
/** Entries above `settled` at most, so that each statement's look at them is bounded. */
const MAX_PENDING = 40;
/** Longer expressions are spilled: it bounds their depth, which host parsers limit. */
const MAX_TEXT = 1000;

export function entry(type: ValType, low: Js, effects = 0, reads = NONE): Entry {
  return make(type, low, undefined, undefined, false, effects, reads);
}

export function pair(low: Js, high: Js, effects = 0, reads = NONE, chained = false): Entry {
  return make(I64, low, high, undefined, chained, effects, reads);
}

/** A v128 of four expressions, which may be evaluated in any order and apart from each other. */
export function vector([low, ...lanes]: readonly Js[], effects = 0, reads = NONE): Entry {
  return make(V128, low!, undefined, lanes, false, effects, reads);
}

/** One literal makes every entry: built by spreading, they took a third of all translation. */
function make(
  type: ValType,
  low: Js,
  high: Js | undefined,
  lanes: readonly Js[] | undefined,
  chained: boolean,
  effects: number,
  reads: readonly number[],
): Entry {
  return { type, low, high, lanes, chained, effects, reads, asI32: undefined, bits: undefined, statements: undefined };
}

/** An i32 literal. Small ones are made once. */
export function integer(n: number): Entry {
  return n >= 0 && n < SMALL ? (integers[n] ??= entry(I32, int(n))) : entry(I32, int(n));
}
const SMALL = 1024;
const integers: Entry[] = [];

/** The variables that any of the entries reads. */
export function readsOf(entries: readonly Entry[]): readonly number[] {
  let reads: readonly number[] = NONE;
  for (const e of entries) reads = joined(reads, e.reads);
  return reads;
}
/** Two lists of variables as one. */
export function joined(a: readonly number[], b: readonly number[]): readonly number[] {
  return b.length === 0 ? a : a.length === 0 ? b : [...a, ...b];
}

export function effectsOf(entries: readonly Entry[]): number {
  let effects = 0;
  for (const e of entries) effects |= e.effects;
  return effects;
}

/** A call may do anything but touch this function's variables. */
function closure(effects: number): number {
  if ((effects & Effect.call) !== 0) return effects | ALL_READS | ALL_WRITES | Effect.trap;
  return (effects & Effect.growMemory) !== 0 ? effects | Effect.writeMemory : effects;
}

/** Whether `earlier` must be evaluated before `later` is; both closed. */
function ordered(earlier: number, later: number): boolean {
  if (earlier === 0 || later === 0) return false;
  if ((earlier & ALL_WRITES) !== 0) return true;
  // The bit of each write is the one above its read; growing was closed over writing.
  if (((earlier & ALL_READS) << 1) & later & ALL_WRITES) return true;
  if ((earlier & Effect.trap) === 0) return false;
  return (later & (ALL_WRITES | Effect.trap | Effect.control)) !== 0;
}

export class OperandStack {
  readonly entries: Entry[] = [];
  /** Bit 0: slot `s` is used, bit 1: its high half is, bit 2: its lanes 1 to 3, bits 3 and 4: the words beside it. */
  readonly slotUses: number[] = [];
  /** Helper variables that printed statements use. */
  readonly temps: Set<string>;
  private settled = 0;
  private readonly locals: number;
  private readonly emit: (statement: string) => void;

  /** `locals` is how many variables come before the slots in the numbering. */
  constructor(locals: number, temps: Set<string>, emit: (statement: string) => void) {
    this.temps = temps;
    this.locals = locals;
    this.emit = emit;
  }

  get height(): number {
    return this.entries.length;
  }

  /** The entry `depth` places below the top. */
  peek(depth = 0): Entry {
    return this.entries[this.entries.length - 1 - depth]!;
  }

  push(e: Entry): void {
    const at = this.entries.length;
    if (at - this.settled >= MAX_PENDING) this.flush();
    this.entries.push(e);
    if (isLong(e)) this.spill(at);
    else if (this.settled === at && this.isSettled(at)) this.settled = at + 1;
  }

  pop(): Entry {
    const e = this.entries.pop()!;
    if (this.settled > this.entries.length) this.settled = this.entries.length;
    return e;
  }

  /** Puts another entry in the place of the one `depth` below the top. */
  replace(depth: number, e: Entry): void {
    const at = this.entries.length - 1 - depth;
    this.entries[at] = e;
    if (this.settled > at) this.settled = at;
  }

  /** Takes the top `count` entries, the deepest first. */
  take(count: number): Entry[] {
    if (count === 0) return [];
    if (count === 1) return [this.pop()];
    const taken = this.entries.splice(this.entries.length - count, count);
    if (this.settled > this.entries.length) this.settled = this.entries.length;
    return taken;
  }

  /** Drops all entries above `height`. */
  truncate(height: number): void {
    this.entries.length = height;
    if (this.settled > height) this.settled = height;
  }

  slotName(at: number): string {
    return `s${at}`;
  }

  slotVariable(at: number): number {
    return this.locals + at;
  }

  /** The entry that reads the slot of place `at`. */
  slot(at: number, type: ValType): Entry {
    const name = this.slotName(at);
    const reads = [this.slotVariable(at)];
    const uses = type === I64 ? 3 : type === V128 ? 5 : type === F64_BITS ? 25 : type === F32_BITS ? 9 : 1;
    this.slotUses[at] = (this.slotUses[at] ?? 0) | uses;
    if (type === V128) return vector(laneNames(name).map(atom), 0, reads);
    if (uses > 5) return withBits(type, name, reads);
    return type === I64 ? pair(atom(name), atom(`${name}h`), 0, reads) : entry(type, atom(name), 0, reads);
  }

  /** Whether the entry is just what the slot of place `at` holds. */
  isSlot(e: Entry, at: number): boolean {
    return isVariable(e, this.slotName(at));
  }

  private isLiteral(e: Entry): boolean {
    return e.effects === 0 && e.reads.length === 0 && e.statements === undefined;
  }

  private isSettled(at: number): boolean {
    const e = this.entries[at]!;
    return this.isLiteral(e) || this.isSlot(e, at);
  }

  /**
   * Prints the pending entries that must come before a statement with these effects that writes these variables.
   * To be called before the statement is printed, with its operands taken off the stack.
   */
  order(effects: number, writes: readonly number[] = NONE): void {
    this.orderBelow(this.entries.length, effects, writes);
  }

  private orderBelow(limit: number, effects: number, writes: readonly number[]): void {
    if (limit <= this.settled) return;
    let later = closure(effects);
    const written = writes.slice();
    const spilled: number[] = [];
    for (let at = limit - 1; at >= this.settled; at--) {
      if (this.isSettled(at)) continue;
      const e = this.entries[at]!;
      const own = closure(e.effects);
      if (!ordered(own, later) && !intersect(e.reads, written)) continue;
      spilled.push(at);
      later |= own;
      written.push(this.slotVariable(at));
    }
    for (let i = spilled.length - 1; i >= 0; i--) this.toSlot(spilled[i]!);
    if (limit === this.entries.length && spilled.length > 0) this.advance();
  }

  private advance(): void {
    while (this.settled < this.entries.length && this.isSettled(this.settled)) this.settled++;
  }

  /** Moves the entry at place `at` to its slot, now. */
  spill(at: number): void {
    if (this.isSlot(this.entries[at]!, at)) return;
    this.orderBelow(at, this.entries[at]!.effects, [this.slotVariable(at)]);
    this.toSlot(at);
  }

  /** Spills the entry `depth` below the top unless `keep` accepts it. */
  spillUnless(depth: number, keep: (e: Entry) => boolean): void {
    const at = this.entries.length - 1 - depth;
    if (!keep(this.entries[at]!)) this.spill(at);
  }

  /** All entries from `from` on to their slots; literals stay what they are unless `literals`. */
  flush(from = this.settled, literals = false): void {
    const start = literals ? from : Math.max(from, this.settled);
    for (let at = start; at < this.entries.length; at++) {
      if (literals || !this.isLiteral(this.entries[at]!)) this.spill(at);
    }
    if (start <= this.settled) this.settled = this.entries.length;
  }

  private toSlot(at: number): void {
    const e = this.entries[at]!;
    const name = this.slotName(at);
    const slot = this.slot(at, e.type);
    this.emit(assignment(e, name, `${name}h`, this.temps));
    this.entries[at] = slot;
  }
}

function isLong({ low, high, lanes }: Entry): boolean {
  if (low.text.length > MAX_TEXT || (high !== undefined && high.text.length > MAX_TEXT)) return true;
  return lanes?.some((lane) => lane.text.length > MAX_TEXT) === true;
}
function intersect(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (b.includes(a[i]!)) return true;
  return false;
}

/** A value of a type of the expressions that the ABI flattens it to. */
export function ofParts(type: ValType, parts: readonly Js[]): Entry {
  if (type === V128) return vector(parts);
  return type === I64 ? pair(parts[0]!, parts[1]!) : entry(type, parts[0]!);
}

/** The variables of the lanes of a v128 that is called `name`. */
export function laneNames(name: string): string[] {
  return [name, `${name}b`, `${name}c`, `${name}d`];
}

/** The variables that hold a value of a type that is called `name`. */
export function variables(name: string, type: ValType): string[] {
  return type === V128 ? laneNames(name) : type === I64 ? [name, `${name}h`] : [name];
}

/** The variables beside a float called `name`. */
export function companions(name: string, type: ValType): string[] {
  return type === F64_BITS ? [`${name}n`, `${name}m`] : type === F32_BITS ? [`${name}n`] : [];
}

/** The expressions of an entry, as the ABI flattens them. */
export function partsOf(e: Entry): readonly Js[] {
  if (e.lanes !== undefined) return [e.low, ...e.lanes];
  return e.high === undefined ? [e.low] : [e.low, e.high];
}

/** Whether the entry is just what the variable `name` holds, or those of its halves or lanes. */
export function isVariable(e: Entry, name: string): boolean {
  if (e.low.text !== name || e.statements !== undefined) return false;
  if (e.bits) return e.bits.low.text === `${name}n` && (!e.bits.high || e.bits.high.text === `${name}m`);
  if (e.lanes !== undefined) return laneNames(name).every((lane, i) => i === 0 || e.lanes![i - 1]!.text === lane);
  return e.high === undefined || e.high.text === `${name}h`;
}

/**
 * The statement that sets a variable, for an i64 two, for a v128 the four named after `low`, to an entry's value. `temps`
 * learns which variables it needs.
 */
export function assignment(e: Entry, low: string, high: string, temps: Set<string>): string {
  if (e.lanes !== undefined) return laneAssignment(e, laneNames(low), temps);
  if (e.statements !== undefined) return e.statements(low, high);
  const lowText = within(e.low, Prec.assign);
  if (e.bits) {
    // Of what is no NaN the bits do not count.
    if (e.low.value !== undefined && !Number.isNaN(e.low.value)) return `${low} = ${lowText};`;
    return assignWithBits(e.bits, lowText, low, temps);
  }
  if (e.high === undefined) return `${low} = ${lowText};`;
  const setHigh = `${high} = ${within(e.high, Prec.assign)};`;
  if (!mentions(e.high.text, low)) return `${low} = ${lowText}; ${setHigh}`;
  if (!e.chained && !mentions(e.low.text, high)) return `${setHigh} ${low} = ${lowText};`;
  temps.add('v');
  return `v = ${lowText}; ${setHigh} ${low} = v;`;
}

/** The statements that set four variables to the lanes of a v128: by way of others if a lane reads one set before. */
export function laneAssignment(e: Entry, names: readonly string[], temps: Set<string>): string {
  if (e.statements !== undefined) return e.statements(...names);
  const parts = partsOf(e);
  const crossed = parts.some((part, i) => names.some((name, k) => k < i && mentions(part.text, name)));
  const to = crossed ? ['v', 'x', 'y', 'z'] : names;
  const text = parts.map((part, i) => (part.text === to[i] ? '' : `${to[i]} = ${within(part, Prec.assign)};`));
  if (crossed) {
    for (const name of to) temps.add(name);
    text.push(...names.map((name, i) => `${name} = ${to[i]};`));
  }
  return text.filter((t) => t !== '').join(' ');
}

/** The float that variable `name` holds, with its bits in those named after it. */
export function withBits(type: ValType, name: string, reads: readonly number[]): Entry {
  const bits = { low: atom(`${name}n`), high: type === F64_BITS ? atom(`${name}m`) : undefined };
  return { ...entry(type, atom(name), 0, reads), bits };
}
function assignWithBits(bits: Bits, value: string, name: string, temps: Set<string>): string {
  const words = [`${name}n = ${within(bits.low, Prec.assign)};`];
  if (bits.high) words.push(`${name}m = ${within(bits.high, Prec.assign)};`);
  if (value === name) return words.join(' ');
  const reads = mentions(bits.low.text, name) || (bits.high !== undefined && mentions(bits.high.text, name));
  if (!reads && !mentions(value, `${name}n`) && !mentions(value, `${name}m`))
    return `${name} = ${value}; ${words.join(' ')}`;
  temps.add('v');
  return `v = ${value}; ${words.join(' ')} ${name} = v;`;
}

/** Whether `text` may read the variable `name`: one whose name goes on after it (`l1h`, `l12`) is another. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!/[\w$]/.test(text.charAt(at + name.length))) return true;
  }
  return false;
}

/** A literal entry of a numeric type's zero, or null for references. */
export function zero(type: ValType): Js {
  return type < 0 ? int(0) : atom('null');
}
