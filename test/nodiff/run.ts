/** `npm run nodiff -- FILE.wasm... [--seed N]`: compares single modules; exit code 1 when one differs. */
import { readFileSync } from 'node:fs';
import { parseOptions } from '../support/options.ts';
import { describeDifference, Engines } from './nodiff.ts';

const { values, positionals } = parseOptions({
  options: { seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const engines = new Engines();
for (const file of positionals) {
  const result = await engines.nodiff(Uint8Array.from(readFileSync(file)), Number(values.seed));
  for (const u of result.unsupported) console.log(`${file}: ${u}`);
  for (const d of result.differences) console.log(`${file}: ${describeDifference(d)}`);
  if (result.differences.length > 0) process.exitCode = 1;
  else
    console.log(
      `${file}: no difference in ${result.lines} lines${result.exhausted.length > 0 ? ', then out of stack' : ''}`,
    );
}
engines.close();
