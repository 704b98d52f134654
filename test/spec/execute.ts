/** Executes one script on one engine: every command gives an outcome, and a failed one never ends the script. */
import { adapters, type Bound, isNullType, SLOT } from './adapter.ts';
import { fromBase64 } from './base64.ts';
import type { Action, ActionCommand, AssertModuleCommand, Command, ModuleSource, Script } from './convert/commands.ts';
import type { Instance, Namespace } from './engines.ts';
import { type Outcome, TEXT_ONLY } from './outcome.ts';
import { type ExportShape, exportShapes } from './signatures.ts';
import { spectest } from './spectest.ts';
import type { Shared, Threads } from './threads.ts';
import { isExhaustion, meansTrap } from './traps.ts';
import { meetsBits, meetsJS, needsBits, show, showBits, toJS, writeValue } from './values.ts';

class Mismatch extends Error {
  override readonly name = 'Mismatch';
}
interface Loaded {
  readonly instance: Instance;
  readonly shapes: ReadonlyMap<string, ExportShape>;
}
interface Compiled {
  readonly module: object;
  readonly bytes: Uint8Array;
}

/** `threads` runs the threads of scripts; `shared` are memories by module and export that another thread gave. */
export function executor(wasm: Namespace, threads?: Threads): (script: Script, shared?: Shared) => Outcome[] {
  const adapt = adapters(wasm);
  return (script, shared = {}) => {
    const session = new Session(wasm, adapt, threads);
    session.receive(shared);
    return session.run(script.commands);
  };
}

class Session {
  private readonly wasm: Namespace;
  private readonly adapt: ReturnType<typeof adapters>;
  private readonly threads: Threads | undefined;
  private readonly registry = new Map<string, Readonly<Record<string, unknown>>>();
  private readonly instances = new Map<string, Loaded>();
  private readonly definitions = new Map<string, Compiled>();
  private lastInstance: Loaded | undefined;
  private lastDefinition: Compiled | undefined;

  constructor(wasm: Namespace, adapt: ReturnType<typeof adapters>, threads: Threads | undefined) {
    this.wasm = wasm;
    this.adapt = adapt;
    this.threads = threads;
    this.registry.set('spectest', spectest(wasm));
  }

  run(commands: readonly Command[]): Outcome[] {
    return commands.map((command) => {
      const { kind, line } = command;
      const reason = skipReason(command);
      if (reason !== undefined) return { kind, line, status: 'skipped', message: reason };
      try {
        this.command(command);
        return { kind, line, status: 'passed' };
      } catch (error) {
        return { kind, line, status: 'failed', message: describe(command, error) };
      }
    });
  }

  private command(c: Command): void {
    switch (c.kind) {
      case 'definition':
        this.define(c.module, c.name);
        return;
      case 'module':
        this.enter(this.define(c.module, c.name), c.name);
        return;
      case 'instance':
        this.enter(this.definition(c.definition), c.name);
        return;
      case 'register':
        this.registry.set(c.as, this.instance(c.name).instance.exports);
        return;
      case 'thread':
        this.threadHost().start(c.name, c.commands, this.sharedOf(c.shared));
        return;
      case 'wait':
        this.join(c.name);
        return;
      default:
        if ('action' in c) this.actionCommand(c);
        else this.moduleAssertion(c);
    }
  }

  private threadHost(): Threads {
    if (this.threads !== undefined) return this.threads;
    throw new Mismatch('this runner does not run threads');
  }

  /** Fails as the first command of the thread that failed. */
  private join(name: string): void {
    const outcomes = this.threadHost().join(name);
    const failed = outcomes.find((o) => o.status === 'failed');
    if (failed !== undefined) throw new Mismatch(`line ${failed.line} of thread ${name}: ${failed.message}`);
  }

  /** The memories that modules of these names export, as they can be sent to a thread. */
  private sharedOf(names: readonly string[]): Shared {
    const sendable = (item: unknown): unknown => (item as { handle?: () => unknown }).handle?.() ?? item;
    const memories = (name: string): [string, unknown][] =>
      Object.entries(this.instance(name).instance.exports).filter(([, item]) => item instanceof this.wasm.Memory);
    return Object.fromEntries(
      names.map((name) => [name, Object.fromEntries(memories(name).map(([field, item]) => [field, sendable(item)]))]),
    );
  }

  /** Takes such memories for the exports of instances. */
  receive(shared: Shared): void {
    const { Memory } = this.wasm;
    for (const [name, exports] of Object.entries(shared)) {
      const made = Object.entries(exports).map(([field, sent]) => [field, Memory.from?.(sent) ?? sent] as const);
      this.instances.set(name, { instance: { exports: Object.fromEntries(made) }, shapes: new Map() });
    }
  }

  private compile(source: ModuleSource): Compiled {
    if (source.wasm === undefined) throw new Mismatch(`not assembled: ${source.error}`);
    const bytes = fromBase64(source.wasm);
    try {
      return { module: new this.wasm.Module(bytes), bytes };
    } catch (error) {
      // What is not translated is no verdict on the module.
      const { message } = error as Error;
      throw message.includes('does not translate yet') ? new Mismatch(message) : error;
    }
  }

  private define(source: ModuleSource, name: string | undefined): Compiled {
    this.lastInstance = undefined;
    this.lastDefinition = undefined;
    if (name !== undefined) {
      this.definitions.delete(name);
      this.instances.delete(name);
    }
    this.lastDefinition = this.compile(source);
    if (name !== undefined) this.definitions.set(name, this.lastDefinition);
    return this.lastDefinition;
  }

  private definition(name: string | undefined): Compiled {
    return this.found(name === undefined ? this.lastDefinition : this.definitions.get(name), name);
  }

  private instance(name: string | undefined): Loaded {
    return this.found(name === undefined ? this.lastInstance : this.instances.get(name), name);
  }

  private found<T>(item: T | undefined, name = ''): T {
    if (item !== undefined) return item;
    throw new Mismatch(`there is no ${name === '' ? 'module' : name}`);
  }

  private instantiate(compiled: Compiled): Instance {
    return new this.wasm.Instance(compiled.module, Object.fromEntries(this.registry));
  }

  private enter(compiled: Compiled, name: string | undefined): void {
    this.lastInstance = undefined;
    this.lastInstance = { instance: this.instantiate(compiled), shapes: exportShapes(compiled.bytes) };
    if (name !== undefined) this.instances.set(name, this.lastInstance);
  }

  private moduleAssertion(c: AssertModuleCommand): void {
    if (c.kind === 'assert_uninstantiable') {
      const compiled = this.compile(c.module);
      this.mustTrap(() => this.instantiate(compiled), c.text);
    } else if (c.kind === 'assert_unlinkable') {
      const compiled = this.compile(c.module);
      mustThrow(() => this.instantiate(compiled), [this.wasm.LinkError, TypeError]);
    } else {
      mustThrow(() => this.compile(c.module), [this.wasm.CompileError]);
    }
  }

  private actionCommand(c: ActionCommand): void {
    const { Exception } = this.wasm;
    switch (c.kind) {
      case 'action':
        this.perform(c.action, undefined);
        return;
      case 'assert_return':
        this.perform(c.action, c.expected);
        return;
      case 'assert_trap':
        this.mustTrap(() => this.perform(c.action, undefined), c.text);
        return;
      case 'assert_exhaustion': {
        const error = mustThrow(() => this.perform(c.action, undefined), [Error]);
        if (!isExhaustion(error)) throw error;
        return;
      }
      case 'assert_exception':
        if (Exception === undefined) throw new Mismatch('the engine has no exceptions');
        mustThrow(() => this.perform(c.action, undefined), [Exception]);
        return;
      case 'assert_suspension':
        throw new Mismatch('suspensions are not run yet');
    }
  }

  private mustTrap(run: () => unknown, text: string): void {
    const { message } = mustThrow(run, [this.wasm.RuntimeError]);
    if (!meansTrap(message, text)) throw new Mismatch(`trapped with "${message}", not with "${text}"`);
  }

  private perform(action: Action, expected: ActionCommand['expected'] | undefined): void {
    const { instance, shapes } = this.instance(action.module);
    if (!Object.hasOwn(instance.exports, action.field)) throw new Mismatch(`no export ${action.field}`);
    const item = instance.exports[action.field];
    const shape = shapes.get(action.field);
    if (shape !== undefined && isExact(action, expected, shape)) {
      const bound = this.adapt(shape.subject, item as object, shape.signature);
      runExactly(bound, shape, action, expected);
      return;
    }
    const { value } = item as { value?: unknown };
    const results = action.type === 'get' ? [value] : call(item, action, expected?.length);
    if (expected === undefined) return;
    if (results.length !== expected.length) throw new Mismatch(`${results.length} results, not ${expected.length}`);
    expected.forEach((v, i) => {
      if (!meetsJS(results[i], v)) throw new Mismatch(`result ${i} is ${show(results[i])}, not ${JSON.stringify(v)}`);
    });
  }
}

function skipReason(command: Command): string | undefined {
  if (!('module' in command) || typeof command.module === 'string') return undefined;
  if (command.kind.endsWith('_custom')) return 'contents of a custom section do not make a module wrong for execution';
  return command.kind === 'assert_malformed' && command.module.form !== 'binary' ? TEXT_ONLY : undefined;
}

/** Whether bits must survive, so that the call goes through an adapter. */
function isExact(action: Action, expected: ActionCommand['expected'] | undefined, shape: ExportShape): boolean {
  const { params, results } = shape.signature;
  return (
    [...params, ...results].some((t) => t === 'v128' || isNullType(t)) ||
    action.args.some(needsBits) ||
    (expected?.some(needsBits) ?? false)
  );
}

function runExactly(
  bound: Bound,
  { signature }: ExportShape,
  action: Action,
  expected: ActionCommand['expected'] | undefined,
): void {
  action.args.forEach((v, i) => {
    writeValue(bound.view, i * SLOT, v);
  });
  bound.run();
  if (expected === undefined) return;
  if (expected.length !== signature.results.length) throw new Mismatch(`${signature.results.length} results`);
  expected.forEach((v, i) => {
    const at = bound.results + i * SLOT;
    if (meetsBits(bound.view, at, v)) return;
    throw new Mismatch(`result ${i} is ${showBits(bound.view, at, signature.results[i]!)}, not ${JSON.stringify(v)}`);
  });
}

/** An ordinary call from JavaScript: no result is `undefined`, several are an array. */
function call(item: unknown, action: Action, count: number | undefined): unknown[] {
  const result = (item as (...args: unknown[]) => unknown)(...action.args.map(toJS));
  if (result === undefined && count !== 1) return [];
  return count !== 1 && Array.isArray(result) ? result : [result];
}

function mustThrow(run: () => unknown, classes: readonly (abstract new (...args: never[]) => Error)[]): Error {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Mismatch) && classes.some((c) => error instanceof c)) return error as Error;
    throw error;
  }
  throw new Mismatch('nothing was thrown');
}

function describe(command: Command, error: unknown): string {
  const what = 'action' in command ? `${command.action.type} ${JSON.stringify(command.action.field)}: ` : '';
  const { name, message } = error as Error;
  return `${what}${error instanceof Mismatch ? '' : `${name}: `}${message}`.slice(0, 300);
}
