/**
 * `WebAssembly` whose functions come from both generators: those numbered `MIXED_FROM` to before `MIXED_TO` from wavm, the
 * others from wamr (they share the ABI). Functions are numbered through all modules in order of compilation. With
 * `MIXED_LIST` as a file name, a line of JSON is appended for each module: its first number, and its functions.
 */
import { appendFileSync } from 'node:fs';
import { Script } from 'node:vm';
import * as runtime from '../../runtime/index.ts';
import { createWebAssembly } from '../../runtime/js-api/namespace.ts';
import * as objects from '../../runtime/js-api/objects.ts';
import { decode } from '../../src/1-decode/index.ts';
import { validate } from '../../src/2-validate/index.ts';
import { refuseUnsupported } from '../../src/2-validate/support.ts';
import { ModuleScope } from '../../src/5-emit/js/scope.ts';
import { linkScript } from '../../src/6-link/index.ts';
import { BACKENDS } from '../../src/backends.ts';
import { settings } from '../../src/options.ts';

type Instantiate = (imports: object | undefined) => { readonly exports: object };

const from = Number(process.env.MIXED_FROM ?? 0);
const to = Number(process.env.MIXED_TO ?? Number.POSITIVE_INFINITY);
let next = 0;

function compile(bytes: Uint8Array) {
  const typed = validate(decode(bytes.slice()));
  refuseUnsupported(typed);
  const { module } = typed;
  const scope = new ModuleScope(typed);
  const first = next;
  const defined = module.funcs.filter((f) => f.import === undefined);
  next += defined.length;
  const codes = defined.map((func, i) => {
    const backend = first + i >= from && first + i < to ? 'wavm' : 'wamr';
    return BACKENDS[backend](typed, func, scope, settings({ backend }));
  });
  if (process.env.MIXED_LIST) {
    const functions = defined.map((f, i) => ({
      index: f.index,
      bytes: f.end - f.start,
      name: module.names.funcs.get(f.index),
      code: first + i >= from && first + i < to ? codes[i]!.code : undefined,
    }));
    appendFileSync(process.env.MIXED_LIST, `${JSON.stringify({ first, size: bytes.length, functions })}\n`);
  }
  const filename = `mixed-${first}.js`;
  const make = new Script(linkScript(scope, codes), { filename }).runInThisContext() as (names: object) => Instantiate;
  const kind = (k: string) => (k === 'func' ? 'function' : k) as 'function';
  return {
    imports: module.imports.map((i) => ({ module: i.name.module, name: i.name.field, kind: kind(i.kind) })),
    exports: module.exports.map((e) => ({ name: e.name, kind: kind(e.kind) })),
    customs: module.customs.map((c) => ({ name: c.name, bytes: module.bytes.slice(c.start, c.end) })),
    instantiate: make({ ...runtime, ...objects }),
  };
}

Object.defineProperty(globalThis, 'WebAssembly', { value: createWebAssembly(compile), configurable: true });
