/** Constants of addresses that move to the operand that does not wait: where they do, where they must not, and exactly. */
import { describe, expect, it } from 'vitest';
import { behaviour, reference } from '../../golden/behaviour.ts';
import { loadEngine } from '../../spec/engines.ts';
import { assemble, count, lower, through } from '../../support/func-ir.ts';

const byte = '(i32.load8_u (local.get 0))';
const crc = '(local.get 1)';
const low = (x: string, mask = 255): string => `(i32.and ${x} (i32.const ${mask}))`;
const xor = (a: string, b: string): string => `(i32.xor ${a} ${b})`;
const words = (x: string): string => `(i32.shl ${x} (i32.const 2))`;
const plus = (x: string, n: number): string => `(i32.add ${x} (i32.const ${n}))`;

/** A loop that loads from a table by this instruction, and takes what it has loaded to the next round. */
const looped = (load: string): string => `(module (memory 1)
  (func (export "fill") (local i32)
    (loop (i32.store8 (local.get 0) (i32.mul (local.get 0) (i32.const 167)))
      (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 65536)))))
  (func (export "f") (param i32) (result i32) (local i32)
    (local.set 0 (i32.add (i32.and (local.get 0) (i32.const 255)) (i32.const 9)))
    (loop
      (local.set 1 (i32.xor ${load} (i32.shr_u (local.get 1) (i32.const 8))))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1)))`;

/** Does a constant move? It becomes an exclusive or of its own. */
async function moves(load: string): Promise<boolean> {
  const ir = through(await lower(looped(load), 1), 'copies', 'dce', 'fold', 'bits');
  const before = count(ir, 'i32.xor');
  return count(through(ir, 'recurrences'), 'i32.xor') > before;
}

const MOVED = [
  ['a static offset', `(i32.load offset=1024 ${words(xor(low(crc), byte))})`],
  ['an addition', `(i32.load ${plus(words(xor(low(crc), byte)), 4096)})`],
  ['operands the other way round', `(i32.load offset=1024 ${words(xor(byte, low(crc)))})`],
  ['a mask around both', `(i32.load offset=1024 ${words(low(xor(crc, byte)))})`],
  ['a table of bytes', `(i32.load8_u offset=256 ${xor(low(crc), byte)})`],
  ['a table of halves', `(i32.load16_u offset=512 (i32.shl ${low(xor(crc, byte))} (i32.const 1)))`],
] as const;
const STAYING = [
  ['an offset with bits of the index', `(i32.load offset=1020 ${words(xor(low(crc), byte))})`],
  ['an index of unknown width', `(i32.load offset=1024 ${words(xor(crc, byte))})`],
  [
    'operands that both wait',
    `(i32.load offset=1024 ${words(xor(low(crc), low('(i32.shr_u (local.get 1) (i32.const 3))')))})`,
  ],
  ['operands of which none waits', `(i32.load offset=1024 ${words(xor(low('(local.get 0)'), byte))})`],
  ['an operand with more bits than the mask', `(i32.load offset=1024 ${words(low(xor(crc, byte), 127))})`],
  ['a sum, which is no exclusive or', `(i32.load offset=1024 ${words(low(`(i32.add ${crc} ${byte})`))})`],
  ['an offset that is no multiple of the element', `(i32.load offset=4098 align=1 ${words(xor(low(crc), byte))})`],
] as const;

describe('the constant', () => {
  it.each(MOVED)('moves: %s', async (_, load) => expect(await moves(load)).toBe(true));
  it.each(STAYING)('stays: %s', async (_, load) => expect(await moves(load)).toBe(false));
});

it.each([...MOVED, ...STAYING])('the results are those of native WebAssembly: %s', async (_, load) => {
  const bytes = await assemble(looped(load));
  const native = behaviour(await reference(bytes), bytes);
  expect(native.length).toBeGreaterThan(1);
  expect(behaviour(await loadEngine('wavm'), bytes)).toEqual(native);
});
