/** Where control falls, which loops print alone, and which nests of blocks become the cases of a switch. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir } from '../../../../src/3-lower/ir.ts';
import { fallsInto, findShape } from '../../../../src/5-emit/form/shape.ts';
import { HandMade } from '../../../support/func-ir.ts';
import { emitted } from '../tree/emitted.ts';

const positionsOf = (ir: FuncIR, op: number): number[] => [...ir.code.keys()].filter((i) => ir.code[i]!.op === op);

describe('falling', () => {
  /** block A { if B { br X } else { br Y } block C { loop D { br Z } } }, then the end. */
  function sample() {
    const h = new HandMade();
    const p = h.param();
    const frames: Record<string, ReturnType<HandMade['frame']>> = {};
    frames.A = h.frame('block', [], (a) => {
      frames.B = h.frame(
        'if',
        [],
        (b) => {
          h.br(a);
          h.else(b);
          h.br(b);
        },
        [p],
      );
      frames.C = h.frame('block', [], (c) => {
        frames.D = h.frame('loop', [], () => h.br(c));
      });
      h.br(a);
    });
    return { ir: h.return(), frames };
  }
  it('goes on behind ends, past else arms, and not round loops', () => {
    const { ir, frames } = sample();
    const shape = findShape(ir);
    const [first, second, third, last] = positionsOf(ir, Ir.br) as [number, number, number, number];
    const falls = (at: number, name: string): boolean => fallsInto(ir, shape, at, frames[name]!);
    expect(falls(first, 'B')).toBe(true);
    // Behind the if stands code, so nothing falls to the end of A.
    expect(falls(first, 'A')).toBe(false);
    expect(falls(second, 'B')).toBe(true);
    expect(falls(third, 'C')).toBe(false);
    expect(falls(last, 'A')).toBe(true);
    expect(fallsInto(ir, shape, last, ir.exit)).toBe(false);
    expect(fallsInto(ir, shape, ir.code.length - 1, ir.exit)).toBe(true);
    const { A, B, C, D } = frames;
    expect([ir.exit, A, B, C, D].map((frame) => shape.branches.get(frame!))).toEqual([1, 2, 1, 1, undefined]);
  });
  it('knows the block that is left with a loop', () => {
    const { ir, frames } = sample();
    const shape = findShape(ir);
    expect(shape.blockOfLoop.get(frames.D!)).toBe(frames.C);
    expect(shape.loopOfBlock.get(frames.C!)).toBe(frames.D);
    expect(shape.loopOfBlock.get(frames.A!)).toBeUndefined();
  });
});

describe('statements', () => {
  it('of a loop that ends in its condition are a do-while', async () => {
    const js = await emitted(`(func (param i32) (result i32)
      (loop (br_if 0 (i32.gt_s (local.tee 0 (i32.sub (local.get 0) (i32.const 3))) (i32.const 0)))) (local.get 0))`);
    expect(js).toMatch(/do \{[^}]*\} while \(p0 > 0\);/);
    expect(js).not.toContain('L0');
  });
  it('of a loop that begins with its condition are a while', async () => {
    const js = await emitted(`(func (param i32)
      (block (loop (br_if 1 (local.get 0)) (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br 0))))`);
    expect(js).toContain('while (!p0) {');
    expect(js).not.toContain('break');
  });
  it('use labels only where a bare break or continue would go elsewhere', async () => {
    const near = await emitted(`(global $g (mut i32) (i32.const 0)) (func (param i32)
      (block (loop (global.set $g (local.get 0)) (br_if 1 (local.get 0))
        (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br 0))))`);
    expect(near).toContain('break;');
    expect(near).not.toMatch(/L\d/);
    const far = await emitted(`(func (param i32 i32)
      (block $out (loop $a (loop $b
        (br_if $out (i32.eq (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 9)))
        (br_if $a (local.get 1)) (br $b)))))`);
    expect(far).toMatch(/break L\d|return/);
    expect(far).toMatch(/continue L\d/);
  });
  it('of an if with an empty arm are one arm', async () => {
    const js = await emitted(`(memory 1) (func (param i32)
      (if (local.get 0) (then) (else (i32.store (i32.const 0) (i32.const 1)))))`);
    expect(js).toContain('if (!p0) {');
    expect(js).not.toContain('} else');
  });
});

describe('a branch table', () => {
  const arms = `(global $g (mut i32) (i32.const 0)) (func (param i32) (result i32)
    (block $out (block $b (block $a (br_table $a $b $a $out (local.get 0)))
      (global.set $g (i32.const 1)))
      (global.set $g (i32.const 2)))
    (global.get $g))`;
  it('in its usual nest is one switch without labels', async () => {
    const js = await emitted(arms);
    expect(js.match(/switch/g)).toHaveLength(1);
    expect(js).toMatch(/case 0: case 2:/);
    expect(js).not.toMatch(/L\d/);
  });
  it('leaves a label to a block that is reached from elsewhere', async () => {
    const js = await emitted(arms.replace('(block $out (block $b', '(block $out (block $b (br_if $b (global.get $g))'));
    expect(js.match(/switch/g)).toHaveLength(1);
  });
  it('whose only target is the default needs no case', async () => {
    const js = await emitted('(func (param i32) (result i32) (block (br_table 0 (local.get 0))) (i32.const 4))');
    expect(js).not.toContain('case');
    expect(js).toContain('return 4;');
  });
});
