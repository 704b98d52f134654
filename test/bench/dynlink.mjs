/**
 * What calls across modules cost: loops that call one small function through a pointer of their own module, through one that
 * dlsym gave, through the GOT and through an import; native and both generators. Needs `npm run build`.
 *
 *     node test/bench/dynlink.mjs
 *
 * Times are CPU milliseconds, the best of several rounds in turn; the last column is the ratio that matters: through the GOT
 * over through a pointer of the module's own.
 */
import { readFileSync } from 'node:fs';
import { createDynlink } from '../../dist/runtime/index.js';
import { transpile } from '../../dist/src/index.js';

const CALLS = 4_000_000;
const ROUNDS = 40;
const guest = (name) => readFileSync(new URL(`../../fixtures/guests/dynlink/${name}.wasm`, import.meta.url));

async function load(backend, name) {
  const { code } = transpile(guest(name), { name: `${name}.wasm`, backend, library: true });
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

async function loops(backend) {
  const wasi = new Proxy({}, { get: () => () => 0, has: () => true });
  const libraries = {
    'libstep.wasm': await load(backend, 'libstep'),
    'libfarstep.wasm': await load(backend, 'libfarstep'),
  };
  const dynlink = createDynlink({ libraries });
  const { instantiate } = await load(backend, 'calls');
  const { exports } = instantiate({ env: dynlink.env, wasi_snapshot_preview1: wasi });
  dynlink.start(exports);
  const step = dynlink.open('libstep.wasm');
  exports.set_library(dynlink.symbol(step, 'step'));
  return {
    'own pointer': exports.run_own,
    dlsym: exports.run_library,
    'own pointer, in a library': step.exports.run_near,
    GOT: step.exports.run_got,
    import: step.exports.run_import,
  };
}

function time(run) {
  const before = process.cpuUsage();
  const result = run(CALLS);
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, result };
}

let failed = false;
for (const backend of ['wamr', 'wavm']) {
  const all = await loops(backend);
  const best = Object.fromEntries(Object.keys(all).map((name) => [name, Number.POSITIVE_INFINITY]));
  const results = new Set();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(all)) {
      const { ms, result } = time(run);
      best[name] = Math.min(best[name], ms);
      results.add(result);
    }
  }
  if (results.size !== 1) throw new Error(`${backend}: the loops give ${[...results].join(', ')}`);
  console.log(backend);
  for (const [name, ms] of Object.entries(best))
    console.log(`  ${name.padEnd(26)} ${((ms * 1e6) / CALLS).toFixed(2)} ns a call`);
  const ratios = [best.dlsym / best['own pointer'], best.GOT / best['own pointer, in a library']];
  console.log(`  dlsym over own ${ratios[0].toFixed(2)}, GOT over own ${ratios[1].toFixed(2)}`);
  if (ratios[1] > 1.3) failed = true;
}
process.exitCode = failed ? 1 : 0;
