/**
 * The script that runs in the shell of a JavaScript engine: `spec.js JOB LIST`, where LIST is a JSON file of scripts with
 * their converted files. Prints a line `result {…}` after each script.
 */
import './shell-globals.ts';
import type { Command } from '../convert/commands.ts';
import type { EngineName } from '../engines.ts';
import { loadEngine } from '../engines.ts';
import { executor } from '../execute.ts';
import { scriptResult } from '../outcome.ts';

interface Listed {
  readonly folder: string;
  readonly path: string;
  readonly converted: string;
}
interface Shell {
  /** JavaScriptCore's and SpiderMonkey's: a file's text. */
  readonly readFile?: (path: string) => string;
  readonly read?: (path: string) => string;
  readonly print: (line: string) => void;
  readonly arguments?: readonly string[];
  readonly scriptArgs?: readonly string[];
}

const shell = globalThis as unknown as Shell;
const read = (path: string): string => (shell.readFile ?? shell.read)!(path);

async function main(job: EngineName, list: string): Promise<void> {
  const run = executor(await loadEngine(job));
  for (const { folder, path, converted } of JSON.parse(read(list)) as Listed[]) {
    const commands = JSON.parse(read(converted)) as Command[];
    shell.print(`result ${JSON.stringify(scriptResult(folder, path, run({ folder, path, commands })))}`);
  }
}

const [job, list] = (shell.scriptArgs ?? shell.arguments) as [EngineName, string];
main(job, list).catch((error: unknown) => {
  shell.print(`died: ${String(error)} ${(error as { stack?: string } | undefined)?.stack}`);
});
