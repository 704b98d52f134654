/**
 * `npm run nodiff -- FILE.wasm... [--seed N] [--brief]`: compares single modules; exit code 1 when one differs or cannot be compared. With
 * `--brief` it says no more than who differs, which is what a reducer of test cases needs.
 */
import { readFileSync } from 'node:fs';
import { parseOptions } from '../support/options.ts';
import { type Comparison, describeDifference, Engines } from './nodiff.ts';

const { values, positionals } = parseOptions({
  options: { seed: { type: 'string', default: '1' }, brief: { type: 'boolean', default: false } },
  allowPositionals: true,
});

function verdict({ differences, unsupported, exhausted, lines }: Comparison): string[] {
  if (lines === 0) return ['nothing compared: native WebAssembly refuses the module, or gives no answer in time'];
  if (values.brief) return [differences.map((d) => `${d.subject} differs`).join(', ') || 'no difference'];
  const found = [...unsupported, ...differences.map(describeDifference)];
  const end = exhausted.length > 0 ? `, then ${exhausted.join(', ')} out of stack` : '';
  return found.length > 0 ? found : [`no difference in ${lines} lines${end}`];
}

const engines = new Engines();
for (const file of positionals) {
  const result = await engines.nodiff(Uint8Array.from(readFileSync(file)), Number(values.seed));
  for (const line of verdict(result)) console.log(`${file}: ${line}`);
  if (result.differences.length > 0 || result.lines === 0) process.exitCode = 1;
}
engines.close();
