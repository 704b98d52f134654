/** The guess at a function's size, and which accesses become calls to stay under V8's limit. */
import { describe, expect, it } from 'vitest';
import type { FuncIR, Node } from '../../../../src/3-lower/ir.ts';
import { allAccesses, compactAccesses, guessSizes } from '../../../../src/5-emit/tree/size.ts';
import { OP } from '../../../../src/wasm/opcodes.ts';
import { lower } from '../../../support/func-ir.ts';

/** Two loads outside of loops, one in a loop, one in a loop in that, and a store there. */
const accesses = (): Promise<FuncIR> =>
  lower(`(module (memory 1) (func (param i32) (local i32)
    (drop (i32.load offset=1 (local.get 0)))
    (loop
      (local.set 1 (i32.add (local.get 1) (i32.load offset=2 (local.get 1))))
      (loop
        (local.set 1 (i32.add (local.get 1) (i32.load offset=3 (local.get 1))))
        (i32.store offset=4 (local.get 1) (local.get 0))
        (br_if 0 (local.get 1)))
      (br_if 0 (local.get 1)))
    (drop (i32.load offset=5 (local.get 0)))))`);
const offsets = (nodes: ReadonlySet<Node>): number[] => [...nodes].map((n) => n.imm).sort();

/** Each access saves ten bytes of bytecode as a call. */
const fewer = (ir: FuncIR, excess: number): ReadonlySet<Node> | undefined =>
  compactAccesses(ir, new Int32Array(ir.nodeCount).fill(40 / 3), excess);

describe('compaction', () => {
  it('takes none where none is needed, all where all are, and says so where all are not enough', async () => {
    const ir = await accesses();
    expect(offsets(allAccesses(ir))).toEqual([1, 2, 3, 4, 5]);
    expect(fewer(ir, 0)!.size).toBe(0);
    expect(offsets(fewer(ir, 48)!)).toEqual([1, 2, 3, 4, 5]);
    expect(fewer(ir, 60)).toBeUndefined();
  });
  it('spares those that run most often', async () => {
    const ir = await accesses();
    const seen = [39, 29, 19, 9, 0].map((excess) => offsets(fewer(ir, excess)!));
    expect(seen).toEqual([[1, 2, 4, 5], [1, 2, 5], [1, 5], [5], []]);
  });
  it('leaves alone what would be longer as a call', async () => {
    const ir = await accesses();
    const savings = new Int32Array(ir.nodeCount).fill(20);
    const [first] = ir.code.filter((n) => n.op === OP['i32.load']);
    savings[first!.id] = -3;
    expect(compactAccesses(ir, savings, 5 * 15)).toBeUndefined();
    expect(offsets(compactAccesses(ir, savings, 4 * 15)!)).toEqual([2, 3, 4, 5]);
  });
  it('counts an arm of a branch table for its share', async () => {
    const ir = await lower(`(module (memory 1) (func (param i32)
      (drop (i32.load offset=9 (local.get 0)))
      (block (block (block (block (br_table 0 1 2 3 (local.get 0)))
        (drop (i32.load offset=1 (local.get 0))) (return))
        (drop (i32.load offset=2 (local.get 0))) (return))
        (drop (i32.load offset=3 (local.get 0))))))`);
    expect(offsets(fewer(ir, 29)!)).toEqual([1, 2, 3]);
  });
});

describe('the guess', () => {
  const large = (body: string, times: number): Promise<FuncIR> =>
    lower(`(module (memory 1) (global (mut i32) (i32.const 0)) (func (param i32 i32) ${body.repeat(times)}))`);
  const store = '(i32.store (local.get 0) (i32.add (i32.load (local.get 1)) (i32.const 7)))';

  it('grows with the code, from position to position', async () => {
    const [one, ten] = [guessSizes(await large(store, 100)), guessSizes(await large(store, 1000))];
    expect(ten.whole / one.whole).toBeGreaterThan(9.5);
    expect(ten.whole / one.whole).toBeLessThan(10.5);
    expect(ten.before.every((size, i) => i === 0 || size >= ten.before[i - 1]!)).toBe(true);
    expect(ten.before[0]).toBe(0);
    expect(ten.before[ten.before.length - 1]).toBeGreaterThan(ten.whole);
  });
  it('is least with accesses as calls, and never more than what is printed', async () => {
    const { whole, least } = guessSizes(await large(store, 1000));
    expect(least).toBeGreaterThan(0.2 * whole);
    expect(least).toBeLessThan(0.5 * whole);
  });
});
