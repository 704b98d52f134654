/** Variables: values that live at the same time never share one, and copies vanish where they can. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../src/1-decode/index.ts';
import { validate } from '../../../../src/2-validate/index.ts';
import { type FuncIR, Ir, type Node } from '../../../../src/3-lower/ir.ts';
import { PASSES } from '../../../../src/4-optimise/index.ts';
import { liveRanges } from '../../../../src/5-emit/form/ranges.ts';
import { formTrees } from '../../../../src/5-emit/form/trees.ts';
import { assignVariables, type Variables } from '../../../../src/5-emit/form/variables.ts';
import { OP } from '../../../../src/wasm/opcodes.ts';
import { lowered, typedOf, VIEWED } from '../../../support/func-ir.ts';

function assigned(ir: FuncIR, mixed = false) {
  for (const pass of PASSES) pass.run(ir, { exact: true, memories: VIEWED });
  const trees = formTrees(ir, true);
  return { ir, ranges: liveRanges(ir, trees), variables: assignVariables(ir, trees, mixed) };
}
const ofText = async (func: string, mixed = false) => assigned(lowered(await typedOf(`(module ${func})`)), mixed);

function* values(ir: FuncIR): Iterable<Node> {
  yield* ir.params;
  for (const n of ir.code) {
    if (n.op === Ir.block || n.op === Ir.loop || n.op === Ir.if) yield* n.frame!.params;
    else yield n;
  }
}

/** Pairs of values of one variable that live at once. */
function clashes(
  { ir, ranges, variables }: { ir: FuncIR; ranges: ReturnType<typeof liveRanges>; variables: Variables },
  mixed = false,
): string[] {
  const byName = new Map<string, Node[]>();
  for (const n of values(ir)) {
    const name = ranges.of(n) ? variables.nameOf(n) : undefined;
    if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), n]);
  }
  const found: string[] = [];
  for (const [name, list] of byName) {
    const sorted = [...new Set(list)].sort((a, b) => ranges.of(a)!.start - ranges.of(b)!.start);
    for (const [i, n] of sorted.entries()) {
      const before = sorted[i - 1];
      if (before && ranges.of(before)!.end > ranges.of(n)!.start) found.push(`${name}: v${before.id} and v${n.id}`);
      if (before && before.type !== n.type && !mixed) found.push(`${name} of two types`);
    }
  }
  return found;
}

describe('values that live at once', () => {
  const bench = fileURLToPath(new URL('../../../../fixtures/guests/bench/', import.meta.url));
  it.each(
    readdirSync(`${bench}/interp`)
      .concat(readdirSync(`${bench}/int64`))
      .filter((f) => f.endsWith('.wasm') && f !== 'vm400.wasm'),
  )('have variables of their own in %s', (file) => {
    const folder = readdirSync(`${bench}/interp`).includes(file) ? 'interp' : 'int64';
    const typed = validate(decode(Uint8Array.from(readFileSync(`${bench}/${folder}/${file}`))));
    for (const f of typed.module.funcs) {
      if (f.import) continue;
      for (const mixed of [false, true]) {
        expect(clashes(assigned(lowered(typed, f.index), mixed), mixed)).toEqual([]);
      }
    }
  });
});

describe('copies', () => {
  it('vanish for a counter and a sum in a loop', async () => {
    const { variables } = await ofText(`(func (param i32) (result i32) (local i32)
      (loop (local.set 1 (i32.add (local.get 1) (local.get 0)))
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1))`);
    expect(variables.declared).toHaveLength(1);
    expect(variables.parameters).toEqual(['p0']);
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
