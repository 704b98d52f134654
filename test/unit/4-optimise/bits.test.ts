/** Masks and unsigned operations on values whose upper bits are known to be 0. */
import { describe, expect, it } from 'vitest';
import { count, lower, returned, through } from '../../support/func-ir.ts';

async function narrowed(body: string, locals = ''): Promise<string> {
  const ir = await lower(`(module (memory 1) (func (param i32 i32) (result i32) ${locals} ${body}))`);
  return returned(through(ir, 'copies', 'dce', 'fold', 'bits', 'dce'));
}
const byte = '(i32.load8_u (local.get 0))';

describe('a mask', () => {
  it.each([
    [
      'of all bits goes',
      `(i32.and (i32.add ${byte} ${byte}) (i32.const 511))`,
      'i32.add(i32.load8_u(p0), i32.load8_u(p0))',
    ],
    [
      'of fewer stays',
      `(i32.and (i32.add ${byte} ${byte}) (i32.const 255))`,
      'i32.and(i32.add(i32.load8_u(p0), i32.load8_u(p0)), 255)',
    ],
    ['of an unknown value stays', '(i32.and (local.get 0) (i32.const 0x7fffffff))', 'i32.and(p0, 2147483647)'],
    [
      'of a shifted value goes',
      '(i32.and (i32.shr_u (local.get 0) (i32.const 24)) (i32.const 0xff))',
      'i32.shr_u(p0, 24)',
    ],
    [
      'of a sum that may reach the sign stays',
      `(i32.and (i32.shl ${byte} (i32.const 24)) (i32.const 0x7fffffff))`,
      'i32.and(i32.shl(i32.load8_u(p0), 24), 2147483647)',
    ],
    [
      'of a product goes',
      `(i32.and (i32.mul ${byte} ${byte}) (i32.const 65535))`,
      'i32.mul(i32.load8_u(p0), i32.load8_u(p0))',
    ],
    ['goes for a sign extension too', '(i32.extend8_s (i32.shr_u (local.get 0) (i32.const 25)))', 'i32.shr_u(p0, 25)'],
    [
      'by extension stays where the sign may be set',
      '(i32.extend8_s (i32.shr_u (local.get 0) (i32.const 24)))',
      'i32.extend8_s(i32.shr_u(p0, 24))',
    ],
  ])('%s', async (_, body, expected) => {
    expect(await narrowed(body)).toBe(expected);
  });
  it('goes for what comes round a loop', async () => {
    const body = `(local.set 2 ${byte}) (loop (local.set 2 (i32.load8_u (i32.and (local.get 2) (i32.const 255)))) (br_if 0 (local.get 2))) (local.get 2)`;
    expect(await narrowed(body, '(local i32)')).toBe('i32.load8_u(m1.0)');
  });
  it('stays for what grows round a loop', async () => {
    const body = `(local.set 2 ${byte}) (loop (local.set 2 (i32.add (i32.and (local.get 2) (i32.const 0xffff)) ${byte})) (br_if 0 (local.get 2))) (local.get 2)`;
    expect(await narrowed(body, '(local i32)')).toContain('i32.and');
  });
});

describe('an unsigned operation', () => {
  it.each(['lt', 'gt', 'le', 'ge', 'div', 'rem'] as const)('%s is signed where no sign can be', async (name) => {
    const narrow = '(i32.add (i32.load16_u (local.get 0)) (i32.load8_u (local.get 1)))';
    const of = (a: string): string =>
      `(module (memory 1) (func (param i32 i32) (result i32) (i32.${name}_u ${a} ${narrow})))`;
    expect(count(through(await lower(of(narrow)), 'bits'), `i32.${name}_s`)).toBe(1);
    expect(count(through(await lower(of('(local.get 0)')), 'bits'), `i32.${name}_u`)).toBe(1);
  });
});
