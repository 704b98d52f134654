/** References in constant expressions (spec 3.4.14): objects are made by the same text as in functions. */
import type { OperatorReader } from '../1-decode/operators.ts';
import { atom, type Js } from '../5-emit/js/expr.ts';
import {
  arrayOf,
  defaultParts,
  elementKind,
  fixedElements,
  newElements,
  newObject,
  structOf,
} from '../5-emit/js/objects.ts';
import type { StorageType } from '../wasm/types.ts';
import type { LinkScope } from './scope.ts';

/** What an operand of a constant expression is: text of its parts, low to high. */
export interface Parts {
  readonly text: string;
  readonly high: string;
  readonly lanes?: readonly string[];
}
/** The parts as the ABI has them: of an i64 two, of a v128 four. */
export function slots({ text, high, lanes }: Parts): string[] {
  return high === '' ? [text, ...(lanes ?? [])] : [text, high];
}

/** The text of an instruction on references whose operands are taken off `stack`; undefined for all others. */
export function referenceConstant(
  scope: LinkScope,
  r: OperatorReader,
  name: string,
  stack: Parts[],
): string | undefined {
  const { types } = scope.typed.module;
  const take = (count: number): Js[] =>
    stack
      .splice(stack.length - count, count)
      .flatMap(slots)
      .map(atom);
  const element = (): StorageType => arrayOf(types, r.index).field.type;
  const array = (elements: Js): string => newObject(scope, r.index, [elements]).text;
  switch (name) {
    case 'ref.i31':
      return `(${take(1)[0]!.text} << 1 >> 1)`;
    case 'any.convert_extern':
      return `${scope.libcall('any_convert_extern')}(${take(1)[0]!.text})`;
    case 'extern.convert_any':
      return `${scope.libcall('extern_convert_any')}(${take(1)[0]!.text})`;
    case 'struct.new':
      return newObject(scope, r.index, take(structOf(types, r.index).fields.length)).text;
    case 'struct.new_default':
      return newObject(
        scope,
        r.index,
        structOf(types, r.index).fields.flatMap((f) => defaultParts(f.type)),
      ).text;
    case 'array.new': {
      const count = take(1)[0]!;
      return array(newElements(scope, elementKind(element()), take(1), count));
    }
    case 'array.new_default':
      return array(newElements(scope, elementKind(element()), defaultParts(element()), take(1)[0]!));
    case 'array.new_fixed':
      return array(fixedElements(elementKind(element()), take(r.index2)));
    default:
      return undefined;
  }
}
