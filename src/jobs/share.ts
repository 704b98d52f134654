/** One thread's share of the work: it takes functions from the queue until none is left. */
import type { TypedModule } from '../2-validate/typed.ts';
import { addUses, type FuncCode, type ModuleScope, Uses } from '../5-emit/js/scope.ts';
import { type Backend, backendOf } from '../backends.ts';
import { dumpFunc, timed } from '../dump.ts';
import type { FuncNotes } from '../notes.ts';
import type { Settings } from '../options.ts';
import { scratch } from '../scratch.ts';
import type { Func } from '../wasm/module.ts';
import type { Queue } from './queue.ts';

/** Who takes notes of what is done to a function. */
export interface Explained {
  of(func: number): FuncNotes | undefined;
}

/** Compiles functions of one module one by one; what they refer to is kept in one record for all. */
export class FuncCompiler {
  readonly uses = new Uses();
  /** Index of the function at work. */
  current = -1;
  private readonly typed: TypedModule;
  private readonly scope: ModuleScope;
  private readonly settings: Settings;
  private readonly backend: Backend;
  private readonly explanation: Explained | undefined;

  constructor(typed: TypedModule, scope: ModuleScope, settings: Settings, explanation?: Explained) {
    this.backend = backendOf(settings);
    this.explanation = explanation;
    this.typed = typed;
    this.scope = scope;
    this.settings = settings;
  }

  compile(func: Func): FuncCode {
    const { typed, scope, settings, uses } = this;
    this.current = func.index;
    scratch.reset();
    const notes = this.explanation?.of(func.index);
    const compiled = timed(settings, 'compile', () => this.backend(typed, func, scope, settings, notes));
    dumpFunc(settings, 'js', typed.module, func.index, () => compiled.code);
    addUses(uses, compiled.uses);
    return { index: func.index, code: compiled.code, uses };
  }

  /**
   * Compiles what the queue gives.
   * @returns the error of the first function that failed, with its index
   */
  drain(queue: Queue, take: (code: FuncCode) => void): { func: number; error: unknown } | undefined {
    let failed: { func: number; error: unknown } | undefined;
    for (let index = queue.take(); index !== undefined; index = queue.take()) {
      try {
        take(this.compile(this.typed.module.funcs[index]!));
      } catch (error) {
        queue.fail(index);
        if (failed === undefined || index < failed.func) failed = { func: index, error };
      }
    }
    return failed;
  }
}
