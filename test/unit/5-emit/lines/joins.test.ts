/** Assignments that become part of the statement behind them, and those that must not. */
import { describe, expect, it } from 'vitest';
import { join } from '../../../../src/5-emit/lines/joins.ts';
import { assemble } from '../../../support/func-ir.ts';
import { translatedWebAssembly } from '../../../support/translated.ts';
import { emitted } from '../tree/emitted.ts';

describe('an assignment joins', () => {
  it.each([
    ['i0 = f(p0);', 'g(i0, 4);', 'g(i0 = f(p0), 4);'],
    ['i0 = f(p0);', 'i1 = i0;', 'i1 = i0 = f(p0);'],
    ['i0 = f(p0);', 'return i0;', 'return i0 = f(p0);'],
    ['i0 = p0 + 1 | 0;', 'i1 = i0 + 4 | 0;', 'i1 = (i0 = p0 + 1 | 0) + 4 | 0;'],
    ['i0 = f(p0);', 'if (i0) {', 'if (i0 = f(p0)) {'],
    ['i0 = f(p0);', 'if (p1 === i0) break;', 'if (p1 === (i0 = f(p0))) break;'],
    ['i0 = f(p0);', '} while (i0 !== p1);', '} while ((i0 = f(p0)) !== p1);'],
    ['i0 = f(p0);', 'switch (i0) {', 'switch (i0 = f(p0)) {'],
    ['i0 = f(p0);', 'g(p1, Math.imul(p1, 3) + i0);', 'g(p1, Math.imul(p1, 3) + (i0 = f(p0)));'],
    ['i0 = f(p0);', '$g0$.v = i0;', '$g0$.v = i0 = f(p0);'],
    ['i0 = 0;', 'i1 = 0;', 'i1 = i0 = 0;'],
    ['i1 = i0 = p0;', 'i2 = p0;', 'i2 = i1 = i0 = p0;'],
    ['i0 = f(p0);', 'i1 = g(i0); i2 = $hi[0];', 'i1 = g(i0 = f(p0)); i2 = $hi[0];'],
  ])('%s %s', (before, after, both) => {
    expect(join(before, after)).toBe(both);
  });
});

describe('an assignment stays', () => {
  it.each([
    ['not read', 'i0 = f(p0);', 'g(i1);'],
    ['another name', 'i0 = f(p0);', 'g(i00);'],
    ['a property', 'i0 = f(p0);', 'g(a.i0);'],
    ['behind a call', 'i0 = f(p0);', 'i1 = g(p1) + i0;'],
    ['behind a global', 'i0 = f(p0);', 'i1 = $g0$ + i0;'],
    ['behind a view', 'i0 = f(p0);', 'i1 = $v0$.i32[4] + i0;'],
    ['behind a condition', 'i0 = f(p0);', 'i1 = p1 ? i0 : 0;'],
    ['behind an and', 'i0 = f(p0);', 'if (p1 && i0) {'],
    ['behind an or', 'i0 = f(p0);', 'if (p1 || i0) {'],
    ['what it changes is read first', 'i0 = f(i1 = p0);', 'g(i1, i0);'],
    ['the head of a loop', 'i0 = f(p0);', 'while (i0) {'],
    ['no assignment', 'f(p0);', 'g(i0);'],
    ['another literal', 'i0 = 0;', 'i1 = 1;'],
    ['two statements', 'i0 = f(p0); i1 = $hi[0];', 'g(i1);'],
  ])('%s', (_, before, after) => {
    expect(join(before, after)).toBeUndefined();
  });
});

/** The export `f` of a module, by native WebAssembly or by ours. */
function instance(api: ReturnType<typeof translatedWebAssembly>, module: Uint8Array): (n: number) => number {
  return Reflect.get(new api.Instance(new api.Module(module)).exports, 'f');
}

describe('heads that are written anew keep what has joined them', () => {
  it('a switch that gets a label, and an if without a first arm', async () => {
    const text = `(func (export "f") (param i32) (result i32) (local i32)
      (block $out (block $b (block $a
        (local.set 1 (i32.and (local.get 0) (i32.const 3)))
        (br_table $a $b $out (local.get 1)))
        (loop $l
          (br_if $out (i32.gt_s (local.get 0) (i32.const 50)))
          (local.set 0 (i32.add (local.get 0) (i32.const 7)))
          (br $l)))
        (local.set 0 (i32.const 99)))
      (local.set 0 (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 8))))
      (local.set 1 (i32.rem_u (local.get 0) (i32.const 3)))
      (if (local.get 1) (then) (else (local.set 0 (i32.const -1))))
      (i32.add (local.get 0) (i32.mul (local.get 1) (i32.const 65536))))`;
    const js = await emitted(text, 'size');
    expect(js).toMatch(/L0: switch \(\w+ = p0 & 3\)/);
    const module = await assemble(`(module ${text})`);
    const native = instance(Reflect.get(globalThis, 'WebAssembly'), module);
    const ours = instance(translatedWebAssembly('wavm-size'), module);
    for (let n = 0; n < 70; n++) expect(ours(n)).toBe(native(n));
  });
});
