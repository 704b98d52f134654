/** Copy propagation, dead code, branches on constants, frames that nothing needs: before and after. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir, Type } from '../../../src/3-lower/ir.ts';
import { verify } from '../../../src/3-lower/verify.ts';
import { removeDead } from '../../../src/4-optimise/dce.ts';
import { OP } from '../../../src/wasm/opcodes.ts';
import { count, HandMade, lower, plainText, returned, through } from '../../support/func-ir.ts';

const func = (body: string): Promise<FuncIR> =>
  lower(`(module (import "m" "f" (func $f (param i32) (result i32))) (memory 1)
    (func (param i32 i32) (result i32) (local i32) ${body}))`);
const merges = (ir: FuncIR): number =>
  ir.code.reduce(
    (n, m) => n + (m.op === Ir.block || m.op === Ir.loop || m.op === Ir.if ? m.frame!.params.length : 0),
    0,
  );

describe('copies', () => {
  it('drop a merge of one value, with its arguments', async () => {
    const ir = await func(
      '(if (local.get 1) (then (local.set 2 (local.get 0))) (else (local.set 2 (local.get 0)))) (local.get 2)',
    );
    expect(merges(ir)).toBe(1);
    through(ir, 'copies');
    expect(merges(ir)).toBe(0);
    expect(returned(ir)).toBe('p0');
    expect(ir.code.flatMap((n) => n.targets ?? []).filter((t) => t.frame !== ir.exit && t.args.length > 0)).toEqual([]);
  });
  it('keep a merge of two values', async () => {
    const ir = await func(
      '(if (local.get 1) (then (local.set 2 (local.get 0))) (else (local.set 2 (local.get 1)))) (local.get 2)',
    );
    expect(returned(through(ir, 'copies'))).toBe('m0.0');
  });
  it('see through a loop that passes a value round unchanged', async () => {
    const ir = await func(
      '(loop (local.set 2 (local.get 0)) (local.set 0 (local.get 2)) (br_if 0 (local.get 1))) (local.get 0)',
    );
    expect(merges(ir)).toBeGreaterThan(0);
    expect(returned(through(ir, 'copies'))).toBe('p0');
    expect(merges(ir)).toBe(0);
  });
  it('go on where one removal makes another', async () => {
    const body =
      '(block (block (block (br_if 0 (local.get 1)) (local.set 2 (local.get 0)) (local.set 2 (local.get 0))) (br_if 0 (local.get 1)) (local.set 2 (local.get 2))) (br_if 0 (local.get 1)) (local.set 2 (local.get 2))) (local.get 2)';
    const ir = through(await func(`(local.set 2 (local.get 0)) ${body}`), 'copies');
    expect(returned(ir)).toBe('p0');
    expect(merges(ir)).toBe(0);
  });
  it('keep two loop variables that swap', async () => {
    const ir = await func(
      '(loop (local.set 2 (local.get 0)) (local.set 0 (local.get 1)) (local.set 1 (local.get 2)) (br_if 0 (local.get 0))) (local.get 1)',
    );
    through(ir, 'copies');
    expect(ir.code.find((n) => n.op === Ir.loop)!.frame!.params).toHaveLength(2);
  });
});

describe('dead code', () => {
  it('is what nobody uses, through any number of values', async () => {
    const ir = through(
      await func('(drop (i32.mul (i32.add (local.get 0) (i32.const 1)) (i32.const 3))) (local.get 0)'),
      'dce',
    );
    expect(plainText(ir)).toBe('func 1 (v0:i32, v1:i32) -> (i32)\n  br return(v0)\n');
  });
  it('is a circle of merges that feed only themselves', async () => {
    const ir = await func(
      '(loop (local.set 2 (i32.add (local.get 2) (i32.const 1))) (br_if 0 (local.get 0))) (local.get 0)',
    );
    expect(ir.code.find((n) => n.op === Ir.loop)!.frame!.params).toHaveLength(1);
    through(ir, 'dce');
    expect(merges(ir)).toBe(0);
    expect(count(ir, 'i32.add')).toBe(0);
  });
  it('is a circle through two loops', () => {
    const h = new HandMade();
    const p = h.param();
    const first = h.i32(1);
    h.frame('block', [], (out) => {
      h.frame(
        'loop',
        [Type.i32],
        (outer) => {
          h.frame('block', [], (mid) => {
            h.frame(
              'loop',
              [Type.i32],
              (inner) => {
                h.brIf(p, inner, h.op('i32.xor', inner.params[0]!, outer.params[0]!));
                h.brIf(p, mid);
                h.br(outer, inner.params[0]!);
              },
              [outer.params[0]!],
            );
          });
          h.br(out);
        },
        [first],
      );
    });
    h.return(p);
    verify(h.ir, 'built');
    through(h.ir, 'dce');
    expect(merges(h.ir)).toBe(0);
    expect(count(h.ir, 'i32.xor') + count(h.ir, 'i32.const')).toBe(0);
  });
  it.each([
    ['a load, which may trap', '(drop (i32.load (local.get 0)))', 'i32.load', 1],
    ['a division by a variable', '(drop (i32.div_u (local.get 0) (local.get 1)))', 'i32.div_u', 1],
    ['a division by a constant', '(drop (i32.div_u (local.get 0) (i32.const 3)))', 'i32.div_u', 0],
    ['a signed division by -1', '(drop (i32.div_s (local.get 0) (i32.const -1)))', 'i32.div_s', 1],
    ['a remainder by -1', '(drop (i32.rem_s (local.get 0) (i32.const -1)))', 'i32.rem_s', 0],
    ['a division by 0', '(drop (i32.rem_u (local.get 0) (i32.const 0)))', 'i32.rem_u', 1],
    ['a truncation', '(drop (i32.trunc_f64_s (f64.const 1e10)))', 'i32.trunc_f64_s', 1],
    ['a saturating truncation', '(drop (i32.trunc_sat_f64_s (f64.const 1e10)))', 'i32.trunc_sat_f64_s', 0],
    ['a call', '(drop (call $f (local.get 0)))', 'call', 1],
    ['the size of the memory', '(drop (memory.size))', 'memory.size', 0],
    ['growth of the memory', '(drop (memory.grow (i32.const 0)))', 'memory.grow', 1],
    ['a store', '(i32.store (local.get 0) (i32.const 1))', 'i32.store', 1],
  ] as const)('and %s: %s', async (_, body, name, left) => {
    const ir = through(await func(`${body} (local.get 0)`), 'dce');
    expect(count(ir, name)).toBe(left);
  });
  it('includes loads and divisions where traps are dropped', async () => {
    const ir = await func(
      '(drop (i32.load (local.get 0))) (drop (i32.div_u (local.get 0) (local.get 1))) (local.get 0)',
    );
    removeDead(ir, false);
    verify(ir, 'dce');
    expect(ir.code).toHaveLength(1);
  });
});

const branches = (body: string): Promise<FuncIR> => func(body).then((ir) => through(ir, 'fold', 'branches'));

describe('branches on constants', () => {
  it('keep one arm of an if', async () => {
    const taken = await branches(
      '(if (result i32) (i32.const 2) (then (local.get 0)) (else (i32.load (local.get 1))))',
    );
    expect([count(taken, Ir.if), count(taken, Ir.else), count(taken, 'i32.load')]).toEqual([0, 0, 0]);
    const other = await branches(
      '(if (result i32) (i32.const 0) (then (i32.load (local.get 1))) (else (local.get 0)))',
    );
    expect([count(other, Ir.if), count(other, 'i32.load')]).toEqual([0, 0]);
    expect(returned(through(other, 'copies'))).toBe('p0');
  });
  it('that are never taken go', async () => {
    const ir = await branches('(block (br_if 0 (i32.const 0)) (i32.store (i32.const 0) (i32.const 1))) (local.get 0)');
    expect([count(ir, Ir.brIf), count(ir, 'i32.store')]).toEqual([0, 1]);
  });
  it('that are always taken end the code behind them', async () => {
    const ir = await branches('(block (br_if 0 (i32.const 1)) (i32.store (i32.const 0) (i32.const 1))) (local.get 0)');
    expect([count(ir, Ir.brIf), count(ir, 'i32.store')]).toEqual([0, 0]);
  });
  it.each([
    [0, 1],
    [1, 2],
    [2, 3],
    [-1, 3],
    [1000, 3],
  ])('of a table at %i take entry %i', async (index, stores) => {
    const ir = await branches(
      `(block (block (block (block (br_table 0 1 2 (i32.const ${index})))
        (i32.store8 (i32.const 1) (local.get 0)) (return (i32.const 0)))
        (i32.store8 (i32.const 2) (local.get 0)) (return (i32.const 0)))
        (i32.store8 (i32.const 3) (local.get 0))) (i32.const 0)`,
    );
    expect(count(ir, Ir.switch)).toBe(0);
    const addresses = ir.code.filter((n) => n.op === OP['i32.store8']).map((n) => n.inputs[0]!.imm);
    expect(addresses).toEqual([stores]);
  });
  it('leave nothing behind what is never left', async () => {
    const ir = await branches(
      '(block (loop (br_if 0 (i32.const 1)) (br 1))) (i32.store (i32.const 0) (i32.const 1)) (local.get 0)',
    );
    expect(count(ir, 'i32.store')).toBe(0);
  });
  it('skip frames in code that is gone', async () => {
    const ir = await branches(
      '(block (br_if 0 (i32.const 1)) (if (local.get 0) (then (loop (br 0))) (else (block (br 1))))) (local.get 0)',
    );
    expect([count(ir, Ir.if), count(ir, Ir.loop)]).toEqual([0, 0]);
  });
});

describe('frames', () => {
  const frames = (ir: FuncIR): number => count(ir, Ir.block) + count(ir, Ir.loop);
  it('that nobody branches to go', async () => {
    const ir = through(
      await func('(loop (block (i32.store (local.get 0) (i32.const 1)))) (local.get 0)'),
      'empty-frames',
    );
    expect(frames(ir)).toBe(0);
    expect(count(ir, 'i32.store')).toBe(1);
  });
  it('that are left at their end only go', async () => {
    const h = new HandMade();
    const p = h.param();
    h.frame('block', [], (block) => h.br(block));
    const ir = h.return(p);
    through(ir, 'empty-frames');
    expect(ir.code).toHaveLength(1);
  });
  it('that carry values stay', () => {
    const h = new HandMade();
    const p = h.param();
    const frame = h.frame('block', [Type.i32], (block) => h.br(block, p));
    through(h.return(frame.params[0]!), 'empty-frames');
    expect(frames(h.ir)).toBe(1);
  });
  it('that are left early stay', async () => {
    const ir = through(
      await func('(block (br_if 0 (local.get 1)) (i32.store (local.get 0) (i32.const 1))) (local.get 0)'),
      'empty-frames',
    );
    expect(frames(ir)).toBe(1);
  });
});
