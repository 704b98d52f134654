/** Command-line options of the test runners: what is wrong is said in one line. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

export function parseOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message.split('\n')[0]} (--help shows the options)\n`);
    process.exit(2);
  }
}
