/** WABT: assembles a small module, prints a large one. */
import { readFileSync } from 'node:fs';
import { packageFile, require } from '../support.mjs';

const SOURCE =
  '(module (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 41))) (memory 1) (data (i32.const 0) "hi"))';

export async function run() {
  const wabt = await require('wabt')();
  const small = wabt.parseWat('t.wat', SOURCE);
  small.resolveNames();
  small.validate();
  const binary = small.toBinary({ log: true });
  const large = wabt.readWasm(readFileSync(packageFile('web-tree-sitter/web-tree-sitter.wasm')), {
    readDebugNames: true,
  });
  large.generateNames();
  large.applyNames();
  return binary.log + Buffer.from(binary.buffer).toString('hex') + large.toText({ foldExprs: true });
}
