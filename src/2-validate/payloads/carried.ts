/** Which floats go with a payload in the cells (runtime/README.md): by callee, where that is known, else all. */
import { F32, F64, type FuncType, type ValType } from '../../wasm/types.ts';
import type { TypedModule } from '../typed.ts';
import { Rep } from './payloads.ts';

/** Floats by index whose payload goes through the cells: of the parameters when a function is called, of its results after. */
export interface Carried {
  readonly params: readonly number[];
  readonly results: readonly number[];
  /** The callee is not known: it may leave the cells of results alone that are no NaN with a payload. */
  readonly unknown?: true;
  /** Where parameters and results lie, by index, once vectors are four words each; undefined: at their index. */
  readonly at?: { readonly params: readonly number[]; readonly results: readonly number[] };
}
export const NOT_CARRIED: Carried = { params: [], results: [] };

const NONE: readonly number[] = [];

function floats(types: readonly ValType[], carries: (index: number) => boolean): readonly number[] {
  let found: number[] | undefined;
  for (let i = 0; i < types.length; i++) {
    if ((types[i] === F32 || types[i] === F64) && carries(i)) (found ??= []).push(i);
  }
  return found ?? NONE;
}

/** A callee that nothing is known of: an import, or what a table or a reference gives. */
export function ofUnknown({ params, results }: FuncType): Carried {
  return { params: floats(params, () => true), results: floats(results, () => true), unknown: true };
}

/** A callee of this module, as its callers see it. */
export function ofCallee(typed: TypedModule, func: number): Carried {
  const type = typed.typeOf(func);
  if (typed.module.funcs[func]!.import !== undefined) return ofUnknown(type);
  const { payloads } = typed;
  // It has no float at all.
  if (payloads.funcs[func] === undefined) return NOT_CARRIED;
  return {
    params: floats(type.params, (i) => payloads.param(func, i) !== Rep.number),
    results: floats(type.results, (j) => payloads.result(func, type.params.length, j)),
  };
}

/**
 * A function of this module, as it is compiled. Callers that do not know it rely on the cells of its results; it need not
 * touch those of results without payload if it calls nothing that could have.
 */
export function ofFunction(typed: TypedModule, func: number): Carried {
  const known = ofCallee(typed, func);
  const { open, calling, tailCalled } = typed.payloads;
  if (!open.has(func) || !(calling.has(func) || tailCalled.has(func))) return known;
  return { ...known, results: ofUnknown(typed.typeOf(func)).results };
}

/** The place of a parameter among the inputs of a call, and of a result among what is returned. */
export const paramAt = ({ at }: Carried, index: number): number => at?.params[index] ?? index;
export const resultAt = ({ at }: Carried, index: number): number => at?.results[index] ?? index;

/** The word of the cells that holds the bits of an argument or of a result, or their low half (runtime/core/nan.ts). */
export const paramCell = (index: number): number => 2 * index;
/**
 * Under which number of a parameter the function that several are joined in (3-lower/tails/merge.ts) finds what belongs to its
 * slot: cells of results, which are free then.
 */
export const memberParam = (slot: number): number => 1000 + slot;
export const resultCell = (index: number): number => 2000 + 2 * index;
