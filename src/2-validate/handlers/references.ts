/** References: null, function references, tests and casts (spec 3.4.6). */
import { Heap, heapOf, I32, isNullable, refType } from '../../wasm/types.ts';
import type { Body } from '../body.ts';
import type { Handler } from './index.ts';

function refFunc(v: Body): void {
  const { index } = v.reader;
  const { funcs, declared, module, types } = v.context;
  const f = module.funcs[index];
  if (f === undefined || funcs[index] === undefined) v.fail(`unknown function ${index}`);
  if (v.visibleGlobals >= 0) declared[index] = 1;
  else if (declared[index] === 0) v.fail(`undeclared function reference to function ${index}`);
  v.push(refType(types.canonical[f.type]!, false));
}

/** The reference type that a test or cast names; pops an operand of its hierarchy. */
function castTarget(v: Body): number {
  const r = v.reader;
  const heap = v.context.heapType(r.heap, r.at);
  v.pop(refType(v.types.topOf(heap), true));
  return refType(heap, r.nullable);
}

function test(v: Body): void {
  castTarget(v);
  v.push(I32);
}

function cast(v: Body): void {
  v.push(castTarget(v));
}

/** Between the hierarchies of `any` and `extern`; nullness is kept. */
function convert(v: Body, from: number, to: number): void {
  const t = v.popRef();
  if (!v.types.matchesHeap(heapOf(t), from)) v.fail(`type mismatch: ${v.opName} of a reference of another hierarchy`);
  v.push(refType(to, isNullable(t)));
}

export const references = {
  'ref.null': (v) => v.push(refType(v.context.heapType(v.reader.heap, v.reader.at), true)),
  'ref.is_null': (v) => {
    v.popRef();
    v.push(I32);
  },
  'ref.as_non_null': (v) => v.push(refType(v.popHeap(), false)),
  'ref.func': refFunc,
  'ref.eq': (v) => {
    v.pop(refType(Heap.eq, true));
    v.pop(refType(Heap.eq, true));
    v.push(I32);
  },
  'ref.test': test,
  'ref.test_null': test,
  'ref.cast': cast,
  'ref.cast_null': cast,
  'ref.i31': (v) => {
    v.pop(I32);
    v.push(refType(Heap.i31, false));
  },
  'i31.get_s': i31Get,
  'i31.get_u': i31Get,
  'any.convert_extern': (v) => convert(v, Heap.extern, Heap.any),
  'extern.convert_any': (v) => convert(v, Heap.any, Heap.extern),
} satisfies Record<string, Handler>;

function i31Get(v: Body): void {
  v.pop(refType(Heap.i31, true));
  v.push(I32);
}
