/** The adapter of Binaryen's wasm2js: its command, and its output made a factory that takes imports. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { wideImports } from './wide-imports.mjs';

const require = createRequire(import.meta.url);

/**
 * Binaryen's wasm2js -O3. Saturating i64 conversions, which it cannot read, are lowered by wasm-opt before.
 */
export function wasm2js(wasm, out) {
  const raw = `${out}.raw`;
  try {
    binaryen('wasm2js', ['-all', '-O3', wasm, '-o', raw]);
  } catch {
    const lowered = `${out}.wasm`;
    binaryen('wasm-opt', ['-all', '--llvm-nontrapping-fptoint-lowering', wasm, '-o', lowered]);
    binaryen('wasm2js', ['-all', '-O3', lowered, '-o', raw]);
    rmSync(lowered);
  }
  writeFileSync(out, asFactory(readFileSync(raw, 'utf8'), wideImports(readFileSync(wasm))));
  rmSync(raw);
}

function binaryen(tool, args) {
  const script = join(dirname(require.resolve('binaryen/package.json')), 'bin', tool);
  execFileSync(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 28 });
}

/**
 * Makes a factory of wasm2js's ES module, which imports its host functions by bare specifiers and instantiates at
 * once. The generated code itself stays untouched, at the top level of the module, and still runs once. Host functions
 * with i64 parameters get them as BigInt.
 */
function asFactory(text, wide) {
  const at = text.indexOf('\nvar retasmFunc = asmFunc({');
  const end = text.indexOf('});', at) + 3;
  const bindings = [];
  const body = text.slice(0, at).replace(/^import \* as (\S+) from '(.*)';$/gm, (_, local, name) => {
    const key = JSON.stringify(name);
    bindings.push(`  const ${local} = widen(imports[${key}], ${JSON.stringify(wide[name] ?? {})});\n`);
    return '';
  });
  // An imported memory is what the importer provides; wasm2js would make one of its own, under a name that hides the functions.
  const call = text.slice(at + 1, end).replace(/^ *"\S+": \{\s*\S+: \{ buffer : memasmFunc \}\s*\},\n/m, '');
  return `${body}
${widen}
export function instantiate(imports) {
${bindings.join('')}  ${call}
  return { exports: retasmFunc };
}
`;
}

/** Printed into the factory: joins the halves of i64 parameters. */
function widen(functions, positions) {
  const wrapped = { ...functions };
  for (const [name, places] of Object.entries(positions)) {
    wrapped[name] = (...args) => {
      const joined = (at) => BigInt.asIntN(64, (BigInt(args[at + 1]) << 32n) | BigInt(args[at] >>> 0));
      for (const at of places) args.splice(at, 2, joined(at));
      return functions[name](...args);
    };
  }
  return wrapped;
}
