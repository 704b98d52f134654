/** The comparison of two logs, and the random numbers that choose calls and arguments. */
import { expect, it } from 'vitest';
import { firstDifference } from './nodiff.ts';
import { Random } from './random.ts';

it('finds the first line that differs, with the call it belongs to', () => {
  const native = ['"f"(1)', '  result 1', '"g"(2)', '  0 host calls, result 2'];
  const other = ['"f"(1)', '  result 1', '"g"(2)', '  0 host calls, result 3'];
  expect(firstDifference('wavm', native, other)).toEqual([
    {
      subject: 'wavm',
      line: 3,
      native: '  0 host calls, result 2',
      translated: '  0 host calls, result 3',
      context: ['"g"(2)'],
    },
  ]);
});

it('takes a report that ends early for a difference', () => {
  expect(firstDifference('wamr', ['a', 'b'], ['a'])).toMatchObject([{ line: 1, translated: '(nothing more)' }]);
});

it('stops where either side ran out of stack', () => {
  expect(firstDifference('wamr', ['a', 'call stack exhausted'], ['a', 'b', 'c'])).toEqual([]);
  expect(firstDifference('wamr', ['a', 'b'], ['x', 'call stack exhausted'])).toHaveLength(1);
});

it('draws the same numbers from the same seeds', () => {
  const draw = (...seeds: number[]): number[] => {
    const random = new Random(...seeds);
    return [random.next(), random.next(), random.below(10)];
  };
  expect(draw(1, 2)).toEqual(draw(1, 2));
  expect(draw(1, 2)).not.toEqual(draw(2, 1));
});
