/** Run by `npm run build`: leaves the pack beside the compiled runtime. */
import { writeFileSync } from 'node:fs';
import { makePack } from './make.ts';
import { PACK } from './places.ts';

writeFileSync(PACK, JSON.stringify(makePack()));
