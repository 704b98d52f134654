/**
 * Runs one case in this process, on whatever `globalThis.WebAssembly` is, and prints one line of JSON:
 * `{ digest, length, ms }`, or `{ error }` with exit code 0 where the case threw.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';

async function main(name) {
  // Workers and timers of some packages would keep the process alive.
  const finish = (result) => {
    writeSync(1, `\n${JSON.stringify(result)}\n`);
    process.exit(0);
  };
  // Emscripten's glue turns errors in callbacks into uncaught ones.
  process.on('uncaughtException', (error) => finish({ error: describe(error) }));
  process.on('unhandledRejection', (error) => finish({ error: describe(error) }));
  const start = performance.now();
  try {
    const { run } = await import(`./cases/${name}.mjs`);
    const output = String(await run());
    const ms = performance.now() - start;
    const digest = createHash('sha256').update(output).digest('hex').slice(0, 16);
    if (process.env.REAL_OUTPUT) writeSync(2, output);
    finish({ digest, length: output.length, ms });
  } catch (error) {
    finish({ error: describe(error) });
  }
}

function describe(error) {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

await main(process.argv[2]);
