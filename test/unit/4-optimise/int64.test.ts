/** Splitting of i64: the halves of each kind of value, and which of them survive when nobody reads them. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir, Type } from '../../../src/3-lower/ir.ts';
import { OP } from '../../../src/wasm/opcodes.ts';
import { lower, returned, through } from '../../support/func-ir.ts';

/** `(param i64 i64)` → what it returns, split and folded, without what is dead. */
async function split(result: string, body: string): Promise<FuncIR> {
  const ir = await lower(`(module (memory 1) (global $g (mut i64) (i64.const 0))
    (func (param i64 i64) (result ${result}) ${body}))`);
  return through(ir, 'copies', 'dce', 'int64', 'fold', 'dce');
}

/** Parameters are 0 and 1 (low, high), 2 and 3. */
const HALVES: readonly (readonly [string, string])[] = [
  ['(i64.and (local.get 0) (local.get 1))', 'i32.and(p0, p2); i32.and(p1, p3)'],
  ['(i64.and (local.get 0) (i64.const 0xff))', 'i32.and(p0, 255); 0'],
  ['(i64.or (local.get 0) (i64.const 0xff00000000))', 'p0; i32.or(p1, 255)'],
  ['(i64.xor (local.get 0) (local.get 0))', '0; 0'],
  [
    '(i64.add (local.get 0) (local.get 1))',
    'i32.add(p0, p2); i32.add(i32.add(p1, p3), carry(p0, p2, i32.add(p0, p2)))',
  ],
  ['(i64.sub (local.get 0) (local.get 1))', 'i32.sub(p0, p2); i32.sub(i32.sub(p1, p3), borrow(p0, p2))'],
  ['(i64.add (local.get 0) (i64.const 0x100000000))', 'p0; i32.add(p1, 1)'],
  ['(i64.shl (local.get 0) (i64.const 32))', '0; p0'],
  ['(i64.shl (local.get 0) (i64.const 40))', '0; i32.shl(p0, 8)'],
  ['(i64.shl (local.get 0) (i64.const 64))', 'p0; p1'],
  ['(i64.shl (local.get 0) (i64.const 8))', 'i32.shl(p0, 8); i32.or(i32.shl(p1, 8), i32.shr_u(p0, 24))'],
  ['(i64.shr_u (local.get 0) (i64.const 32))', 'p1; 0'],
  ['(i64.shr_u (local.get 0) (i64.const 4))', 'i32.or(i32.shl(p1, 28), i32.shr_u(p0, 4)); i32.shr_u(p1, 4)'],
  ['(i64.shr_s (local.get 0) (i64.const 63))', 'i32.shr_s(p1, 31); i32.shr_s(p1, 31)'],
  ['(i64.rotl (local.get 0) (i64.const 32))', 'p1; p0'],
  ['(i64.extend8_s (local.get 0))', 'i32.extend8_s(p0); i32.shr_s(i32.extend8_s(p0), 31)'],
  ['(i64.extend32_s (local.get 0))', 'p0; i32.shr_s(p0, 31)'],
  ['(i64.extend_i32_u (i32.wrap_i64 (local.get 0)))', 'p0; 0'],
  ['(i64.popcnt (i64.const -1))', 'i32.add(i32.popcnt(-1), i32.popcnt(-1)); 0'],
  ['(i64.load offset=8 (i32.wrap_i64 (local.get 0)))', 'i32.load+8(p0); i32.load+12(p0)'],
  ['(i64.load8_u (i32.wrap_i64 (local.get 0)))', 'i32.load8_u(p0); 0'],
  ['(i64.load32_s (i32.wrap_i64 (local.get 0)))', 'i32.load(p0); i32.shr_s(i32.load(p0), 31)'],
  ['(i64.div_u (local.get 0) (local.get 1))', 'i64_div_u(p0, p1, p2, p3); high(i64_div_u(p0, p1, p2, p3))'],
  ['(i64.shl (local.get 0) (local.get 1))', 'i64_shl(p0, p1, p2); high(i64_shl(p0, p1, p2))'],
  ['(global.get $g)', 'global.get(); globalHigh()'],
  ['(i64.const 0x1122334455667788)', '1432778632; 287454020'],
];
const NARROW: readonly (readonly [string, string])[] = [
  ['(i64.eqz (local.get 0))', 'i32.eqz(i32.or(p0, p1))'],
  ['(i64.eq (local.get 0) (local.get 1))', 'i32.and(i32.eq(p0, p2), i32.eq(p1, p3))'],
  ['(i64.lt_s (local.get 0) (i64.const 0))', 'i32.lt_s(p1, 0)'],
  ['(i64.le_u (local.get 0) (i64.const 0x3ffffffff))', 'i32.le_u(p1, 3)'],
  ['(i64.ge_u (local.get 0) (i64.const 0x100000000))', 'i32.ne(p1, 0)'],
  ['(i64.gt_s (local.get 0) (i64.const -1))', 'i32.gt_s(p1, -1)'],
  [
    '(i64.gt_u (i64.and (i64.reinterpret_f64 (f64.convert_i32_s (i32.wrap_i64 (local.get 0)))) (i64.const 0x7fffffffffffffff)) (i64.const 0x7ff0000000000000))',
    'f64.ne(f64.convert_i32_s(p0), f64.convert_i32_s(p0))',
  ],
  ['(i32.wrap_i64 (i64.add (local.get 0) (local.get 1)))', 'i32.add(p0, p2)'],
  ['(i32.wrap_i64 (i64.mul (local.get 0) (i64.const 5)))', 'i32.mul(p0, 5)'],
  ['(i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 48)))', 'i32.shr_u(p1, 16)'],
];

describe('the halves', () => {
  it.each(HALVES)('of %s', async (body, halves) => {
    const ir = await split('i64', body);
    expect(returned(ir)).toBe(halves);
    expect(ir.results).toEqual([Type.i32, Type.i32]);
  });
  it.each(NARROW)('that matter in %s', async (body, value) => {
    expect(returned(await split('i32', body))).toBe(value);
  });
});

describe('merges', () => {
  it('of i64 are two, in blocks and loops', async () => {
    const ir = await split(
      'i64',
      `(loop (local.set 0 (i64.add (local.get 0) (local.get 1)))
        (br_if 0 (i64.ne (local.get 0) (i64.const 0)))) (local.get 0)`,
    );
    const loop = ir.code.find((n) => n.op === Ir.loop)!.frame!;
    expect(loop.params.map((p) => p.type)).toEqual([Type.i32, Type.i32]);
    expect(loop.init).toHaveLength(2);
  });
  it('lose the half that nobody reads, round a loop too', async () => {
    const ir = await split(
      'i32',
      `(loop (local.set 0 (i64.mul (local.get 0) (i64.const 3)))
        (br_if 0 (i32.wrap_i64 (local.get 0)))) (i32.wrap_i64 (local.get 0))`,
    );
    expect(ir.code.find((n) => n.op === Ir.loop)!.frame!.params).toHaveLength(1);
    expect(ir.code.some((n) => n.op === Ir.mulHigh)).toBe(false);
  });
});

describe('memory and globals', () => {
  it('take both halves of a store at once', async () => {
    const ir = await split('i32', '(i64.store offset=16 align=4 (i32.const 8) (local.get 0)) (i32.const 0)');
    const store = ir.code.find((n) => n.op === Ir.storePair)!;
    expect([store.imm, store.align, store.inputs.length]).toEqual([16, 2, 3]);
  });
  it('take the low half alone of a narrow store', async () => {
    const ir = await split('i32', '(i64.store8 (i32.const 8) (local.get 0)) (i32.const 0)');
    expect(ir.code.find((n) => n.op === OP['i32.store8'])!.inputs[1]).toBe(ir.params[0]);
  });
  it('keep both loads, since either may trap', async () => {
    const ir = await split('i32', '(i32.wrap_i64 (i64.load (i32.const 8)))');
    expect(ir.code.filter((n) => n.op === OP['i32.load'])).toHaveLength(2);
  });
  it('set both places of a global', async () => {
    const ir = await split('i32', '(global.set $g (local.get 0)) (i32.const 0)');
    expect(ir.code.filter((n) => n.op === OP['global.set'] || n.op === Ir.globalSetHigh)).toHaveLength(2);
  });
});

describe('calls', () => {
  it('take two arguments an i64, and give the high half by the cell', async () => {
    const ir = await lower(
      `(module (func $f (param i32 i64) (result i64) (local.get 1))
      (func (param i64) (result i64) (call $f (i32.const 3) (local.get 0))))`,
      1,
    );
    expect(returned(through(ir, 'int64'))).toBe('call(3, p0, p1); high(call(3, p0, p1))');
  });
});
