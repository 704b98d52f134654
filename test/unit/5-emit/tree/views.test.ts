/** Where an innermost loop reads the views of its memory. */
import { describe, expect, it } from 'vitest';
import { emitted } from './emitted.ts';

/** A function that runs `body` until its parameter, a counter, is zero. */
const looping = (body: string): Promise<string> =>
  emitted(`(memory 1) (global $g (mut i32) (i32.const 0)) (func (export "f") (param $n i32)
    (loop $l ${body} (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 4))))))`);
const byte = (offset: number): string =>
  `(global.set $g (i32.xor (global.get $g) (i32.load8_u offset=${offset} (local.get $n))))`;
const word = (offset: number): string =>
  `(global.set $g (i32.xor (global.get $g) (i32.load offset=${offset} (i32.shl (local.get $n) (i32.const 2)))))`;

describe('views of memories in loops', () => {
  it('are read before a loop of words', async () =>
    expect(await looping(word(0) + word(4))).toMatch(/v0 = \$v0\$\.dv;\n +do \{/));
  it('are read at the top of a loop of bytes', async () =>
    expect(await looping(byte(0) + byte(1) + byte(2))).toMatch(/do \{\n +v0 = \$v0\$\.dv;\n/));
  it('are read before the loop where both occur', async () =>
    expect(await looping(byte(0) + word(0))).toMatch(/v\d = \$v0\$\.dv;.*\n +do \{\n(?! +v)/));
  it('are as many as the memory has of kinds, where it is shared', async () => {
    const body = `(loop $l ${byte(0) + word(0)} (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 4)))))`;
    const js = await emitted(
      `(memory 1 1 shared) (global $g (mut i32) (i32.const 0)) (func (export "f") (param $n i32) ${body})`,
    );
    expect(js).toMatch(/v0 = \$v0\$\.u8; v1 = \$v0\$\.i32;\n +do \{/);
  });
  it('are read before a loop whose condition uses them', async () => {
    const loop = await emitted(`(memory 1) (func (export "f") (param $n i32)
      (block $out (loop $l
        (br_if $out (i32.load8_u (local.get $n)))
        (i32.store8 offset=1 (local.get $n) (local.get $n))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br $l))))`);
    expect(loop).toMatch(/v0 = \$v0\$\.dv;\n +while \(!v0\.getUint8/);
  });
  it('have no locals for a few loads', async () => {
    expect(await looping(byte(0) + byte(1))).not.toContain('v0 =');
    expect(await looping(word(0))).not.toContain('v0 =');
  });
  it('have no locals in loops of integers that compute much for each access', async () => {
    const much = '(global.set $g (i32.add (i32.mul (global.get $g) (i32.const 77)) (local.get $n)))'.repeat(16);
    expect(await looping(word(0) + word(4) + much)).not.toContain('v0 =');
    const float = '(global.set $g (i32.trunc_sat_f64_s (f64.load (i32.shl (local.get $n) (i32.const 3)))))';
    expect(await looping(word(0) + float + much)).toContain('v0 =');
  });
  it('have no locals where a call or a switch may come between', async () => {
    expect(await looping(`${word(0) + word(4)} (drop (memory.grow (i32.const 0)))`)).not.toContain('v0 =');
    const table = '(block $a (block $b (br_table $a $b (local.get $n))))';
    expect(await looping(word(0) + word(4) + table + word(8))).not.toMatch(/v0 =[^}]*switch/);
  });
});
