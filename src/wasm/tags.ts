/** Tags of exceptions, as far as their types tell what they may be. */
import type { WasmModule } from './module.ts';
import { isRef } from './types.ts';

/** May the tag be that of JavaScript's exceptions (JS API 5.11), whose payload, one externref, is what is thrown? */
export function mayBeJS(module: WasmModule, tag: number): boolean {
  const { type, import: from } = module.tags[tag]!;
  const { composite } = module.types[type]!;
  if (from === undefined || composite.kind !== 'func') return false;
  return composite.params.length === 1 && isRef(composite.params[0]!);
}
