/** The two code generators behind one contract, as Faasm has WAVM and WAMR. */
import type { TypedModule } from './2-validate/typed.ts';
import { compileDirect } from './5-emit/direct/index.ts';
import type { FuncCode, ModuleScope } from './5-emit/js/scope.ts';
import { compileTree } from './5-emit/tree/index.ts';
import type { BackendName, Settings } from './options.ts';
import type { Func } from './wasm/module.ts';

/** Translates one function, independently of all others: same inputs, same text, in any order. */
export type Backend = (module: TypedModule, func: Func, scope: ModuleScope, settings: Settings) => FuncCode;

export const BACKENDS: Readonly<Record<BackendName, Backend>> = { wavm: compileTree, wamr: compileDirect };
