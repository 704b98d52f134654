/** Which locals blocks carry: liveness on small bodies, and on random ones against a slow model. */
import { describe, expect, it } from 'vitest';
import { OperatorReader } from '../../../src/1-decode/operators.ts';
import { type Carried, carriedLocals } from '../../../src/3-lower/locals.ts';
import { typedOf } from '../../support/func-ir.ts';

/** The blocks of a body, without the function itself, over four i32 locals. */
async function carried(body: string, mostWords?: number): Promise<Carried[]> {
  const { module } = await typedOf(`(module (func (local i32 i32 i32 i32) ${body}))`);
  const { start, end } = module.funcs[0]!;
  const reader = new OperatorReader(module.bytes, start, end);
  reader.reset(reader.localGroups(start, end).start, end);
  return carriedLocals(reader, 4, module, mostWords).blocks.slice(1);
}
const set = (l: number): string => `(local.set ${l} (i32.const 1))`;
const get = (l: number): string => `(drop (local.get ${l}))`;

describe('a block carries', () => {
  it('what it assigns, if it is read later', async () => {
    expect(await carried(`(block ${set(0)} ${set(1)}) ${get(1)}`)).toEqual([
      { assigned: [0, 1], after: [1], head: [], try: undefined },
    ]);
  });
  it('nothing that is assigned again before it is read', async () => {
    const [block] = await carried(`(block ${set(0)}) ${set(0)} ${get(0)}`);
    expect(block!.after).toEqual([]);
  });
  it('what inner blocks assign', async () => {
    const [outer, inner] = await carried(`(block (block ${set(2)})) ${get(2)}`);
    expect(outer).toEqual({ assigned: [2], after: [2], head: [], try: undefined });
    expect(inner!.after).toEqual([2]);
  });
  it('what is read where a branch leads', async () => {
    const [outer, inner] = await carried(`(block (block ${set(0)} (br 1)) ${set(0)}) ${get(0)}`);
    expect(outer!.after).toEqual([0]);
    // The inner end is not reached with what it assigned still to be read.
    expect(inner!.after).toEqual([]);
  });
  it('what any target of a table reads', async () => {
    const [, , inner] = await carried(
      `(block (block (block ${set(0)} ${set(1)} (br_table 0 1 2 (i32.const 0))) ${get(0)} (return)) ${get(1)})`,
    );
    expect(inner).toEqual({ assigned: [0, 1], after: [0], head: [], try: undefined });
  });
});

it('carries all that blocks assign where the sets of what is read would be too large', async () => {
  const body = `(block (loop ${set(1)} ${set(0)} (block ${set(1)} ${set(3)}) ${get(3)} (br_if 0 (i32.const 0))))`;
  for (const [mostWords, all] of [
    [4, false],
    [3, true],
  ] as const) {
    const [block, loop, inner] = await carried(body, mostWords);
    expect(block).toEqual({
      assigned: [0, 1, 3],
      after: all ? [0, 1, 3] : [],
      head: all ? [0, 1, 3] : [],
      try: undefined,
    });
    expect(loop!.head).toEqual(all ? [0, 1, 3] : []);
    expect(inner!.after).toEqual(all ? [1, 3] : [3]);
  }
});

describe('a loop carries', () => {
  it('at its head what the next round reads', async () => {
    const [loop] = await carried(`(loop ${get(0)} ${set(0)} ${set(1)} (br_if 0 (i32.const 0)))`);
    expect(loop).toEqual({ assigned: [0, 1], after: [], head: [0], try: undefined });
  });
  it('nothing at its head that each round assigns first', async () => {
    const [loop] = await carried(`(loop ${set(0)} ${get(0)} (br_if 0 (i32.const 0)))`);
    expect(loop!.head).toEqual([]);
  });
  it('what is read only in an outer loop, round that one', async () => {
    const [outer, inner] = await carried(
      `(loop ${get(3)} (loop ${set(3)} (br_if 0 (i32.const 0))) (br_if 0 (i32.const 0)))`,
    );
    expect(outer!.head).toEqual([3]);
    expect(inner).toEqual({ assigned: [3], after: [3], head: [], try: undefined });
  });
  it('nothing behind it that no way out needs', async () => {
    const [loop] = await carried(`(loop ${set(0)} (br 0)) ${get(0)}`);
    expect(loop!.after).toEqual([0]);
    expect(loop!.head).toEqual([]);
  });
});

describe('an if carries', () => {
  it('what one arm assigns', async () => {
    const [then] = await carried(`(if (i32.const 0) (then ${set(1)}) (else ${set(2)})) ${get(1)}`);
    expect(then).toEqual({ assigned: [1, 2], after: [1], head: [], try: undefined });
  });
  it.each([
    ['in the first arm', `(then ${get(1)}) (else (nop))`],
    ['in the else arm', `(then (nop)) (else ${get(1)})`],
    ['in the else arm, where the first cannot be left', `(then (unreachable)) (else ${get(1)})`],
    ['in the else arm of another', `(then (nop)) (else (if (i32.const 0) (then (nop)) (else ${get(1)})))`],
    ['after it, where one arm assigns', `(then ${set(1)})) (block ${get(1)}`],
  ])('what comes before it, if it is read %s', async (_, arms) => {
    const [before] = await carried(`(block ${set(1)}) (if (i32.const 0) ${arms})`);
    expect(before!.after).toEqual([1]);
  });
  it('nothing that both arms assign anew', async () => {
    const [before] = await carried(`(block ${set(1)}) (if (i32.const 0) (then ${set(1)}) (else ${set(1)})) ${get(1)}`);
    expect(before!.after).toEqual([]);
  });
  it('what is read before it only in a loop around', async () => {
    const [loop, then] = await carried(`(loop ${get(0)} (if (i32.const 0) (then ${set(0)})) (br 0))`);
    expect(loop!.head).toEqual([0]);
    expect(then!.after).toEqual([0]);
  });
});
