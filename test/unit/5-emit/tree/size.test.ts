/** The estimate of bytecode, and which accesses become calls to stay under V8's limit. */
import { describe, expect, it } from 'vitest';
import type { FuncIR, Node } from '../../../../src/3-lower/ir.ts';
import { bytecodeEstimate, compactAccesses } from '../../../../src/5-emit/tree/size.ts';
import { OP } from '../../../../src/wasm/opcodes.ts';
import { lower } from '../../../support/func-ir.ts';

describe('the estimate', () => {
  it('grows with the text, not with its indentation', () => {
    const text = 'a = b + c | 0;\n'.repeat(100);
    const flat = bytecodeEstimate(text);
    expect(bytecodeEstimate(text + text)).toBeCloseTo(2 * flat);
    expect(bytecodeEstimate(text.replace(/^/gm, '        '))).toBeLessThan(flat * 1.02);
    expect(bytecodeEstimate('')).toBe(0);
  });
});

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

describe('compaction', () => {
  it('takes all accesses where there is no room, none where there is enough', async () => {
    const ir = await accesses();
    expect(offsets(compactAccesses(ir, 0))).toEqual([1, 2, 3, 4, 5]);
    expect(compactAccesses(ir, 1e6).size).toBe(0);
  });
  it('spares those that run most often', async () => {
    const ir = await accesses();
    const seen: number[][] = [];
    for (let room = 0; room <= 400; room += 16) {
      const compact = offsets(compactAccesses(ir, room));
      if (compact.join() !== seen.at(-1)?.join()) seen.push(compact);
    }
    expect(seen).toEqual([[1, 2, 3, 4, 5], [1, 2, 4, 5], [1, 2, 5], [1, 5], [5], []]);
  });
  it('counts an arm of a branch table for its share', async () => {
    const ir = await lower(`(module (memory 1) (func (param i32)
      (drop (i32.load offset=9 (local.get 0)))
      (block (block (block (block (br_table 0 1 2 3 (local.get 0)))
        (drop (i32.load offset=1 (local.get 0))) (return))
        (drop (i32.load offset=2 (local.get 0))) (return))
        (drop (i32.load offset=3 (local.get 0))))))`);
    const all = compactAccesses(ir, 0);
    expect(ir.code.filter((n) => n.op === OP['i32.load'])).toHaveLength(all.size);
    let room = 0;
    while (compactAccesses(ir, room).size === all.size) room++;
    expect(offsets(compactAccesses(ir, room))).not.toContain(9);
  });
});
