/** Lowering: frames, their parameters and arguments, code that cannot be reached. The verifier runs on each. */
import { describe, expect, it } from 'vitest';
import { Ir, opName, Type } from '../../../src/3-lower/ir.ts';
import { count, expression, lower, plainText, returned } from '../../support/func-ir.ts';

/** Operations of the function `(param i32 i32)`, in order. */
const names = async (body: string, result = ''): Promise<string[]> =>
  (await lower(`(module (memory 1) (func (param i32 i32) ${result} ${body}))`)).code.map((n) => opName(n.op));

describe('values', () => {
  it('are the operand stack and the locals, not nodes', async () => {
    const ir = await lower(`(module (func (param i32 i32) (result i32) (local i32)
      (local.set 2 (local.get 0)) (local.set 0 (local.get 1)) (local.set 1 (local.get 2))
      (i32.sub (local.tee 0 (local.get 0)) (local.get 1))))`);
    expect(returned(ir)).toBe('i32.sub(p1, p0)');
    expect(count(ir, 'i32.sub')).toBe(1);
    expect(ir.code.filter((n) => opName(n.op) !== 'i32.const')).toHaveLength(2);
  });
  it('of locals begin as zeros of their type', async () => {
    const ir = await lower(
      '(module (func (result i64 f32 f64 funcref) (local i64 f32 f64 funcref) (local.get 0) (local.get 1) (local.get 2) (local.get 3)))',
    );
    expect(returned(ir)).toBe('0; 0; 0; ref.null()');
    expect(ir.results).toEqual([Type.i64, Type.f32, Type.f64, Type.ref]);
  });
  it('of a call with several results are projections, an i64 of two places', async () => {
    const ir = await lower(
      `(module (func $f (result i64 f32 i32) (i64.const 1) (f32.const 2) (i32.const 3))
      (func (result f32 i32) (call $f) (local.set 0) (local.set 1) (drop) (local.get 1) (local.get 0)) )`.replace(
        '(func (result f32 i32)',
        '(func (result f32 i32) (local i32 f32)',
      ),
      1,
    );
    expect(ir.code.filter((n) => n.op === Ir.project).map((n) => n.imm)).toEqual([0, 2, 3]);
  });
  it('of accesses keep offset, memory and alignment', async () => {
    const ir = await lower(
      '(module (memory 1) (memory 1) (func (param i32) (drop (i32.load16_u 1 offset=77 align=1 (local.get 0)))))',
    );
    const load = ir.code.find((n) => opName(n.op) === 'i32.load16_u')!;
    expect([load.imm, load.imm2, load.align]).toEqual([77, 1, 0]);
  });
});

describe('code that cannot be reached', () => {
  it.each([
    ['br', '(br 0)'],
    ['return', '(return)'],
    ['unreachable', '(unreachable)'],
    ['br_table', '(br_table 0 (local.get 0))'],
  ])('after %s is not built', async (_, leave) => {
    const body = `(block ${leave} (i32.store (i32.const 0) (i32.const 1))
      (block (loop (br 0)) (if (i32.const 1) (then (br 1)) (else (br_if 0 (i32.const 0))))) (drop (i32.add)))`;
    expect(await names(body)).not.toContain('i32.store');
    expect(await names(body)).not.toContain('loop');
    expect((await names(body)).filter((n) => n === 'block')).toHaveLength(1);
  });
  it('behind a block that nothing leaves is not built', async () => {
    expect(await names('(block (return)) (i32.store (i32.const 0) (i32.const 1))')).toEqual(['block', 'br', 'end']);
    expect(await names('(loop (br 0)) (i32.store (i32.const 0) (i32.const 1))')).toEqual([
      'block',
      'loop',
      'br',
      'end',
      'end',
    ]);
  });
  it('ends at the else of its if, and at an end that is branched to', async () => {
    expect(
      await names('(if (local.get 0) (then (unreachable) (nop)) (else (i32.store (i32.const 0) (i32.const 1))))'),
    ).toEqual(['if', 'trap', 'else', 'i32.const', 'i32.const', 'i32.store', 'br', 'end', 'br']);
    const body = '(block (br_if 0 (local.get 0)) (br 1) (unreachable)) (i32.store (i32.const 0) (i32.const 1))';
    expect(await names(body)).toContain('i32.store');
  });
  it('keeps blocks with locals numbered after blocks that were not built', async () => {
    // The dead block and loop count too, or the last block would carry the wrong locals.
    const ir = await lower(`(module (func (param i32 i32) (result i32)
      (block (return (i32.const 3)) (block (local.set 0 (i32.const 1))) (loop (br 0)))
      (unreachable)
      (block (nop)) (i32.const 0)))`);
    expect(count(ir, 'i32.const')).toBe(1);
    const live = await lower(`(module (func (param i32 i32) (result i32)
      (block (br 0) (block (local.set 1 (i32.const 1))) (loop (br 0)))
      (block (local.set 0 (i32.const 9)) (br_if 0 (local.get 1)) (local.set 0 (i32.const 8)))
      (local.get 0)))`);
    expect(returned(live)).toBe('m1.0');
  });
});

describe('merges', () => {
  it('of an if without else take the locals as they were', async () => {
    const ir = await lower(`(module (func (param i32 i32) (result i32)
      (if (local.get 1) (then (local.set 0 (i32.const 5)))) (local.get 0)))`);
    expect(plainText(ir)).toBe(`func 0 (v0:i32, v1:i32) -> (i32)
  if @0 v1
    v2:i32 = i32.const 5
    br @0(v2)
  else @0
    br @0(v0)
  end @0(v3)
  br return(v3)
`);
  });
  it('of an if without else pass its parameters through', async () => {
    const ir = await lower(`(module (func (param i32 i32) (result i32)
      (local.get 0) (if (param i32) (result i32) (local.get 1) (then (i32.add (i32.const 1))))))`);
    expect(plainText(ir)).toContain('else @0\n    br @0(v0)\n');
  });
  it('restore the stack and the locals in the else arm', async () => {
    const ir = await lower(`(module (func (param i32 i32) (result i32)
      (local.get 0)
      (if (param i32) (result i32) (local.get 1)
        (then (drop) (local.set 0 (i32.const 7)) (local.get 0))
        (else (i32.sub (local.get 0))))))`);
    const sub = ir.code.find((n) => opName(n.op) === 'i32.sub')!;
    expect(sub.inputs.map(expression)).toEqual(['p0', 'p0']);
  });
  it('of loops have parameters with the values on entry and from each round', async () => {
    const ir = await lower(`(module (func (param i32 i32) (result i32)
      (local.get 0)
      (loop (param i32) (result i32)
        (i32.add (local.get 1)) (local.set 1 (i32.const 2))
        (br_if 0 (local.get 1)))))`);
    const loop = ir.code.find((n) => n.op === Ir.loop)!.frame!;
    expect(loop.init.map(expression)).toEqual(['p0', 'p1']);
    expect(loop.params).toHaveLength(2);
    const back = ir.code.find((n) => n.op === Ir.brIf)!.targets![0]!;
    expect(back.args.map(expression)).toEqual(['i32.add(m1.0, m1.1)', '2']);
  });
  it('of nested loops carry only what each needs', async () => {
    const ir = await lower(`(module (func (param i32 i32) (result i32) (local i32)
      (loop
        (local.set 2 (local.get 1))
        (loop (br_if 0 (local.tee 2 (i32.sub (local.get 2) (i32.const 1)))))
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 0)))`);
    const loops = ir.code.filter((n) => n.op === Ir.loop).map((n) => n.frame!.params.length);
    expect(loops).toEqual([1, 1]);
  });
  it('pass the values of a branch through blocks in between', async () => {
    const ir = await lower(`(module (func (param i32 i32) (result i32)
      (block (result i32)
        (block (local.set 0 (i32.const 1)) (br 1 (i32.const 6)))
        (unreachable))))`);
    expect(returned(ir)).toBe('m0.0');
    expect(ir.code.find((n) => n.op === Ir.br)!.targets![0]!.args.map(expression)).toEqual(['6']);
  });
});

describe('branches', () => {
  it('to the function itself return', async () => {
    const ir = await lower(
      '(module (func (param i32) (result i32) (local.get 0) (br_if 0 (local.get 0)) (br_table 0 (local.get 0))))',
    );
    for (const op of [Ir.brIf, Ir.switch]) {
      const { targets } = ir.code.find((n) => n.op === op)!;
      expect(targets!.every((t) => t.frame === ir.exit && expression(t.args[0]!) === 'p0')).toBe(true);
    }
  });
  it('of a table keep each entry, also equal ones', async () => {
    const ir = await lower('(module (func (param i32) (block (block (br_table 0 1 0 1 2 (local.get 0))))))');
    expect(ir.code.find((n) => n.op === Ir.switch)!.targets!.map((t) => t.frame.id)).toEqual([1, 0, 1, 0, -1]);
  });
});

describe('depth', () => {
  it('of 20,000 nested blocks costs no stack', async () => {
    const body = `${'(block '.repeat(20_000)}(br_if 7 (local.get 0))${')'.repeat(20_000)}`;
    // Nested text may cost the assembler its stack: the body is built flat.
    const flat = body
      .replaceAll('(block ', 'block ')
      .replace('(br_if 7 (local.get 0))', 'local.get 0 br_if 7 ')
      .replace(/\)+$/, 'end '.repeat(20_000));
    const ir = await lower(`(module (func (param i32) ${flat}))`);
    expect(count(ir, Ir.block)).toBe(20_000);
  });
});
