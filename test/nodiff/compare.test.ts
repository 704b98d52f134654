/** The comparison of two logs, and the random numbers that choose calls and arguments. */
import { expect, it } from 'vitest';
import { drive, type Namespace } from './drive.ts';
import { endsAtNaN, firstDifference } from './nodiff.ts';
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

it('stops where only bits of a NaN in memory differ', () => {
  const native = ['  memory m: 8 bytes, hash 1, exactly 2', 'a'];
  expect(firstDifference('wamr', native, ['  memory m: 8 bytes, hash 1, exactly 3', 'b'])).toEqual([]);
  expect(endsAtNaN(native, ['  memory m: 8 bytes, hash 1, exactly 3', 'b'])).toBe(true);
  expect(endsAtNaN(native, native)).toBe(false);
  expect(firstDifference('wamr', native, ['  memory m: 8 bytes, hash 2, exactly 2', 'a'])).toHaveLength(1);
});

it('draws the same numbers from the same seeds', () => {
  const draw = (...seeds: number[]): number[] => {
    const random = new Random(...seeds);
    return [random.next(), random.next(), random.below(10)];
  };
  expect(draw(1, 2)).toEqual(draw(1, 2));
  expect(draw(1, 2)).not.toEqual(draw(2, 1));
});

/** Exports `f(i32, i32) -> i32`, which does one operation and stores the result, and the memory. */
function binary(op: number): Uint8Array {
  const code = [0x41, 0, 0x20, 0, 0x20, 1, op, 0x36, 2, 0, 0x41, 0, 0x28, 2, 0, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f],
    ...[3, 2, 1, 0, 5, 3, 1, 0, 1],
    ...[7, 9, 2, 1, 0x66, 0, 0, 1, 0x6d, 2, 0],
    ...[10, code.length + 3, 1, code.length + 1, 0, ...code],
  ]);
}

it('drives a module the same way each time, and sees another operation', () => {
  const native = (globalThis as unknown as { WebAssembly: Namespace }).WebAssembly;
  const [add, sub] = [0x6a, 0x6b].map((op) => binary(op));
  const report = drive(native, add!, 7);
  expect(report.filter((line) => line.startsWith('"f"('))).toHaveLength(3);
  expect(firstDifference('wamr', report, drive(native, add!, 7))).toEqual([]);
  expect(firstDifference('wamr', report, drive(native, sub!, 7))).toHaveLength(1);
  expect(firstDifference('wamr', report, drive(native, add!, 8))).toHaveLength(1);
});
