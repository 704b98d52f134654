/** WebAssembly features by name, with the words for them in messages: those that bring opcodes, and those that do not. */
import type { OpcodeGroup } from './opcodes.ts';

/** A feature, named as its proposal is. */
export type Feature =
  | OpcodeGroup
  | 'multi-value'
  | 'mutable-globals'
  | 'extended-const'
  | 'multi-memory'
  | 'memory64'
  | 'table64'
  | 'custom-page-sizes';

export const FEATURE_LABELS: Readonly<Record<Feature, string>> = {
  mvp: 'the MVP',
  'sign-extension': 'sign extension',
  'saturating-float-to-int': 'saturating conversions',
  'bulk-memory': 'bulk memory',
  'reference-types': 'reference types',
  'multi-value': 'multi-value',
  'mutable-globals': 'mutable globals',
  'extended-const': 'extended constants',
  'multi-memory': 'multi-memory',
  memory64: 'memory64',
  table64: 'table64',
  simd: 'SIMD',
  'relaxed-simd': 'relaxed SIMD',
  threads: 'threads',
  'tail-call': 'tail calls',
  'exception-handling': 'exception handling',
  'legacy-exceptions': 'legacy exception handling',
  'function-references': 'typed function references',
  gc: 'garbage collection',
  'wide-arithmetic': 'wide arithmetic',
  'custom-page-sizes': 'custom page sizes',
};
