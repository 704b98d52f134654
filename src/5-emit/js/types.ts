/**
 * Types in generated code (runtime/README.md, "Types"): a plain function type is a string of letters; any other type is an
 * object of the realm, in a variable. Value types are letters, `<anyref>` and the like, or what such an object says.
 */

import type { TypedModule } from '../../2-validate/typed.ts';
import type { ValType } from '../../wasm/types.ts';
import type { FuncScope } from './scope.ts';

/** A function type in these texts, as `split_type` takes it apart. */
export function boundaryText(typed: TypedModule, type: number): string {
  const { params, results } = typed.funcType(type);
  const text = (list: readonly ValType[]): string => list.map((t) => typed.valueText(t)).join('');
  return `${text(params)}:${text(results)}`;
}

/** The descriptor of a value type given as text (`TypedModule.valueText`): an expression. */
export function descriptorOf(scope: FuncScope, text: string): string {
  const at = text.indexOf('@');
  if (at < 0) return JSON.stringify(text);
  return `${scope.type(Number.parseInt(text.slice(at + 1), 10))}.${text.startsWith('<null') ? 'nullref' : 'ref'}`;
}
export function valueDescriptor(scope: FuncScope, t: ValType): string {
  return descriptorOf(scope, scope.module.typed.valueText(t));
}

/** The descriptor of a function type: an expression. */
export function funcDescriptor(scope: FuncScope, type: number): string {
  const plain = scope.module.typed.plainKey(type);
  return plain === undefined ? scope.type(type) : JSON.stringify(plain);
}

/** The function in `element`, an expression, if its type is `type` or below it: traps otherwise. */
export function checkedFunc(scope: FuncScope, element: string, type: number): string {
  const check = scope.module.typed.plainKey(type) === undefined ? 'check_func_type' : 'check_func';
  return `${scope.libcall(check)}(${element}, ${funcDescriptor(scope, type)})`;
}
