/**
 * The names that generated functions share with the module around them, and the record of which they use.
 *
 * Guest names start with `$`, and what belongs to the module ends with another (`$m0$`); libcalls are opcode names with
 * underscores (`i32_div_s`); a function's own variables have neither `$` nor `_`, so nothing can collide.
 */
import type { TypedModule } from '../../2-validate/typed.ts';
import { ModuleFacts } from '../../3-lower/facts.ts';
import type { Engine } from '../../options.ts';
import type { Libcall } from './libcall.ts';

export const VIEW_KINDS = ['i8', 'u8', 'i16', 'u16', 'i32', 'f32', 'f64', 'dv'] as const;
export type ViewKind = (typeof VIEW_KINDS)[number];

/** One translated function: its text, and what the module around it must provide. */
export interface FuncCode {
  readonly index: number;
  /** A complete function declaration. */
  readonly code: string;
  readonly uses: Uses;
}

/** No entries, in place of the sets that most functions need not. */
const NONE: ReadonlySet<never> = new Set<never>();

/** What a piece of generated code refers to; the linker declares just that. */
export class Uses {
  libcalls: ReadonlySet<string> = NONE;
  /** Declarations of functions of the instance that accesses and calls go through, by name. */
  readonly accessors = new Map<string, string>();
  /** Memories that are read or written through views. */
  views: ReadonlySet<number> = NONE;
  funcs: ReadonlySet<number> = NONE;
  /** Functions used as references (`ref.func`), whose type descriptor must be attached. */
  funcRefs: ReadonlySet<number> = NONE;
  /** Functions that have a body for jumps besides (tails.ts). */
  bodies: ReadonlySet<number> = NONE;
  globals: ReadonlySet<number> = NONE;
  memories: ReadonlySet<number> = NONE;
  tables: ReadonlySet<number> = NONE;
  /** Tables whose element array is read directly. */
  elems: ReadonlySet<number> = NONE;
  datas: ReadonlySet<number> = NONE;
  elements: ReadonlySet<number> = NONE;
  tags: ReadonlySet<number> = NONE;
  /** Names that generated code takes from the runtime's objects (`vm/`). */
  objects: ReadonlySet<'Thrown'> = NONE;
  /** Types that are objects at run time, and those whose class makes or is asked for objects; by canonical index. */
  types: ReadonlySet<number> = NONE;
  classes: ReadonlySet<number> = NONE;
}
const SETS = Object.keys(new Uses()).filter((key) => key !== 'accessors') as Exclude<keyof Uses, 'accessors'>[];

/** The set with one more value: itself, unless it was the empty one that all share. */
export function plus<T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> {
  return (set === NONE ? new Set<T>() : (set as Set<T>)).add(value);
}

/** Adds what one piece of code refers to to what another does. */
export function addUses(to: Uses, from: Uses): void {
  for (const [name, text] of from.accessors) to.accessors.set(name, text);
  for (const key of SETS) {
    if (from[key].size === 0) continue;
    let into: ReadonlySet<unknown> = to[key];
    for (const value of from[key]) into = plus(into, value);
    (to[key] as ReadonlySet<unknown>) = into;
  }
}

/** A function of the instance that generated code calls, with what it refers to, its own declaration included. */
export interface Callee {
  readonly name: string;
  readonly uses: Uses;
}

/** Where a global lives: a variable of the factory, or a cell shared with other instances and the host. */
export type GlobalPlace = 'local' | 'cell';

/** The fields of a cell that hold the slots of its value. */
export const CELL_FIELDS = ['v', 'h', 'v2', 'v3'] as const;

/**
 * The functions of `Math` as variables of the instance, for interpreters, which read one in a step, where `Math.imul` is a global, a
 * property and a receiver (a third of the time of a product). V8's compiler prefers the property: an interpreter took 1.13.
 */
export const MATH = {
  abs: '$abs',
  ceil: '$ceil',
  clz32: '$clz32',
  floor: '$floor',
  fround: '$fround',
  imul: '$imul',
  max: '$max',
  min: '$min',
  sqrt: '$sqrt',
  trunc: '$trunc',
} as const;
export type MathName = keyof typeof MATH;

/** Names without a second `$` that generated code has for cells and functions of `Math`. */
const OURS = new RegExp(`^\\$(hi|lanes|nan|o\\d+|${Object.keys(MATH).join('|')})$`);

export class ModuleScope {
  readonly typed: TypedModule;
  private readonly funcNames: string[] = [];
  private readonly places: GlobalPlace[];
  private known: ModuleFacts | undefined;
  /** Functions that call through closed tables, by table and type, once they have been asked for. */
  readonly callees = new Map<string, Callee>();
  readonly engine: Engine;

  constructor(typed: TypedModule, engine: Engine = 'jit') {
    this.typed = typed;
    this.engine = engine;
    const { module } = typed;
    const taken = new Set<string>();
    for (const f of module.funcs) {
      const given = module.names.funcs.get(f.index);
      let name = given === undefined ? `$f${f.index}` : `$${identifier(given)}`;
      if (taken.has(name) || OURS.test(name)) name += `$${f.index}`;
      taken.add(name);
      this.funcNames.push(name);
    }
    const shared = new Set(module.exports.filter((e) => e.kind === 'global').map((e) => e.index));
    this.places = module.globals.map((g, i) => (g.type.mutable && (g.import || shared.has(i)) ? 'cell' : 'local'));
  }

  /** What one translation asks of the whole module; found when it is first asked for. */
  get facts(): ModuleFacts {
    this.known ??= new ModuleFacts(this.typed);
    return this.known;
  }
  /** How tail calls go; undefined where there are none. */
  get tails(): ModuleFacts['tails'] | undefined {
    return this.typed.features.has('tail-call') ? this.facts.tails : undefined;
  }
  /** The size that a memory has at least, in bytes. */
  leastBytes(memory: number): number {
    const { limits, pageSizeLog2 } = this.typed.module.memories[memory]!.type;
    return Number(limits.min) * 2 ** pageSizeLog2;
  }
  /** The size that a memory has at most, in bytes. */
  mostBytes(memory: number): number {
    const { limits, pageSizeLog2, is64 } = this.typed.module.memories[memory]!.type;
    return Number(limits.max ?? (is64 ? 2 ** 48 : 65536)) * 2 ** pageSizeLog2;
  }
  /** Is the memory read and written through a DataView where traps count? See `viewed.ts`. */
  isViewed(memory: number): boolean {
    const { type } = this.typed.module.memories[memory]!;
    return this.engine === 'jit' && !type.shared && !type.is64;
  }
  /** Does the memory end at 2^31, so that all its addresses are the same as signed numbers? */
  isLow(memory: number): boolean {
    return this.mostBytes(memory) <= 2 ** 31;
  }
  globalPlace(index: number): GlobalPlace {
    return this.places[index]!;
  }
  func(index: number): string {
    return this.funcNames[index]!;
  }
  /**
   * A `local` global is the variable itself (i64: low half; the high half is `globalHigh`; v128: lane 0 of four
   * variables); a `cell` is an object with fields `v` and, for i64, `h` (v128: `v`, `h`, `v2`, `v3`).
   */
  global(index: number): string {
    return `$g${index}$`;
  }
  globalHigh(index: number): string {
    return `$g${index}$h`;
  }
  /** The variable of the i32 slot `slot` of a global: 0 and 1 of an i64, 0 to 3 of a v128. */
  globalSlot(index: number, slot: number): string {
    return slot === 0 ? this.global(index) : slot === 1 ? this.globalHigh(index) : `$g${index}$${slot}`;
  }
  globalBits(index: number, word: number): string {
    return `$g${index}$${word === 0 ? 'n' : 'm'}`;
  }
  memory(index: number): string {
    return `$m${index}$`;
  }
  /** The object with the memory's views (`runtime/vm/views.ts`). */
  views(index: number): string {
    return `$v${index}$`;
  }
  /**
   * A view of a memory as an expression: a property that compilers take for a constant; for interpreters a variable, which is
   * two thirds of the time of an access.
   */
  viewOf(kind: ViewKind, memory: number): string {
    return `${this.views(memory)}${this.engine === 'interpreter' ? '' : '.'}${kind}`;
  }
  table(index: number): string {
    return `$t${index}$`;
  }
  /** The table's element array (`table.elems`), whose identity never changes. */
  elems(index: number): string {
    return `$t${index}$e`;
  }
  data(index: number): string {
    return `$d${index}$`;
  }
  element(index: number): string {
    return `$e${index}$`;
  }
  tag(index: number): string {
    return `$x${index}$`;
  }
  type(canonical: number): string {
    return `$y${canonical}$`;
  }
  gcClass(canonical: number): string {
    return `$c${canonical}$`;
  }
}

/** One function's view of the module scope: hands out names and records that they are used. */
export class FuncScope {
  readonly uses = new Uses();
  readonly module: ModuleScope;

  constructor(module: ModuleScope) {
    this.module = module;
  }
  libcall(name: Libcall): string {
    this.uses.libcalls = plus(this.uses.libcalls, name);
    return name;
  }
  /** A function of `Math`. */
  math(name: MathName): string {
    if (this.module.engine !== 'interpreter') return `Math.${name}`;
    this.uses.accessors.set(MATH[name], `var ${MATH[name]} = Math.${name};`);
    return MATH[name];
  }
  /** The cell of the high half of an i64 result, through a constant of the instance: engines take that for known. */
  high(): string {
    this.uses.accessors.set('$hi', `var $hi = ${this.libcall('i64_hi')};`);
    return '$hi[0]';
  }
  /** The cell of lane 1, 2 or 3 of a v128 result, likewise. */
  lane(lane: number): string {
    this.uses.accessors.set('$lanes', `var $lanes = ${this.libcall('v128_hi')};`);
    return `$lanes[${lane - 1}]`;
  }
  /** Word `word` of the cells in which calls leave the payloads of NaNs. */
  nanCell(word: number): string {
    this.uses.accessors.set('$nan', `var $nan = ${this.libcall('nan_bits')};`);
    return `$nan[${word}]`;
  }
  /** A view of the memory, which may be in a variable as long as it does not change. */
  view(kind: ViewKind, memory: number): string {
    return this.currentView(kind, memory);
  }
  currentView(kind: ViewKind, memory: number): string {
    this.uses.views = plus(this.uses.views, memory);
    return this.module.viewOf(kind, memory);
  }
  func(index: number): string {
    this.uses.funcs = plus(this.uses.funcs, index);
    return this.module.func(index);
  }
  funcRef(index: number): string {
    this.uses.funcRefs = plus(this.uses.funcRefs, index);
    return this.func(index);
  }
  /** An expression that reads the global; i64: its low half. Also a valid assignment target. */
  global(index: number): string {
    this.uses.globals = plus(this.uses.globals, index);
    const name = this.module.global(index);
    return this.module.globalPlace(index) === 'cell' ? `${name}.v` : name;
  }
  globalHigh(index: number): string {
    this.uses.globals = plus(this.uses.globals, index);
    return this.module.globalPlace(index) === 'cell' ? `${this.module.global(index)}.h` : this.module.globalHigh(index);
  }
  /** The same of the i32 slot `slot`. */
  globalSlot(index: number, slot: number): string {
    this.uses.globals = plus(this.uses.globals, index);
    const cell = this.module.globalPlace(index) === 'cell';
    return cell ? `${this.module.global(index)}.${CELL_FIELDS[slot]}` : this.module.globalSlot(index, slot);
  }
  /** Word `word` of the bits of a float global, which count where it is a NaN. */
  globalBits(index: number, word: number): string {
    this.uses.globals = plus(this.uses.globals, index);
    const cell = this.module.globalPlace(index) === 'cell';
    return cell ? `${this.module.global(index)}.${word === 0 ? 'n' : 'h'}` : this.module.globalBits(index, word);
  }
  memory(index: number): string {
    this.uses.memories = plus(this.uses.memories, index);
    return this.module.memory(index);
  }
  table(index: number): string {
    this.uses.tables = plus(this.uses.tables, index);
    return this.module.table(index);
  }
  elems(index: number): string {
    this.uses.elems = plus(this.uses.elems, index);
    return this.module.elems(index);
  }
  data(index: number): string {
    this.uses.datas = plus(this.uses.datas, index);
    return this.module.data(index);
  }
  element(index: number): string {
    this.uses.elements = plus(this.uses.elements, index);
    return this.module.element(index);
  }
  tag(index: number): string {
    this.uses.tags = plus(this.uses.tags, index);
    return this.module.tag(index);
  }
  /** The class of the exceptions that generated code makes. */
  thrown(): string {
    this.uses.objects = plus(this.uses.objects, 'Thrown');
    return 'Thrown';
  }
  /** The object that stands for a type at run time. */
  type(index: number): string {
    const canonical = this.module.typed.types.canonical[index]!;
    this.uses.types = plus(this.uses.types, canonical);
    return this.module.type(canonical);
  }
  /** The class of a structure or array type. */
  gcClass(index: number): string {
    const canonical = this.module.typed.types.canonical[index]!;
    this.uses.types = plus(this.uses.types, canonical);
    this.uses.classes = plus(this.uses.classes, canonical);
    return this.module.gcClass(canonical);
  }
}

/** Makes any text part of an identifier: letters, digits and underscores, at most 60 of them. */
export function identifier(text: string): string {
  return text.replace(/[^A-Za-z0-9_]+/g, '_').slice(0, 60) || '_';
}
