/** Variables: values that live at the same time never share one, and copies vanish where they can. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../src/1-decode/index.ts';
import { validate } from '../../../../src/2-validate/index.ts';
import { type FuncIR, isOpening, Type } from '../../../../src/3-lower/ir.ts';
import { PASSES } from '../../../../src/4-optimise/index.ts';
import { formTrees } from '../../../../src/5-emit/form/trees.ts';
import { assignVariables, type Variables } from '../../../../src/5-emit/form/variables.ts';
import { OP } from '../../../../src/wasm/opcodes.ts';
import { lowered, typedOf, VIEWED } from '../../../support/func-ir.ts';
import { wrongReads } from '../../../support/held-values.ts';

function assigned(ir: FuncIR, mixed = false) {
  for (const pass of PASSES) pass.run(ir, { exact: true, memories: VIEWED });
  const trees = formTrees(ir, true);
  return { ir, trees, variables: assignVariables(ir, trees, mixed) };
}
const ofText = async (func: string, mixed = false) => assigned(lowered(await typedOf(`(module ${func})`)), mixed);

describe('what is read', () => {
  const guests = fileURLToPath(new URL('../../../../fixtures/guests/', import.meta.url));
  const files = readdirSync(guests, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.wasm'));
  it.each(files)('is in its variable in %s', (file) => {
    const typed = validate(decode(Uint8Array.from(readFileSync(`${guests}${file}`))));
    for (const f of typed.module.funcs.slice(typed.module.importedFuncs)) {
      for (const mixed of [false, true]) {
        const { ir, trees, variables } = assigned(lowered(typed, f.index), mixed);
        expect(wrongReads(ir, trees, variables.nameOf)).toEqual([]);
        if (!mixed) expect(typesOf(ir, variables)).toEqual([]);
      }
    }
  });
  it('is there when an exception arrives', async () => {
    const { ir, trees, variables } = await ofText(`(func $g (import "" "g") (param i32) (result i32))
      (func (param i32 i32) (result i32) (local i32 i32)
        (local.set 2 (i32.mul (local.get 0) (local.get 0)))
        (block $caught
          (try_table (catch_all $caught)
            (local.set 3 (call $g (local.get 1)))
            (drop (call $g (i32.mul (local.get 3) (local.get 3))))
            (return (i32.const 0))))
        (i32.mul (local.get 2) (local.get 2)))`);
    expect(variables.nameOf(ir.code.find((n) => n.op === OP['i32.mul'])!)).toBe('p0');
    expect(wrongReads(ir, trees, variables.nameOf)).toEqual([]);
  });
  it('is told from what is elsewhere', async () => {
    const { ir, trees, variables } = await ofText(`(func (param i32 i32) (result i32)
      (if (result i32) (local.get 0) (then (i32.mul (local.get 1) (local.get 1))) (else (local.get 1))))`);
    expect(wrongReads(ir, trees, (n) => variables.nameOf(n) && 'p0')).not.toEqual([]);
  });
});

/** Variables that hold values of several types. */
function typesOf(ir: FuncIR, variables: Variables): string[] {
  const types = new Map<string, number>();
  const wrong: string[] = [];
  for (const n of [...ir.params, ...ir.code, ...ir.code.flatMap((n) => (isOpening(n.op) ? n.frame!.params : []))]) {
    const name = n.type === Type.none ? undefined : variables.nameOf(n);
    if (name === undefined) continue;
    if ((types.get(name) ?? n.type) !== n.type) wrong.push(name);
    types.set(name, n.type);
  }
  return wrong;
}

describe('copies', () => {
  it('vanish for a counter and a sum in a loop', async () => {
    const { variables } = await ofText(`(func (param i32) (result i32) (local i32)
      (loop (local.set 1 (i32.add (local.get 1) (local.get 0)))
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1))`);
    expect(variables.declared).toHaveLength(1);
    expect(variables.parameters).toEqual(['p0']);
  });
  it('vanish for what the cases of a switch carry round', async () => {
    const text = `(func (param i32 i32) (result i32)
      (loop $next
        (block $2 (block $1 (block $0 (br_table $0 $1 $2 (i32.and (local.get 0) (i32.const 3))))
          (local.set 1 (i32.mul (local.get 1) (local.get 1)))
          (local.set 0 (i32.shr_u (local.get 0) (i32.const 2)))
          (br $next))
          (local.set 0 (i32.xor (local.get 0) (local.get 1)))
          (br $next))
        (br_if $next (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
      (local.get 0))`;
    const { ir, variables } = await ofText(text);
    expect(variables.declared).toEqual([]);
    const copied = ir.code
      .flatMap((n) => n.targets ?? [])
      .filter(({ frame }) => frame.kind !== 'exit')
      .flatMap(({ frame, args }) => args.map((a, i) => [variables.nameOf(a), variables.nameOf(frame.params[i]!)]))
      .filter(([from, to]) => from !== undefined && from !== to);
    expect(copied).toEqual([]);
  });
  it('vanish for a chain of values', async () => {
    const text = `(func (param i32) (result i32) (local i32 i32)
      (local.set 1 (i32.mul (local.get 0) (local.get 0)))
      (local.set 2 (i32.mul (local.get 1) (local.get 1)))
      (i32.mul (local.get 2) (local.get 2)))`;
    expect((await ofText(text)).variables.declared).toEqual([]);
    expect((await ofText(text, true)).variables.declared).toEqual(['i0']);
  });
  it('keep types apart', async () => {
    const { variables } = await ofText(`(func (param i32 f64 f32) (result f64) (local i32 f64 f32)
      (loop
        (local.set 3 (i32.add (local.get 3) (local.get 0)))
        (local.set 4 (f64.add (local.get 4) (local.get 1)))
        (local.set 5 (f32.add (local.get 5) (local.get 2)))
        (br_if 0 (i32.lt_s (local.get 3) (i32.const 100))))
      (f64.add (local.get 4) (f64.promote_f32 (local.get 5))))`);
    expect(variables.declared.map((name) => name[0]).sort()).toEqual(['d', 'f', 'i']);
  });
});

describe('names for the smallest text', () => {
  const sum = '(local.set 2 (i32.load (local.get 1))) (i32.store (local.get 2) (i32.mul (local.get 2) (local.get 2)))';
  const nameOfLoad = ({ ir, variables }: Awaited<ReturnType<typeof ofText>>): string | undefined =>
    variables.nameOf(ir.code.find((n) => n.op === OP['i32.load'])!);
  it('of short lives do not depend on what lives around them', async () => {
    const alone = await ofText(`(memory 1) (func (param i32 i32) (local i32) ${sum})`, true);
    const within = await ofText(
      `(memory 1) (func (param i32 i32) (result i32) (local i32 i32)
      (local.set 3 (i32.mul (local.get 0) (local.get 0))) ${sum} (i32.mul (local.get 3) (local.get 3)))`,
      true,
    );
    expect(nameOfLoad(alone)).toBe('i0');
    expect(nameOfLoad(within)).toBe('i0');
    expect(within.variables.declared).toEqual(['i0', 'i1']);
  });
  it('may be shared by types', async () => {
    const text = `(memory 1) (func (result f64) (local i32 f64)
      (local.set 0 (i32.trunc_f64_s (f64.load (i32.const 0))))
      (local.set 1 (f64.convert_i32_s (i32.mul (local.get 0) (local.get 0))))
      (f64.mul (local.get 1) (local.get 1)))`;
    expect((await ofText(text)).variables.declared).toEqual(['i0', 'd1']);
    expect((await ofText(text, true)).variables.declared).toEqual(['i0']);
  });
});
