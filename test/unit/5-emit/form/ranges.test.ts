/** Sets of segments against a brute-force model, and live ranges of values. */
import { describe, expect, it } from 'vitest';
import { Ir, Type } from '../../../../src/3-lower/ir.ts';
import { liveRanges, Segments } from '../../../../src/5-emit/form/ranges.ts';
import { formTrees } from '../../../../src/5-emit/form/trees.ts';
import { assignVariables } from '../../../../src/5-emit/form/variables.ts';
import { OP } from '../../../../src/wasm/opcodes.ts';
import { HandMade, lower } from '../../../support/func-ir.ts';
import { wrongReads } from '../../../support/held-values.ts';

/** Numbers from 0 below `n`, the same in every run. */
function randoms(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
}

/** The same set as one flag a position. */
class Model {
  readonly at = new Set<number>();
  add(start: number, end: number): void {
    for (let i = start; i < end; i++) this.at.add(i);
  }
  overlaps(other: Model): boolean {
    return [...other.at].some((i) => this.at.has(i));
  }
}

describe('segments', () => {
  it('behave as sets of positions', () => {
    const random = randoms(7);
    let overlapping = 0;
    for (let round = 0; round < 300; round++) {
      const sets: { segments: Segments; model: Model }[] = [];
      const size = 10 + random(400);
      for (let k = 0; k < 60; k++) {
        const start = random(size);
        const end = start + 1 + random(6);
        const fresh = { segments: new Segments(start, end), model: new Model() };
        fresh.model.add(start, end);
        // As colouring does: into the first set it does not overlap.
        let free: (typeof sets)[number] | undefined;
        for (const s of sets) {
          const meets = s.segments.overlaps(fresh.segments);
          expect(meets).toBe(s.model.overlaps(fresh.model));
          expect(fresh.segments.overlaps(s.segments)).toBe(meets);
          if (meets) overlapping++;
          else free ??= s;
        }
        if (!free) sets.push(fresh);
        else {
          free.segments.add(fresh.segments);
          free.model.add(start, end);
        }
      }
      // Whole sets too: united where they can be.
      for (const a of sets) {
        for (const b of sets) {
          if (a === b || b.model.at.size === 0) continue;
          const meets = a.segments.overlaps(b.segments);
          expect(meets).toBe(a.model.overlaps(b.model));
          if (meets) continue;
          const united = a.segments.size + b.segments.size;
          a.segments.add(b.segments);
          for (const i of b.model.at) a.model.at.add(i);
          expect(a.segments.size).toBe(united);
          expect(a.segments.first).toBe(Math.min(...a.model.at));
          b.model.at.clear();
        }
      }
    }
    expect(overlapping).toBeGreaterThan(1000);
  });
  it('that touch do not overlap', () => {
    const a = new Segments(3, 5);
    expect(a.overlaps(new Segments(5, 6))).toBe(false);
    expect(a.overlaps(new Segments(1, 3))).toBe(false);
    expect(a.overlaps(new Segments(4, 5))).toBe(true);
  });
});

describe('live ranges', () => {
  it('of a value from before a loop that reads it last the whole loop', async () => {
    const ir = await lower(`(module (func (param i32 i32) (result i32)
      (loop (br_if 0 (i32.lt_s (local.tee 0 (i32.add (local.get 0) (local.get 1))) (i32.const 9))))
      (local.get 0)))`);
    const ranges = liveRanges(ir, formTrees(ir, true));
    const end = ir.code.findIndex((n) => n.op === Ir.end && n.frame!.kind === 'loop');
    // The condition before the two last nodes reads the parameter no more, but goes round to where it is read.
    expect(ranges.of(ir.params[1]!)).toEqual([-1, 2 * (end - 2) + 1]);
  });
  it('of a value made and read in a loop end at its last use', () => {
    const h = new HandMade();
    const p = h.param();
    let value: ReturnType<HandMade['op']> | undefined;
    h.frame('block', [], (out) => {
      h.frame(
        'loop',
        [Type.i32],
        (loop) => {
          value = h.op('i32.mul', loop.params[0]!, p);
          const sum = h.op('i32.add', value, value);
          h.brIf(sum, loop, sum);
          h.br(out);
        },
        [p],
      );
    });
    h.return(p);
    const ranges = liveRanges(h.ir, formTrees(h.ir, true));
    const at = h.ir.code.indexOf(value!);
    expect(ranges.of(value!)).toEqual([2 * at + 1, 2 * (at + 1)]);
    // The parameter is read behind the loop.
    expect(ranges.of(p)).toEqual([-1, 2 * (h.ir.code.length - 1)]);
  });
  it('have gaps where no way leads to a use', async () => {
    const ir = await lower(`(module (func (param i32 i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.mul (local.get 0) (i32.const 3)))
        (else (i32.mul (local.get 1) (local.get 1))))))`);
    const ranges = liveRanges(ir, formTrees(ir, true));
    const at = (op: number): number => ir.code.findIndex((n) => n.op === op);
    expect(ranges.of(ir.params[1]!)).toEqual([-1, 2 * at(Ir.if) + 1, 2 * at(Ir.else) - 1, 2 * (at(Ir.end) - 1)]);
  });
  it('span gaps where finding them would take long', async () => {
    const repeat = (count: number, text: (i: number) => string): string =>
      Array.from({ length: count }, (_, i) => text(i)).join('');
    /** Of the last of so many values that live through 800 tests: starts and ends where it is read in one arm of an if. */
    const last = async (values: number) => {
      const ir = await lower(`(module (func (param i32 i32) (result i32) (local ${'i32 '.repeat(values)})
        ${repeat(values, (i) => `(local.set ${i + 2} (i32.mul (local.get 0) (i32.const ${i + 3})))`)}
        ${repeat(800, () => '(if (i32.eqz (local.get 1)) (then (return (i32.const 1))))')}
        ${repeat(values - 1, (i) => `(local.set 1 (i32.xor (i32.mul (local.get ${i + 2}) (local.get ${i + 2})) (local.get 1)))`)}
        (if (result i32) (local.get 1)
          (then (i32.mul (local.get 1) (local.get 1)))
          (else (i32.mul (local.get ${values + 1}) (local.get ${values + 1}))))))`);
      const trees = formTrees(ir, true);
      expect(wrongReads(ir, trees, assignVariables(ir, trees).nameOf)).toEqual([]);
      const ranges = liveRanges(ir, trees);
      const products = ir.code.filter((n) => n.op === OP['i32.mul'] && n.inputs[0] === ir.params[0]);
      return ranges.of(products[values - 1]!);
    };
    // It does not live where the function returns early.
    expect(await last(3)).toHaveLength(2 * 802);
    expect(await last(200)).toHaveLength(2);
  });
  it('of values that are printed in their user are none', async () => {
    const ir = await lower(
      '(module (func (param i32) (result i32) (i32.mul (i32.add (local.get 0) (i32.const 1)) (local.get 0))))',
    );
    const ranges = liveRanges(ir, formTrees(ir, true));
    expect([...ir.params, ...ir.code].filter((n) => ranges.of(n))).toHaveLength(1);
  });
});
