/**
 * Who catches what, as far as it is known at compile time: an exception thrown with a tag of the module meets the handlers
 * around it from the inside out, and if each of them certainly takes it or certainly does not, the throw is a branch.
 */
import type { WasmModule } from '../../wasm/module.ts';
import { mayBeJS } from '../../wasm/tags.ts';

/** No look further out than this, and at no longer list of clauses: the search is made for each throw. */
const MAX_AROUND = 64;
/** Of a clause that catches all. */
export const ALL = -1;

/** The body of a `try` or `try_table` around a throw. */
export interface Catcher {
  /** The tags of its clauses in order, `ALL` for one that catches all. */
  readonly tags: readonly number[];
  /** What its body throws goes where `delegate` says. */
  readonly delegates: boolean;
}

/** A clause that takes an exception: which catcher, and which of its clauses. */
export interface Caught<C extends Catcher> {
  readonly by: C;
  readonly clause: number;
}

/** The clause that takes an exception with tag `tag`; undefined if that shows at run time only, or none does. `around`: innermost last. */
export function catcherOf<C extends Catcher>(
  around: readonly C[],
  tag: number,
  module: WasmModule,
): Caught<C> | undefined {
  // With the tag of JavaScript's exceptions, the payload is what is thrown, and may be an exception of another tag.
  if (mayBeJS(module, tag)) return undefined;
  for (let i = around.length - 1; i >= 0 && i >= around.length - MAX_AROUND; i--) {
    const by = around[i]!;
    if (by.delegates || by.tags.length > MAX_AROUND) return undefined;
    for (const [clause, taken] of by.tags.entries()) {
      if (taken === ALL || taken === tag) return { by, clause };
      // Tags imported under two names may be one.
      if (taken < module.importedTags && tag < module.importedTags) return undefined;
    }
  }
  return undefined;
}
