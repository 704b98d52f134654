/**
 * Implementation limits: those of the JavaScript API ("Implementation-defined Limits"), so that a module that any
 * engine takes is taken here, and one that none takes fails with a clear word before it costs memory.
 */
import { CompileError } from '../errors.ts';

const LIMITS = {
  'bytes of module': 1_073_741_824,
  types: 1_000_000,
  'recursion groups': 1_000_000,
  functions: 1_000_000,
  imports: 1_000_000,
  exports: 1_000_000,
  globals: 1_000_000,
  tags: 1_000_000,
  'data segments': 100_000,
  'element segments': 10_000_000,
  'elements in a segment': 10_000_000,
  tables: 100_000,
  memories: 100,
  parameters: 1_000,
  results: 1_000,
  'bytes of function body': 7_654_321,
  locals: 50_000,
  'struct fields': 10_000,
  'operands of array.new_fixed': 10_000,
  'levels of subtyping': 63,
  /** V8's for branch tables; the JavaScript API gives none. */
  'br_table targets': 65_520,
  'catch clauses': 65_520,
} as const;

export type Limit = keyof typeof LIMITS;

/** Throws CompileError('limit') when `count` is above the limit of that name. */
export function checkLimit(what: Limit, count: number, offset: number): void {
  const most = LIMITS[what];
  if (count <= most) return;
  const reason = `${group(count)} ${what}, more than the implementation limit of ${group(most)}`;
  throw new CompileError('limit', reason, { offset });
}

const group = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
