/** The JavaScript that wavm makes of the last function of a module, given as the module's fields. */
import { transpile } from '../../../../src/index.ts';
import { assemble } from '../../../support/func-ir.ts';

export async function emitted(fields: string, optimize: 'speed' | 'size' = 'speed'): Promise<string> {
  const bytes = await assemble(`(module ${fields})`);
  let last = '';
  const write = (text: string) => {
    last = text;
  };
  transpile(bytes, { optimize, verify: true, dump: { what: new Set(['js']), write } });
  return last;
}
