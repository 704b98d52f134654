/** Preloaded into translators that are commands: at exit, appends the process's peak resident memory (KiB) to a file. */
const { appendFileSync } = require('node:fs');

process.on('exit', () => appendFileSync(process.env.BENCH_PEAKS, `${process.resourceUsage().maxRSS}\n`));
