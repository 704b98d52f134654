/**
 * The types of a module as the validator sees them. Recursive groups are canonicalised by hash-consing their text, in
 * which references out of the group are canonical already (iso-recursive equality, spec 3.1.4): afterwards two
 * types are equal exactly if their canonical indices are, and a value type is compared as one number.
 */
import { checkLimit } from '../1-decode/limits.ts';
import { CompileError } from '../errors.ts';
import {
  ABSTRACT,
  BOT,
  type CompositeType,
  type FieldType,
  type FuncType,
  Heap,
  type HeapType,
  heapOf,
  I8,
  I16,
  I32,
  isConcrete,
  isNullable,
  isRef,
  refType,
  type StorageType,
  type SubType,
  type ValType,
} from '../wasm/types.ts';
import { groupText } from './keys.ts';

/** The heap type below all others, which only an operand below an unreachable point has. */
export const BOT_HEAP: HeapType = ABSTRACT;
/** A non-null reference to it: some reference, of a type left open. */
export const BOT_REF: ValType = refType(BOT_HEAP, false);

const EQ_CHILDREN: readonly HeapType[] = [Heap.i31, Heap.struct, Heap.array, Heap.none];
/** For each abstract heap type the abstract ones strictly below it (spec 3.3.3). */
const BELOW = new Map<HeapType, readonly HeapType[]>([
  [Heap.any, [Heap.eq, ...EQ_CHILDREN]],
  [Heap.eq, EQ_CHILDREN],
  [Heap.i31, [Heap.none]],
  [Heap.struct, [Heap.none]],
  [Heap.array, [Heap.none]],
  [Heap.func, [Heap.nofunc]],
  [Heap.extern, [Heap.noextern]],
  [Heap.exn, [Heap.noexn]],
]);
const KIND_ABOVE: Record<CompositeType['kind'], readonly HeapType[]> = {
  func: [Heap.func],
  struct: [Heap.struct, Heap.eq, Heap.any],
  array: [Heap.array, Heap.eq, Heap.any],
};

/** What is asked of a structure type again and again. */
interface StructFacts {
  /** Types of the fields' values on the stack. */
  readonly values: readonly ValType[];
  /** The first field that has no default value. */
  readonly withoutDefault: FieldType | undefined;
}

/** The type of a field's value on the operand stack. */
export const unpacked = (t: StorageType): ValType => (t === I8 || t === I16 ? I32 : t);

export class TypeSpace {
  readonly types: readonly SubType[];
  /** By type index, the first index of an equal type. */
  readonly canonical: Int32Array;
  /** By type index, the canonical index of its supertype, or -1. */
  private readonly above: Int32Array;
  private readonly depth: Uint8Array;
  private readonly funcs: (FuncType | undefined)[] = [];
  private readonly structs: (StructFacts | undefined)[] = [];

  /** Throws CompileError('invalid') where a type is not valid (spec 3.2). */
  constructor(types: readonly SubType[]) {
    this.types = types;
    this.canonical = new Int32Array(types.length);
    this.above = new Int32Array(types.length).fill(-1);
    this.depth = new Uint8Array(types.length);
    const groups = new Map<string, number>();
    for (let i = 0; i < types.length; i += types[i]!.groupSize) this.addGroup(i, groups);
  }

  private addGroup(group: number, groups: Map<string, number>): void {
    const end = group + this.types[group]!.groupSize;
    for (let i = group; i < end; i++) this.checkReferences(i, end);
    const text = groupText(this.types, group, (type) =>
      type < group ? String(this.canonical[type]) : `.${type - group}`,
    );
    const first = groups.get(text);
    if (first === undefined) groups.set(text, group);
    for (let i = group; i < end; i++) {
      this.canonical[i] = (first ?? group) + i - group;
    }
    for (let i = group; i < end; i++) {
      const parent = this.types[i]!.supers[0];
      if (parent === undefined) continue;
      this.above[i] = this.canonical[parent]!;
      this.depth[i] = this.depth[parent]! + 1;
      if (this.depth[i]! > 63) checkLimit('levels of subtyping', this.depth[i]!, 0);
    }
    if (first === undefined) for (let i = group; i < end; i++) this.checkSuper(i);
  }

  /** That all type indices of type `i` are below `end`, the end of its group. */
  private checkReferences(i: number, end: number): void {
    const { composite, supers } = this.types[i]!;
    const check = (t: StorageType): void => {
      if (isRef(t) && isConcrete(heapOf(t)) && heapOf(t) >= end) throw invalid(`type ${i}: unknown type ${heapOf(t)}`);
    };
    if (composite.kind === 'func') {
      for (const t of composite.params) check(t);
      for (const t of composite.results) check(t);
    } else if (composite.kind === 'struct') for (const f of composite.fields) check(f.type);
    else check(composite.field.type);
    if (supers.length > 1) throw invalid(`type ${i}: more than one supertype`);
    for (const s of supers) if (s >= i) throw invalid(`type ${i}: unknown type ${s}: a supertype must come before`);
  }

  private checkSuper(i: number): void {
    const { composite, supers } = this.types[i]!;
    const parent = supers[0];
    if (parent === undefined) return;
    const above = this.types[parent]!;
    if (above.final) throw invalid(`type ${i}: sub type of type ${parent}, which is final`);
    if (!this.matchesComposite(composite, above.composite)) {
      throw invalid(`type ${i}: sub type does not match its super type ${parent}`);
    }
  }

  private matchesComposite(a: CompositeType, b: CompositeType): boolean {
    if (a.kind === 'func' && b.kind === 'func') {
      const { params, results } = a;
      if (params.length !== b.params.length || results.length !== b.results.length) return false;
      return (
        b.params.every((t, i) => this.matchesRaw(t, params[i]!)) &&
        results.every((t, i) => this.matchesRaw(t, b.results[i]!))
      );
    }
    if (a.kind === 'struct' && b.kind === 'struct') {
      const { fields } = a;
      return fields.length >= b.fields.length && b.fields.every((f, i) => this.matchesField(fields[i]!, f));
    }
    return a.kind === 'array' && b.kind === 'array' && this.matchesField(a.field, b.field);
  }

  private matchesField(a: FieldType, b: FieldType): boolean {
    if (a.mutable !== b.mutable) return false;
    return a.mutable ? this.normal(a.type) === this.normal(b.type) : this.matchesRaw(a.type, b.type);
  }

  private matchesRaw(a: StorageType, b: StorageType): boolean {
    return this.matches(this.normal(a), this.normal(b));
  }

  /** A value type with its type index made canonical: two are equal exactly if they are the same number. */
  normal(t: StorageType): StorageType {
    if (t < 0) return t;
    const heap = heapOf(t);
    return heap < ABSTRACT ? refType(this.canonical[heap]!, isNullable(t)) : t;
  }

  normalHeap(h: HeapType): HeapType {
    return h < ABSTRACT ? this.canonical[h]! : h;
  }

  /** The function type at `type`, with canonical value types. Throws CompileError('invalid') where there is none. */
  funcType(type: number, offset?: number): FuncType {
    const t = this.func(type);
    if (t !== undefined) return t;
    const found = this.types[type]?.composite.kind;
    throw invalid(
      found === undefined ? `unknown type ${type}` : `type ${type} is no function type but a ${found}`,
      offset,
    );
  }

  /** The same, or undefined where there is none. */
  func(type: number): FuncType | undefined {
    const known = this.funcs[type];
    if (known !== undefined) return known;
    const composite = this.types[type]?.composite;
    if (composite?.kind !== 'func') return undefined;
    const index = this.canonical[type]!;
    const { params, results } = composite;
    this.funcs[index] ??= {
      kind: 'func',
      params: params.map((t) => this.normal(t)),
      results: results.map((t) => this.normal(t)),
    };
    return (this.funcs[type] = this.funcs[index]);
  }

  /** Facts of the structure type at `type`, which must be one. */
  struct(type: number): StructFacts {
    const c = this.types[type]!.composite;
    const fields = c.kind === 'struct' ? c.fields : [];
    return (this.structs[type] ??= {
      values: fields.map((f) => this.normal(unpacked(f.type))),
      withoutDefault: fields.find((f) => !isDefaultable(f.type)),
    });
  }

  /** Whether a value of type `a` may stand where `b` is expected (spec 3.3.4); both canonical. */
  matches(a: ValType, b: ValType): boolean {
    if (a === b || a === BOT) return true;
    if (a < 0 || b < 0) return false;
    if (isNullable(a) && !isNullable(b)) return false;
    return this.matchesHeap(heapOf(a), heapOf(b));
  }

  matchesHeap(a: HeapType, b: HeapType): boolean {
    if (a === b || a === BOT_HEAP) return true;
    if (isConcrete(a)) {
      if (!isConcrete(b)) return KIND_ABOVE[this.types[a]!.composite.kind].includes(b);
      for (let up = this.above[a]!; up >= 0; up = this.above[up]!) if (up === b) return true;
      return false;
    }
    if (!isConcrete(b)) return BELOW.get(b)?.includes(a) ?? false;
    return a === (this.types[b]!.composite.kind === 'func' ? Heap.nofunc : Heap.none);
  }

  /** How many supertypes the type has. */
  depthOf(type: number): number {
    return this.depth[type]!;
  }

  /** The top of the hierarchy that a heap type belongs to. */
  topOf(h: HeapType): HeapType {
    if (isConcrete(h)) return this.types[h]!.composite.kind === 'func' ? Heap.func : Heap.any;
    for (const top of [Heap.func, Heap.extern, Heap.exn]) if (this.matchesHeap(h, top)) return top;
    return Heap.any;
  }
}

/** Whether a local or field of the type has a default value. */
export const isDefaultable = (t: ValType): boolean => t < 0 || isNullable(t);

export function invalid(reason: string, offset?: number): CompileError {
  return new CompileError('invalid', reason, offset === undefined ? {} : { offset });
}
