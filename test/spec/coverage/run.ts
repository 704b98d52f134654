/**
 * `npm run coverage`: which instructions the specification's tests never execute. The modules are instrumented, and run as
 * the tests ask by one of the generators, which knows more instructions than any one engine.
 */
import { OP, OPS } from '../../../src/wasm/opcodes.ts';
import { findSuite, listScripts, MISSING_SUITE, scriptLoader } from '../convert/load.ts';
import { type Instance, loadEngine, type Namespace } from '../engines.ts';
import { executor } from '../execute.ts';
import { GLOBALS, instrument } from './instrument.ts';

const HELP = `usage: npm run coverage [-- PATTERN...]

Lists the instructions that the specification's tests never execute, by feature; only the scripts whose path contains
a PATTERN, if any is given. Exit code 0, or 2 when the suite is absent.`;

/** A namespace whose modules are instrumented, and a function that collects what its instances have counted. */
function counting(wasm: Namespace): { wasm: Namespace; collect: (into: bigint[]) => void } {
  const instances: Instance[] = [];
  class Module extends (wasm.Module as new (bytes: Uint8Array) => object) {
    constructor(bytes: Uint8Array) {
      super(instrument(bytes));
    }
  }
  class Counted extends (wasm.Instance as new (module: object, imports: object) => Instance) {
    constructor(module: object, imports: object) {
      super(module, imports);
      instances.push(this);
    }
  }
  const collect = (into: bigint[]): void => {
    for (const { exports } of instances) {
      GLOBALS.forEach((name, i) => {
        const global = exports[name] as { value: bigint } | undefined;
        if (global !== undefined) into[i] = (into[i] ?? 0n) | BigInt.asUintN(64, global.value);
      });
    }
    instances.length = 0;
  };
  return { wasm: { ...classes(wasm), Module, Instance: Counted as unknown as Namespace['Instance'] }, collect };
}

/** The namespace's members, which are not enumerable, as a plain object. */
function classes(wasm: Namespace): Namespace {
  const names = Object.getOwnPropertyNames(wasm) as (keyof Namespace)[];
  return Object.fromEntries(names.map((name) => [name, wasm[name]])) as unknown as Namespace;
}

async function main(patterns: readonly string[]): Promise<void> {
  const suite = findSuite();
  if (suite === undefined) {
    process.stderr.write(`error: ${MISSING_SUITE}\n`);
    process.exit(2);
  }
  const load = scriptLoader();
  const bits: bigint[] = [];
  const { wasm, collect } = counting(await loadEngine('wavm'));
  const run = executor(wasm);
  let passed = 0;
  for (const file of listScripts(suite, patterns)) {
    passed += run(await load(file)).filter((o) => o.status === 'passed').length;
    collect(bits);
  }
  const executed = (op: number): boolean => (((bits[op >> 6] ?? 0n) >> BigInt(op & 63)) & 1n) === 1n;
  const missing = OPS.filter(({ op }) => !executed(op) && op !== OP.delegate);
  const features = new Set(missing.map((o) => o.feature));
  for (const feature of features) {
    const names = missing.filter((o) => o.feature === feature).map((o) => o.name);
    console.log(`${feature}: ${names.join(' ')}`);
  }
  console.log(`${OPS.length - missing.length} of ${OPS.length} instructions executed by ${passed} commands`);
}

const args = process.argv.slice(2);
if (args.includes('-h') || args.includes('--help')) console.log(HELP);
else await main(args);
