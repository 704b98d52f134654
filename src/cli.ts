#!/usr/bin/env node
/** The command line's entry: parses the arguments with commander and runs one of the subcommands in cli/. */
import { setFlagsFromString } from 'node:v8';
import { Command, CommanderError } from 'commander';
import { EXAMPLES } from './cli/help.ts';
import { inspectCommand } from './cli/inspect.ts';
import { report } from './cli/report.ts';
import { runCommand } from './cli/run.ts';
import { translateCommand } from './cli/translate.ts';
import { VERSION } from './package.ts';

// A compiler of many small functions spends a fifth less when V8 inlines less: most of a run is V8's own compilation.
setFlagsFromString('--max-inlined-bytecode-size-cumulative=200');

function program(): Command {
  const main = translateCommand(new Command('wasmelt'))
    .optionsGroup('Help:')
    .version(VERSION, '-V, --version', 'print the version')
    .description('Melts a WebAssembly module down to exact, optimised JavaScript, ahead of time.')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .addCommand(runCommand())
    .addCommand(inspectCommand())
    .addHelpText('after', EXAMPLES);
  for (const command of [main, ...main.commands]) {
    command
      .exitOverride()
      .showHelpAfterError(false)
      .configureHelp({ showGlobalOptions: false })
      .configureOutput({ outputError: () => undefined });
  }
  return main;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that went away (`| head`) is no error of ours.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = 0;
  else process.exitCode = report(error);
}
