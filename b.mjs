import {build} from 'esbuild';
await build({entryPoints:['dist/src/cli.js','dist/src/jobs/worker.js','dist/src/index.js'],bundle:true,splitting:true,format:'esm',platform:'node',packages:'external',outdir:'out/src',outbase:'dist/src',target:'node20',chunkNames:'c/[name]-[hash]'});
