/** Blocks with handlers as lowered: where exceptions go, which throws are branches, which locals are kept in variables. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir } from '../../../src/3-lower/ir.ts';
import { catcherOf } from '../../../src/3-lower/tries/tries.ts';
import { verify } from '../../../src/3-lower/verify.ts';
import { count, HandMade, lower, typedOf } from '../../support/func-ir.ts';

const MODULE = `
  (import "m" "f" (func $f (param i32)))
  (import "m" "js" (tag $js (param externref)))
  (import "m" "a" (tag $a (param i32)))
  (import "m" "b" (tag $b (param i32)))
  (tag $own (param i32))
  (tag $wide (param i64 f64))`;
const func = (body: string): Promise<FuncIR> =>
  lower(`(module ${MODULE} (func (param i32) (result i32) (local i32 i32) ${body}))`);
const caught = (clauses: string, body: string): string =>
  `(block $h (result i32) (try_table ${clauses} ${body}) (return (i32.const 0)))`;
const variables = (ir: FuncIR): number[] =>
  [...new Set(ir.code.filter((n) => n.op === Ir.varSet).map((n) => n.imm))].sort();

describe('a throw', () => {
  it('whose clause is known is a branch', async () => {
    const ir = await func(caught('(catch $own $h)', '(throw $own (local.get 0))'));
    expect(ir.code.filter((n) => n.op === Ir.throw && n.imm === 0)).toEqual([]);
  });
  it('passes handlers of other tags of the module', async () => {
    const inner = '(block $i (result i64 f64) (try_table (catch $wide $i) (throw $own (local.get 0))) (unreachable))';
    const ir = await func(caught('(catch $own $h)', `${inner} (drop) (drop)`));
    expect(ir.code.filter((n) => n.op === Ir.throw && n.imm === 0)).toEqual([]);
  });
  it('with an imported tag may meet the same tag under another name', async () => {
    const ir = await func(caught('(catch $a $h)', '(throw $b (local.get 0))'));
    expect(ir.code.filter((n) => n.op === Ir.throw && n.imm === 0).length).toBe(1);
  });
  it("with JavaScript's tag throws whatever its payload is", async () => {
    const ir = await func('(block $h (try_table (catch_all $h) (throw $js (ref.null extern)))) (i32.const 0)');
    expect(ir.code.filter((n) => n.op === Ir.throw && n.imm === 1).length).toBe(1);
  });
  it('in no handler leaves the function', async () => {
    const ir = await func('(throw $own (i32.const 1))');
    expect(ir.code[ir.code.length - 1]!.op).toBe(Ir.throw);
  });
});

it('the search for a clause ends where it shows at run time only', async () => {
  const { module } = await typedOf(`(module ${MODULE})`);
  const body = (...tags: number[]) => ({ tags, delegates: false });
  expect(catcherOf([body(3), body(4)], 3, module)?.by.tags).toEqual([3]);
  expect(catcherOf([body(-1), body(4)], 3, module)?.by.tags).toEqual([-1]);
  expect(catcherOf([body(3), { tags: [], delegates: true }], 3, module)).toBeUndefined();
  expect(catcherOf([body(1, 2)], 2, module)).toBeUndefined();
  expect(catcherOf([body(3, 2)], 2, module)?.clause).toBe(1);
  expect(catcherOf([body(-1)], 0, module)).toBeUndefined();
  expect(catcherOf([body(4)], 3, module)).toBeUndefined();
});

describe('locals in a body', () => {
  const set = (local: number, value: number): string => `(local.set ${local} (i32.const ${value}))`;
  it('that a clause reads are kept in variables', async () => {
    const body = `${set(1, 5)} (call $f (i32.const 1)) ${set(1, 6)} ${set(2, 7)} (call $f (local.get 2))`;
    const ir = await func(`(block $h (try_table (catch_all $h) ${body})) (local.get 1)`);
    expect(variables(ir)).toEqual([1]);
    expect(count(ir, Ir.varGet)).toBe(1);
    // On entry, and at each assignment.
    expect(count(ir, Ir.varSet)).toBe(3);
  });
  it('that are only read before are not', async () => {
    const ir = await func(`${set(1, 5)} (block $h (try_table (catch_all $h) (call $f (local.get 1)))) (local.get 1)`);
    expect(variables(ir)).toEqual([]);
  });
  it('are written for the outer handler too', async () => {
    const inner = `(block $i (try_table (catch_all $i) ${set(1, 1)} (call $f (i32.const 0)) ${set(1, 2)}))`;
    const ir = await func(
      `(block $h (try_table (catch_all $h) ${inner} ${set(1, 3)} (call $f (i32.const 0)))) (local.get 1)`,
    );
    expect(count(ir, Ir.varSet)).toBe(4);
  });
});

describe('the verifier', () => {
  it('refuses a branch to a try', () => {
    const h = new HandMade();
    const frame = h.ir.frame('try');
    h.kind(Ir.try, 0).frame = frame;
    h.br(frame);
    h.kind(Ir.end, 0).frame = frame;
    expect(() => verify(h.return(), 'test')).toThrow('where only exceptions go');
  });
  it('takes nothing of the body for defined behind it', () => {
    const h = new HandMade();
    const frame = h.ir.frame('try');
    h.kind(Ir.try, 0).frame = frame;
    const inside = h.i32(1);
    h.br(h.ir.exit, inside);
    h.kind(Ir.end, 0).frame = frame;
    expect(() => verify(h.return(inside), 'test')).toThrow('is not defined here');
  });
});
