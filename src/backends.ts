/** The two code generators behind one contract, as Faasm has WAVM and WAMR. */
import type { TypedModule } from './2-validate/typed.ts';
import { compileDirect } from './5-emit/direct/index.ts';
import type { FuncCode, ModuleScope } from './5-emit/js/scope.ts';
import { compileTree } from './5-emit/tree/index.ts';
import { CompileError } from './errors.ts';
import type { FuncNotes } from './notes.ts';
import type { BackendName, Settings } from './options.ts';
import type { Func } from './wasm/module.ts';

/** Translates one function, independently of all others: same inputs, same text, in any order; `notes` take what it does. */
export type Backend = (
  module: TypedModule,
  func: Func,
  scope: ModuleScope,
  settings: Settings,
  notes?: FuncNotes,
) => FuncCode;

export const BACKENDS: Readonly<Record<BackendName, Backend>> = { wavm: compileTree, wamr: compileDirect };

/** @throws CompileError where passes are asked about, or are to be left out, of a generator that has none */
export function backendOf({ backend, explain, without }: Settings): Backend {
  if (backend === 'wamr' && (explain || without.length > 0)) {
    throw new CompileError('usage', 'wamr has no passes to explain or to leave out');
  }
  return BACKENDS[backend];
}
