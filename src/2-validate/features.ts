/** Which feature a type needs, for the record of features used and for the refusal of what is not translated. */
import type { Feature } from '../wasm/features.ts';
import { Heap, type HeapType, heapOf, isConcrete, isNullable, isRef, V128, type ValType } from '../wasm/types.ts';

/** Abstract heap types by feature; those not named here came with garbage collection. */
const HEAPS = new Map<HeapType, Feature>([
  [Heap.func, 'mvp'],
  [Heap.extern, 'reference-types'],
  [Heap.exn, 'exception-handling'],
  [Heap.noexn, 'exception-handling'],
]);

export function heapFeature(h: HeapType): Feature {
  return isConcrete(h) ? 'function-references' : (HEAPS.get(h) ?? 'gc');
}

export function typeFeature(t: ValType): Feature {
  if (!isRef(t)) return t === V128 ? 'simd' : 'mvp';
  const feature = heapFeature(heapOf(t));
  const older = feature === 'mvp' || feature === 'reference-types';
  return older && !isNullable(t) ? 'function-references' : feature;
}
