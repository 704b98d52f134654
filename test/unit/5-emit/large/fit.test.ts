/** Functions that are above V8's limit by what has few nodes. */
import { expect, it } from 'vitest';
import { loadEngine } from '../../../spec/engines.ts';
import { assemble } from '../../../support/func-ir.ts';

it('is large by its branch table alone', async () => {
  const targetOf = (k: number): number => (k * 7919) % 2;
  const table = Array.from({ length: 60_000 }, (_, k) => targetOf(k)).join(' ');
  const fields = `(func (export "f") (param i32) (result i32)
    (block $c (block $b (block $a (br_table ${table} 2 (local.get 0))) (return (i32.const 5))) (return (i32.const 6)))
    (i32.const 7))`;
  const engine = await loadEngine('wavm');
  const module = new engine.Module(await assemble(`(module ${fields})`));
  const { f } = new engine.Instance(module, {}).exports as { f(k: number): number };
  for (const k of [0, 1, 2, 12_345, 59_999]) expect(f(k)).toBe(5 + targetOf(k));
  expect(f(60_000)).toBe(7);
});
