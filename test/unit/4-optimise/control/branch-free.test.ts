/** Selects that become arithmetic: minima and maxima in loops, and what a single bit adds. */
import { describe, expect, it } from 'vitest';
import type { FuncIR } from '../../../../src/3-lower/ir.ts';
import { loadEngine } from '../../../spec/engines.ts';
import { assemble, count, lower, returned, through } from '../../../support/func-ir.ts';

const [x, y] = ['(local.get 0)', '(local.get 1)'];
const num = (value: number): string => `(i32.const ${value})`;
const pick = (a: string, b: string, c: string): string => `(select ${a} ${b} ${c})`;
/** The value in a loop, which runs once: memory is all 0. */
const looped = (value: string): string =>
  `(loop (local.set 2 ${value}) (br_if 0 (i32.load (i32.const 0)))) (local.get 2)`;

const module = (body: string): string =>
  `(module (memory 1) (func (export "f") (param i32 i32) (result i32) (local i32 i32) ${body}))`;
const func = async (body: string): Promise<FuncIR> =>
  through(await lower(module(body)), 'copies', 'dce', 'fold', 'dce', 'branch-free', 'dce');

const EDGES = [0, 1, 2, -1, -2, 2 ** 31 - 1, -(2 ** 31), 12345, -(2 ** 30)];
/** What the function gives, compiled, for all pairs of numbers on the edges. */
async function results(body: string): Promise<number[]> {
  const engine = await loadEngine('wavm');
  const { f } = new engine.Instance(new engine.Module(await assemble(module(body))), {}).exports;
  return pairs(f as (a: number, b: number) => number);
}
const pairs = (f: (a: number, b: number) => number): number[] => EDGES.flatMap((a) => EDGES.map((b) => f(a, b) | 0));

const COMPARISONS: Record<string, (a: number, b: number) => boolean> = {
  lt_s: (a, b) => a < b,
  gt_s: (a, b) => a > b,
  le_s: (a, b) => a <= b,
  ge_s: (a, b) => a >= b,
  lt_u: (a, b) => a >>> 0 < b >>> 0,
  gt_u: (a, b) => a >>> 0 > b >>> 0,
  le_u: (a, b) => a >>> 0 <= b >>> 0,
  ge_u: (a, b) => a >>> 0 >= b >>> 0,
};

describe('the greater or the less of two values in a loop', () => {
  it.each(Object.entries(COMPARISONS))('by %s', async (name, compare) => {
    const [body, other] = [pick(x, y, `(i32.${name} ${x} ${y})`), pick(x, y, `(i32.${name} ${y} ${x})`)];
    const rest = 'i32.xor(p1, i32.and(i32.xor(p0, p1), i32.sub(0,';
    expect(returned(await func(looped(body)))).toBe(`${rest} i32.${name}(p0, p1))))`);
    expect(returned(await func(looped(other)))).toBe(`${rest} i32.${name}(p1, p0))))`);
    expect(await results(looped(body))).toEqual(pairs((a, b) => (compare(a, b) ? a : b)));
    expect(await results(looped(other))).toEqual(pairs((a, b) => (compare(b, a) ? a : b)));
  });
  it('in a frame of the loop', async () => {
    const least = `(local.set 2 ${pick(x, y, `(i32.lt_u ${x} ${y})`)})`;
    expect(count(await func(`(loop (if ${x} (then ${least})) (br_if 0 ${y})) (local.get 2)`), 'select')).toBe(0);
  });

  const less = `(i32.lt_s ${x} ${y})`;
  /** One node, as arm and as operand. */
  const nine = '(local.get 3)';
  it.each([
    ['outside of loops', pick(x, y, less)],
    ['after a loop', `(loop (br_if 0 (i32.load ${x}))) ${pick(x, y, less)}`],
    ['before a loop', `${pick(x, y, less)} (loop (br_if 0 (i32.load ${x})))`],
    ['of a constant', `(local.set 3 ${num(9)}) ${looped(pick(x, nine, `(i32.lt_s ${x} ${nine})`))}`],
    ['of a constant on the left', `(local.set 3 ${num(9)}) ${looped(pick(nine, x, `(i32.gt_u ${nine} ${x})`))}`],
    ['with other values compared', looped(pick(x, y, `(i32.lt_s ${x} (i32.load ${y}))`))],
    ['with neither arm compared', looped(pick(x, y, '(i32.lt_s (local.get 2) (i32.load (local.get 2)))'))],
    ['by equality', looped(pick(x, y, `(i32.eq ${x} ${y})`))],
    ['by what is no comparison', looped(pick(x, y, `(i32.sub ${x} ${y})`))],
  ])('is a select still %s', async (_, body) => {
    expect(count(await func(body), 'select')).toBe(1);
  });
  it('is a select still if it is no i32', async () => {
    const least = '(select (local.get 0) (local.get 1) (f64.lt (local.get 0) (local.get 1)))';
    const text = `(module (func (param f64 f64) (result f64) (loop (result f64) ${least} (br_if 0 (f64.eq (local.get 0) (local.get 1))))))`;
    expect(count(through(await lower(text), 'copies', 'branch-free'), 'select')).toBe(1);
  });
});

describe('the greater or the less of two values without sign bit', () => {
  const [a, b] = [x, y].map((v) => `(i32.shr_u ${v} ${num(1)})`) as [string, string];
  const [narrowA, narrowB] = ['(local.get 2)', '(local.get 3)'];
  const narrow = (value: string): string =>
    `(local.set 2 ${a}) (local.set 3 ${b}) (loop (local.set 0 ${value}) (br_if 0 (i32.load (i32.const 0)))) ${x}`;

  it.each(Object.entries(COMPARISONS))('by %s', async (name, compare) => {
    const difference = 'i32.sub(i32.shr_u(p0, 1), i32.shr_u(p1, 1))';
    const below = `i32.and(${difference}, i32.shr_s(${difference}, 31))`;
    const [least, most] = [`i32.add(i32.shr_u(p1, 1), ${below})`, `i32.sub(i32.shr_u(p0, 1), ${below})`];
    const isLess = name.startsWith('l');
    for (const [left, right] of [
      [narrowA, narrowB],
      [narrowB, narrowA],
    ] as const) {
      const body = narrow(pick(narrowA, narrowB, `(i32.${name} ${left} ${right})`));
      expect(returned(await func(body))).toBe(isLess === (left === narrowA) ? least : most);
      const meant = ([p, q]: readonly [number, number]): number =>
        (left === narrowA ? compare(p, q) : compare(q, p)) ? p : q;
      expect(await results(body)).toEqual(pairs((p, q) => meant([p >>> 1, q >>> 1])));
    }
  });
});

describe('the greatest or the least of all that a loop has met', () => {
  const again = '(br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 4))))';
  const best = '(local.get 2)';
  /** The better of what there is so far and what is loaded. */
  const better = (offset: number): string =>
    `(local.set 3 (i32.load offset=${offset} ${x})) (local.set 2 ${pick(best, '(local.get 3)', `(i32.gt_s ${best} (local.get 3))`)})`;
  const selects = async (body: string): Promise<number> =>
    count(await func(`(loop ${body} ${again}) ${best}`), 'select');

  it.each<[string, string, number]>([
    ['is a select', better(0), 1],
    ['of several in each round', better(0) + better(8), 2],
    ['where some rounds have one more', `${better(0)} (if ${y} (then ${better(8)}))`, 2],
    ['stored in one place', `${better(0)} (i32.store offset=64 ${y} ${best})`, 1],
    ['is none where each round keeps its own', `${better(0)} (i32.store offset=64 ${x} ${best})`, 0],
    ['is none where something is added', `${better(0)} (local.set 2 (i32.add ${best} (i32.const 1)))`, 0],
    ['is none where each round starts anew', `(local.set 2 ${y}) ${better(0)}`, 0],
  ])('%s', async (_, body, expected) => {
    expect(await selects(body)).toBe(expected);
  });
});

describe('what a single bit adds', () => {
  const [low, high] = [`(i32.and ${y} ${num(1)})`, `(i32.shr_u ${y} ${num(31)})`];
  const k = num(0x6db88320);

  it.each<[string, string, string, (a: number, b: number) => number]>([
    [
      'by exclusive or, for the lowest bit',
      pick(`(i32.xor ${x} ${k})`, x, low),
      `i32.xor(p0, i32.and(${0x6db88320}, i32.sub(0, i32.and(p1, 1))))`,
      (a, b) => (b & 1 ? a ^ 0x6db88320 : a),
    ],
    [
      'by exclusive or, for the highest',
      pick(`(i32.xor ${x} ${k})`, x, high),
      `i32.xor(p0, i32.and(${0x6db88320}, i32.sub(0, i32.shr_u(p1, 31))))`,
      (a, b) => (b < 0 ? a ^ 0x6db88320 : a),
    ],
    [
      'as a sum',
      pick(`(i32.add ${x} ${num(-7)})`, x, low),
      'i32.add(p0, i32.and(-7, i32.sub(0, i32.and(p1, 1))))',
      (a, b) => (b & 1 ? a - 7 : a),
    ],
    [
      'as a difference, which is a sum',
      pick(`(i32.sub ${x} ${num(7)})`, x, high),
      'i32.add(p0, i32.and(-7, i32.sub(0, i32.shr_u(p1, 31))))',
      (a, b) => (b < 0 ? a - 7 : a),
    ],
    [
      'unless it is set',
      pick(x, `(i32.add ${x} ${num(5)})`, `(i32.eqz ${low})`),
      'i32.add(p0, i32.and(5, i32.sub(0, i32.and(p1, 1))))',
      (a, b) => (b & 1 ? a + 5 : a),
    ],
  ])('%s', async (_, body, expected, evaluate) => {
    const ir = await func(body);
    expect(count(ir, 'select')).toBe(0);
    expect(returned(ir)).toBe(expected);
    expect(await results(body)).toEqual(pairs(evaluate));
  });
  it('is what chooses one of two constants', async () => {
    const body = pick(num(-5), num(2000), low);
    expect(returned(await func(body))).toBe('i32.add(2000, i32.and(-2005, i32.sub(0, i32.and(p1, 1))))');
    expect(await results(body)).toEqual(pairs((_, b) => (b & 1 ? -5 : 2000)));
    const far = pick(num(-(2 ** 31)), num(2 ** 31 - 1), high);
    expect(await results(far)).toEqual(pairs((_, b) => (b < 0 ? -(2 ** 31) : 2 ** 31 - 1)));
  });
  it('is what chooses one of two values in a loop', async () => {
    const body = looped(pick(x, `(i32.sub ${x} ${y})`, low));
    const other = 'i32.sub(p0, p1)';
    expect(returned(await func(body))).toBe(
      `i32.xor(${other}, i32.and(i32.xor(p0, ${other}), i32.sub(0, i32.and(p1, 1))))`,
    );
    expect(await results(body)).toEqual(pairs((a, b) => (b & 1 ? a : a - b)));
  });
  it('is taken once for two that share it', async () => {
    const bit = `(local.tee 3 ${low})`;
    const both = (first: string, second: string): string =>
      `(loop (local.set 2 ${pick(x, y, first)}) (local.set 2 (i32.add (local.get 2) ${second})) (br_if 0 (i32.load (i32.const 0)))) (local.get 2)`;
    const body = both(bit, pick(y, x, '(local.get 3)'));
    const ir = await func(body);
    expect([count(ir, 'select'), count(ir, 'i32.and')]).toEqual([0, 3]);
    expect(await results(body)).toEqual(pairs((a, b) => (b & 1 ? a + b : b + a)));
    const apart = both(bit, `(if (result i32) ${x} (then ${pick(y, x, '(local.get 3)')}) (else (i32.const 0)))`);
    expect(await results(apart)).toEqual(pairs((a, b) => (b & 1 ? a : b) + (a !== 0 ? (b & 1 ? b : a) : 0)));
  });
  it('has its constant on either side', async () => {
    const ir = await lower(module(pick(`(i32.xor ${k} ${x})`, x, low)));
    expect(count(through(ir, 'copies', 'branch-free'), 'select')).toBe(0);
  });

  it.each([
    ['is not the lowest or the highest', pick(`(i32.xor ${x} ${k})`, x, `(i32.and ${y} ${num(2)})`)],
    ['is shifted by less than 31', pick(`(i32.xor ${x} ${k})`, x, `(i32.shr_u ${y} ${num(30)})`)],
    ['comes with the sign', pick(`(i32.xor ${x} ${k})`, x, `(i32.shr_s ${y} ${num(31)})`)],
    ['adds what is not constant', pick(`(i32.add ${x} ${y})`, x, low)],
    ['adds to another value', pick(`(i32.add ${x} ${k})`, y, low)],
    ['takes away where it is set', pick(x, `(i32.add ${x} ${k})`, low)],
    ['is set by another operation', pick(`(i32.or ${x} ${k})`, x, low)],
  ])('is a select still if it %s', async (_, body) => {
    expect(count(await func(body), 'select')).toBe(1);
  });
});

describe('what a condition chooses that is a number, too', () => {
  const [round, seven] = ['(local.get 3)', num(7)];
  /** A counter that goes round, and what counts its rounds. */
  const body = (sum: string, value = `(i32.sub ${y} ${num(1)})`): string =>
    `(local.set 3 (i32.lt_s ${y} ${num(1)})) (local.set 2 ${sum}) (i32.mul (local.get 2) ${pick(seven, value, round)})`;
  const inLoop = (code: string): string => `(loop (result i32) ${code} (br_if 0 (i32.load (i32.const 0))))`;

  it('is computed without a branch', async () => {
    const code = inLoop(body(`(i32.add ${x} ${round})`));
    expect(count(await func(code), 'select')).toBe(0);
    expect(await results(code)).toEqual(pairs((a, b) => Math.imul(a + (b < 1 ? 1 : 0), b < 1 ? 7 : b - 1)));
  });
  it.each([
    ['outside of loops', body(`(i32.add ${x} ${round})`)],
    ['if nothing adds the condition', inLoop(body(`(i32.xor ${x} ${y})`))],
    ['if it is only tested besides', inLoop(body(`(if (result i32) ${round} (then ${x}) (else ${y}))`))],
  ])('is a select still %s', async (_, code) => {
    expect(count(await func(code), 'select')).toBe(1);
  });
});
