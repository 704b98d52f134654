/** Tags in the text of `instantiate`: objects whose identity is what matches a throw with a catch. */
import { TYPE_NAMES } from '../../runtime/abi.ts';
import { valueText } from '../2-validate/keys.ts';
import { valueDescriptor } from '../5-emit/js/types.ts';
import type { ValType } from '../wasm/types.ts';
import { type LinkScope, quote } from './scope.ts';

export function importTag(scope: LinkScope, index: number, from: string): void {
  const key = quote(scope.typed.typeKey(scope.typed.module.tags[index]!.type));
  scope.line(`var ${scope.module.tag(index)} = ${scope.name('import_tag')}(${from}, ${key});`);
}

/** Declares a tag of the module's own, if something refers to it. */
export function writeTag(scope: LinkScope, index: number): void {
  if (!scope.uses.tags.has(index) && !scope.isExported('tag', index)) return;
  const { type } = scope.typed.module.tags[index]!;
  const { params } = scope.typed.funcType(type);
  const letters = params.map(letterOf);
  const names = letters.map(apiName);
  const plain = names.every((name) => name !== undefined);
  const made = `new ${scope.name('Tag')}({ parameters: ${JSON.stringify(plain ? names : [])} })`;
  const key = scope.typed.typeKey(type);
  const typed = plain && key === `${letters.join('')}:`;
  // Types of the module have numbers at run time only.
  const described = params.map((t) => valueDescriptor(scope, t)).join(' + ') || '""';
  const text = typed ? made : `${scope.name('with_type')}(${made}, ${quote(key)}, ${described})`;
  scope.line(`var ${scope.module.tag(index)} = ${text};`);
}

const letterOf = (t: ValType): string => valueText(t, String);

/** The type as the JS API's descriptors name it, if they can. */
function apiName(letter: string): string | undefined {
  return letter === 'r' ? 'anyfunc' : TYPE_NAMES[letter];
}
