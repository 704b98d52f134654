/** `wasmelt inspect IN.wasm`: what is in a module, for people or as JSON; or one function in the text format. */
import { Command } from 'commander';
import pc from 'picocolors';
import { reportText } from '../inspect/text.ts';
import { INSPECT_EXAMPLES } from './help.ts';
import { readInput } from './input.ts';
import { about, UsageError } from './report.ts';

interface Flags {
  readonly json?: true;
  readonly func?: string;
}

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('show what is in a module')
    .argument('<input>', 'a WebAssembly module, or - for standard input')
    .option('--func <index|name>', 'print this function in the text format')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', INSPECT_EXAMPLES)
    .action(show);
}

async function show(path: string, flags: Flags): Promise<void> {
  const { func, json } = flags;
  if (func !== undefined && json === true) throw new UsageError('--func and --json exclude each other');
  const { label, bytes } = await readInput(path);
  const text = await about(label, async () => {
    // On first use: the library that prints functions as text is large, and translation does without it.
    const { inspect, inspectFunction } = await import('../inspect/index.ts');
    if (func !== undefined) return inspectFunction(bytes, func);
    const report = inspect(bytes);
    return json === true ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, label, heading());
  });
  process.stdout.write(text);
}

function heading(): (text: string) => string {
  return pc.createColors(process.stdout.isTTY === true && pc.isColorSupported).bold;
}
