/** What follows a block goes to where all branches to the block come from. */
import { describe, expect, it } from 'vitest';
import { Ir } from '../../../../src/3-lower/ir.ts';
import { OP } from '../../../../src/wasm/opcodes.ts';
import { lower, plainText, through } from '../../../support/func-ir.ts';

const call = (n: number): string => `(call $f (i32.const ${n}))`;
const iff = (then: string, otherwise: string): string => `(if (local.get 1) (then ${then}) (else ${otherwise}))`;
const moduleOf = (body: string): string =>
  `(module (import "m" "f" (func $f (param i32))) (tag $t) (func (param i32 i32) ${body}))`;

/** Frames, branches, and calls as `f` and the number that they pass, in order, after the pass. */
async function placed(body: string): Promise<string> {
  const wat = `(module (import "m" "f" (func $f (param i32))) (tag $t) (func (param i32 i32) ${body}))`;
  const lines = plainText(through(await lower(wat), 'copies', 'placement'))
    .split('\n')
    .slice(1);
  const constants = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /(v\d+):i32 = i32\.const (\d+)/.exec(line) ?? [];
    if (name) constants.set(name, value!);
  }
  return lines
    .map((line) => line.trim().replace(/^call (v\d+)$/, (_, name: string) => `f${constants.get(name) ?? `(${name})`}`))
    .filter((line) => line !== '' && !line.includes('const'))
    .join('; ');
}

describe('what follows a block goes', () => {
  it('into the arm that alone branches to it', async () => {
    expect(await placed(`(block $x ${iff(`${call(1)} (br $x)`, call(2))} ${call(3)} return) ${call(4)}`)).toBe(
      'if @1 v1; block @0; f1; br @0(); end @0(); f4; br return(); else @1; f2; br @1(); end @1(); f3; br return()',
    );
  });
  it('into the case that alone branches to it', async () => {
    const cases = `(block $a (block $b (br_table $a $b (local.get 0))) ${call(1)} (br $x))`;
    expect(await placed(`(block $x ${cases} ${call(2)} return) ${call(3)}`)).toBe(
      'block @1; block @2; switch v0 @1() @2(); end @2(); block @0; f1; br @0(); end @0(); f3; br return(); end @1(); f2; br return()',
    );
  });
  it('there with what it leads to in turn', async () => {
    const arm = iff(`${call(1)} (br_if $x (local.get 0)) (br $y)`, call(2));
    expect(await placed(`(block $y (block $x ${arm} ${call(3)} return) ${call(4)} (br $y)) ${call(5)}`)).toBe(
      'if @2 v1; block @0; block @1; f1; brIf v0 @1(); br @0(); end @1(); f4; br @0(); end @0(); f5; br return(); ' +
        'else @2; f2; br @2(); end @2(); f3; br return()',
    );
  });
  it('there with the values that it is passed', async () => {
    const arm = iff('(br_if $x (i32.const 7) (local.get 0)) (br $x (local.get 1))', call(2));
    expect(await placed(`(block $x (result i32) ${arm} ${call(3)} return) (call $f)`)).toBe(
      'if @1 v1; block @0; brIf v0 @0(v2); br @0(v1); end @0(v3); f(v3); br return(); else @1; f2; br @1(); end @1(); f3; br return()',
    );
  });
  it('no further than the loop around both', async () => {
    const body = `(block $x ${iff('(br $x)', call(2))} (br_if $l (local.get 0)) return) ${call(4)} (br $l)`;
    expect(await placed(`(loop $l ${body})`)).toBe(
      'block @0; loop @1(); if @3 v1; block @2; br @2(); end @2(); f4; br @1(); else @3; f2; br @3(); end @3(); ' +
        'brIf v0 @1(); br return(); end @1; end @0()',
    );
  });
});

describe('what follows a block stays', () => {
  it.each([
    [
      'where both arms branch to it',
      `(block $x (block $y ${iff('(br $x)', '(br_if $y (local.get 0)) (br $x)')}) return)`,
    ],
    ['outside of a loop that branches to it', `(block $x (loop $l ${call(1)} (br_if $x (local.get 0)) (br $l)))`],
    [
      'outside of a try that branches to it',
      `(block $x (block $h (try_table (catch $t $h) ${call(1)} (br $x))) ${call(2)} return)`,
    ],
    ['at a switch that branches to it', `(block $x (block $a (br_table $a $x (local.get 0))) ${call(1)} return)`],
  ])('%s', async (_, body) => {
    const start = (text: string): string => text.slice(0, text.indexOf(';'));
    expect(start(await placed(`${body} ${call(4)}`))).toBe('block @0');
    expect((await placed(`${body} ${call(4)}`)).endsWith('end @0(); f4; br return()')).toBe(true);
  });
});

it('tens of thousands of blocks in each other take no stack', async () => {
  const depth = 10_000;
  const arms = Array.from({ length: depth }, (_, i) => `(br_if ${i} (local.get 0))`).join(' ');
  const body = `${'(block '.repeat(depth)}${iff(`${arms} (br 0)`, '')} return ${`) ${call(1)}`.repeat(depth)}`;
  const { code } = through(await lower(moduleOf(body)), 'copies', 'placement');
  expect(code[0]!.op).toBe(Ir.if);
  expect(code.filter((n) => n.op === OP.call)).toHaveLength(depth);
});
