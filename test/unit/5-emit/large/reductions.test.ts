/** Which accesses become calls, and which regions functions, so that a function stays under V8's limit. */
import { describe, expect, it } from 'vitest';
import type { FuncIR, Node } from '../../../../src/3-lower/ir.ts';
import { allAccesses, shorterAsCalls } from '../../../../src/5-emit/large/accesses.ts';
import { type Choice, Reductions } from '../../../../src/5-emit/large/reductions.ts';
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

/** Each access saves 13.5 bytes of bytecode as a call, and no region is large enough for a function. */
const fewer = (ir: FuncIR, excess: number): Choice => {
  const accesses = shorterAsCalls(ir, new Int32Array(ir.nodeCount).fill(10));
  return new Reductions(ir, new Float64Array(ir.code.length + 1), accesses).choose(excess);
};

describe('accesses as calls', () => {
  it('are none where none is needed, all where all are, and it says so where all are not enough', async () => {
    const ir = await accesses();
    expect(offsets(allAccesses(ir))).toEqual([1, 2, 3, 4, 5]);
    expect(fewer(ir, 0).compact.size).toBe(0);
    expect(offsets(fewer(ir, 60).compact)).toEqual([1, 2, 3, 4, 5]);
    expect(fewer(ir, 67).suffices).toBe(true);
    expect(offsets(fewer(ir, 68).compact)).toEqual([1, 2, 3, 4, 5]);
    expect(fewer(ir, 68).suffices).toBe(false);
  });
  it('are those that run least often', async () => {
    const ir = await accesses();
    const seen = [48, 36, 24, 12, 0].map((excess) => offsets(fewer(ir, excess).compact));
    expect(seen).toEqual([[1, 2, 3, 5], [1, 2, 5], [1, 5], [1], []]);
  });
  it('are none that would be longer so', async () => {
    const ir = await accesses();
    const savings = new Int32Array(ir.nodeCount).fill(20);
    const [first] = ir.code.filter((n) => n.op === OP['i32.load']);
    savings[first!.id] = -3;
    expect(offsets(new Set(shorterAsCalls(ir, savings).map((a) => a.node)))).toEqual([2, 3, 4, 5]);
  });
  it('are counted, in an arm of a branch table, for its share', async () => {
    const ir = await lower(`(module (memory 1) (func (param i32)
      (drop (i32.load offset=9 (local.get 0)))
      (block (block (block (block (br_table 0 1 2 3 (local.get 0)))
        (drop (i32.load offset=1 (local.get 0))) (return))
        (drop (i32.load offset=2 (local.get 0))) (return))
        (drop (i32.load offset=3 (local.get 0))))))`);
    expect(offsets(fewer(ir, 29).compact)).toEqual([1, 2, 3]);
  });
});

describe('regions as functions', () => {
  /** Two cases of a table in a loop: one calls; the other, which is larger, does not. */
  const cases = (): Promise<FuncIR> =>
    lower(
      `(module (import "m" "f" (func $f)) (memory 1) (func (param i32)
      (loop $l (block $out (block $b (block $a (br_table $a $b $out (local.get 0)))
        (call $f) (drop (i32.load offset=1 (local.get 0))) (br $l))
        (drop (i32.load offset=2 (local.get 0))) (drop (i32.load offset=3 (local.get 0))) (drop (i32.load offset=4 (local.get 0))) (br $l)))))`,
      1,
    );
  /** By what each choice saves: offsets of the accesses in its regions, and of those that are calls. */
  const chosen = async (excess: number): Promise<[number[], number[]]> => {
    const ir = await cases();
    const bytes = Float64Array.from({ length: ir.code.length + 1 }, (_, at) => 200 * at);
    const accesses = shorterAsCalls(ir, new Int32Array(ir.nodeCount).fill(10));
    const { regions, compact } = new Reductions(ir, bytes, accesses).choose(excess);
    const inside = regions.flatMap(({ start, end }) =>
      ir.code.slice(start, end + 1).filter((n) => accesses.some((a) => a.node === n)),
    );
    return [offsets(new Set(inside)), offsets(compact)];
  };
  it('are first those that call, then those that run more often', async () => {
    expect(await chosen(100)).toEqual([[1], []]);
    expect(await chosen(1000)).toEqual([[1, 2, 3, 4], []]);
  });
  it('are not more than need be, if the last one saves what others would', async () => {
    expect(await chosen(600)).toEqual([[2, 3, 4], []]);
  });
  it('have accesses that are none of the calls', async () => {
    const [inside, calls] = await chosen(5000);
    expect(inside).toEqual([1, 2, 3, 4]);
    expect(calls).toEqual([]);
  });
});
