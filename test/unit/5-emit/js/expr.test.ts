/** Expression builders: parentheses where precedence and associativity ask for them. */
import { describe, expect, it } from 'vitest';
import {
  assign,
  atom,
  type BinaryOp,
  binary,
  call,
  comma,
  conditional,
  index,
  int,
  isName,
  isSimple,
  type Js,
  nullish,
  num,
  unary,
} from '../../../../src/5-emit/js/expr.ts';

const [a, b, c] = [atom('a'), atom('b'), atom('c')] as const;
const evaluate = (e: Js, values: Record<string, unknown> = {}): unknown =>
  new Function(...Object.keys(values), `return (${e.text});`)(...Object.values(values));

describe('literals', () => {
  it.each([0, -0, 1, -1, 0.1, -1.5e-7, 5e-324, 1.7976931348623157e308, 2 ** 53, Infinity, -Infinity, NaN])(
    'reads %d back exactly',
    (x) => {
      expect(evaluate(num(x))).toBe(x);
      expect(evaluate(binary('-', num(x), int(0)))).toBe(x - 0);
    },
  );
  it('keeps signs apart', () => {
    expect(binary('-', a, int(-5)).text).toBe('a - -5');
    expect(unary('-', unary('-', a)).text).toBe('- -a');
    expect(unary('-', int(-5)).text).toBe('- -5');
    expect(unary('+', unary('-', a)).text).toBe('+-a');
  });
  it('knows names from literals and other expressions', () => {
    expect([a, int(3), num(-0), index('v', a), atom('g.v')].map(isName)).toEqual([true, false, false, false, false]);
    expect([a, int(3), num(-0), binary('+', a, b)].map(isSimple)).toEqual([true, true, true, false]);
  });
});

describe('precedence', () => {
  it('adds only the parentheses that are needed', () => {
    expect(binary('*', binary('+', a, b), c).text).toBe('(a + b) * c');
    expect(binary('+', binary('*', a, b), c).text).toBe('a * b + c');
    expect(binary('-', a, binary('-', b, c)).text).toBe('a - (b - c)');
    expect(binary('-', binary('-', a, b), c).text).toBe('a - b - c');
    expect(binary('&&', binary('||', a, b), c).text).toBe('(a || b) && c');
    expect(unary('!', binary('<', a, b)).text).toBe('!(a < b)');
    expect(call('f', comma(a, b), assign('x', c)).text).toBe('f((a, b), x = c)');
    expect(conditional(conditional(a, b, c), a, conditional(a, b, c)).text).toBe('(a ? b : c) ? a : a ? b : c');
    expect(conditional(assign('x', a), comma(a, b), assign('x', b)).text).toBe('(x = a) ? (a, b) : x = b');
  });
  it('does not mix ?? with && and ||, which is a syntax error', () => {
    expect(nullish(binary('||', a, b), c).text).toBe('(a || b) ?? c');
    expect(binary('||', nullish(a, b), c).text).toBe('(a ?? b) || c');
    expect(binary('+', nullish(a, b), c).text).toBe('(a ?? b) + c');
    expect(nullish(nullish(a, b), c).text).toBe('a ?? b ?? c');
    expect(conditional(nullish(a, b), b, c).text).toBe('a ?? b ? b : c');
  });
  it('agrees with the host on random trees', () => {
    const ops: BinaryOp[] = ['+', '-', '*', '%', '<<', '>>', '>>>', '<', '>=', '===', '!==', '&', '^', '|'];
    const compute = Object.fromEntries(ops.map((op) => [op, new Function('x', 'y', `return x ${op} y`)]));
    let state = 12345;
    const random = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return (state >>> 8) % n;
    };
    const tree = (depth: number): [Js, unknown] => {
      if (depth === 0 || random(5) === 0) {
        const n = random(41) - 20;
        return [int(n), n];
      }
      const [x, vx] = tree(depth - 1);
      if (random(6) === 0) return [unary('-', x), -Number(vx)];
      const [y, vy] = tree(depth - 1);
      const op = ops[random(ops.length)]!;
      return [binary(op, x, y), compute[op]!(vx, vy)];
    };
    for (let i = 0; i < 500; i++) {
      const [e, value] = tree(6);
      expect([e.text, evaluate(e)]).toEqual([e.text, value]);
    }
  });
});
