/** The three error classes of the JS API (section 5.10): callable without `new`, as native errors are. */
import { Trap } from '../core/trap.ts';
import { LinkError as LinkErrorClass } from '../vm/link.ts';

export interface ErrorClass<E extends Error = Error> {
  new (message?: string, options?: ErrorOptions): E;
  (message?: string, options?: ErrorOptions): E;
  readonly prototype: E;
}

/** The class under its JS API name; a plain call constructs. Its instances' `constructor` is the result. */
function errorClass<E extends Error>(
  base: new (message?: string, options?: ErrorOptions) => E,
  name: string,
  made: (error: E) => void = () => {},
) {
  Object.defineProperty(base, 'name', { value: name, configurable: true });
  const construct = (target: typeof base, args: unknown[], newTarget: object): E => {
    const error = Reflect.construct(target, args, newTarget as typeof base) as E;
    made(error);
    return error;
  };
  const apply = (target: typeof base, _this: unknown, args: unknown[]): E => construct(target, args, callable);
  const callable = new Proxy(base, { apply, construct });
  Object.defineProperty(base.prototype, 'constructor', { value: callable, writable: true, configurable: true });
  return callable as ErrorClass<E>;
}

class CompileErrorBase extends Error {
  override get name(): string {
    return 'CompileError';
  }
}

export const CompileError = errorClass(CompileErrorBase, 'CompileError');
export const LinkError = errorClass(LinkErrorClass, 'LinkError');
/** What traps are instances of. One that a host makes is no trap: handlers of exceptions see it. */
export const RuntimeError = errorClass(Trap, 'RuntimeError', (error) => {
  Object.defineProperty(error, 'wasm_kind', { value: 'error' });
});
