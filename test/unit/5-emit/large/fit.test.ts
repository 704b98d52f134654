/** Functions that are above V8's limit by what has few nodes. */
import { expect, it } from 'vitest';
import { loadEngine } from '../../../spec/engines.ts';
import { assemble } from '../../../support/func-ir.ts';

it('is large by the operands of its calls alone', async () => {
  const params = 400;
  const call = `(local.set 1 (i32.add (local.get 1) (call $last ${'(local.get 0) '.repeat(params - 1)} (local.get 1))))`;
  const fields = `(memory 1) (data (i32.const 8) "\\02")
    (func $last (param ${'i32 '.repeat(params)}) (result i32) (local.get ${params - 1}))
    (table funcref (elem $last))
    (func (export "f") (param i32) (result i32) (local i32)
      (local.set 1 (i32.load (local.get 0)))
      ${call.repeat(40)} (local.get 1))`;
  const engine = await loadEngine('wavm');
  const module = new engine.Module(await assemble(`(module ${fields})`));
  const { f } = new engine.Instance(module, {}).exports as { f(k: number): number };
  expect(f(8)).toBe(Number(BigInt.asIntN(32, 2n << 40n)));
  expect(f(4)).toBe(0);
});
