/** Conditional branches that only skip code become ifs: before and after. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir } from '../../../../src/3-lower/ir.ts';
import { count, expression, lower, plainText, through } from '../../../support/func-ir.ts';

const func = async (body: string): Promise<FuncIR> =>
  through(await lower(`(module (memory 1) (func (param i32 i32) (result i32) ${body}))`), 'copies', 'ifs');
const store = '(i32.store (i32.const 0) (local.get 1))';

describe('a block', () => {
  it('whose first branch leaves it is an if on the opposite', async () => {
    const ir = await func(`(block (br_if 0 (i32.lt_s (local.get 0) (i32.const 5))) ${store}) (local.get 0)`);
    expect(plainText(ir)).toBe(`func 0 (v0:i32, v1:i32) -> (i32)
  v2:i32 = i32.const 5
  v3:i32 = i32.lt_s v0, v2
  v4:i32 = i32.eqz v3
  if @0 v4
    v5:i32 = i32.const 0
    i32.store v5, v1
    br @0()
  else @0
    br @0()
  end @0()
  br return(v0)
`);
  });
  it('left if something is zero is an if on the thing', async () => {
    const ir = await func(`(block (br_if 0 (i32.eqz (local.get 1))) ${store}) (local.get 0)`);
    expect(ir.code.find((n) => n.op === Ir.if)!.inputs.map(expression)).toEqual(['p1']);
  });
  it('passes the values of its first branch in the else arm', async () => {
    const ir = await func('(block (result i32) (i32.const 7) (br_if 0 (local.get 0)) (drop) (local.get 1))');
    expect(count(ir, Ir.if)).toBe(1);
    const branches = ir.code.filter((n) => n.op === Ir.br && n.targets![0]!.frame !== ir.exit);
    expect(branches.map((n) => n.targets![0]!.args.map(expression).join())).toEqual(['p1', '7']);
  });
  it('may be left again later', async () => {
    const ir = await func(`(block (br_if 0 (local.get 0)) ${store} (br_if 0 (local.get 1)) ${store}) (local.get 0)`);
    expect([count(ir, Ir.if), count(ir, Ir.brIf), count(ir, Ir.block)]).toEqual([1, 1, 0]);
  });
  it('keeps what runs before the branch outside, in order', async () => {
    const ir = await func(`(block ${store} (br_if 0 (i32.load (local.get 0))) ${store}) (local.get 0)`);
    const order = ir.code.map((n) => n.op).filter((op) => op === Ir.if || op === Ir.block);
    expect(order).toEqual([Ir.if]);
    const at = ir.code.findIndex((n) => n.op === Ir.if);
    expect(ir.code.slice(0, at).filter((n) => n.inputs.length > 0)).toHaveLength(3);
  });
  it.each([
    [
      'leaves another block first',
      `(block (block (br_if 1 (local.get 0)) ${store} (br_if 0 (local.get 1)) ${store}))`,
      0,
    ],
    [
      'holds a loop before the branch',
      '(block (loop (br_if 0 (local.get 1))) (br_if 0 (local.get 0)) (local.set 0 (i32.const 1)))',
      0,
    ],
  ])('stays one if it %s', async (_, body, ifs) => {
    const ir = await func(`${body} (local.get 0)`);
    expect(count(ir, Ir.block)).toBeGreaterThan(0);
    expect(count(ir, Ir.if)).toBe(ifs);
  });
});

describe('a conditional branch over a plain one', () => {
  it('is the opposite condition on the plain one', async () => {
    const ir = await func(`(block $out (loop $on ${store}
      (block $skip (i32.store (i32.const 8) (local.get 0)) (block (br 0)) (br_if $skip (local.get 0)) (br $out))
      (br_if $on (local.get 1)))) (local.get 0)`);
    const branch = ir.code.find((n) => n.op === Ir.brIf)!;
    expect(branch.inputs.map(expression)).toEqual(['i32.eqz(p0)']);
    expect(branch.targets![0]!.frame.id).toBe(0);
  });
});
