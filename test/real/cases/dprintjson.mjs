/** dprint's JSON formatter: Rust whose call_indirect has a padded table index. */
import { readFileSync } from 'node:fs';
import { createFromBuffer } from '@dprint/formatter';
import { packageFile, packageText } from '../support.mjs';

export async function run() {
  const formatter = createFromBuffer(readFileSync(packageFile('@dprint/json/plugin.wasm')));
  formatter.setConfig?.({ indentWidth: 2, lineWidth: 60 }, {});
  const fileText = `/*c*/${JSON.stringify(JSON.parse(packageText('undici/package.json')))}`;
  return formatter.formatText({ filePath: 'a.json', fileText });
}
