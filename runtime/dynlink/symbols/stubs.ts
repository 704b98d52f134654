/**
 * Functions that stand for others: a library can be instantiated before what it calls exists, in circles of libraries, and
 * where lazy binding allows what is missing to come later. Translated code calls their raw function, which passes everything
 * on as it is; native code and JavaScript call the function itself.
 */
import { trap } from '../../core/trap.ts';
import type { RawFunction } from '../../core/types.ts';
import { bind_func, describe_func, raw_of } from '../../vm/value.ts';
import type { AnyFunction } from '../program/guest.ts';
import { type_text } from './symbols.ts';

/** `target` is asked at the first call, until it gives a function; it throws where there will be none. */
export function stub(name: string, type: string | undefined, target: () => AnyFunction): AnyFunction {
  let found: AnyFunction | undefined;
  const exported: AnyFunction = (...args) => {
    found ??= target();
    return found(...args);
  };
  if (type === undefined) return exported;
  let inner: AnyFunction | undefined;
  const raw: AnyFunction = (...args) => {
    inner ??= raw_target(name, type, target());
    return inner(...args);
  };
  return bind_func(describe_func(raw as RawFunction, type, name), exported);
}

function raw_target(name: string, type: string, target: AnyFunction): AnyFunction {
  const raw = raw_of(target);
  if (raw?.t !== type) trap(`symbol ${name} is no function ${type_text(type)}`);
  return raw as AnyFunction;
}
