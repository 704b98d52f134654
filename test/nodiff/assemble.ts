/** Assembles text files, each to a .wasm beside it: `node --import ./test/support/ts.mjs test/nodiff/assemble.ts FILE...` */
import { readFileSync, writeFileSync } from 'node:fs';
import { assembler } from './wat.ts';

const assemble = assembler();
for (const file of process.argv.slice(2)) {
  writeFileSync(file.replace(/\.wat$/, '.wasm'), await assemble(readFileSync(file, 'utf8')));
}
