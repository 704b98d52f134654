/** `--explain`: what is told of functions and modules, and that asking changes nothing. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Options, transpile } from '../../../src/index.ts';
import { assemble } from '../../support/func-ir.ts';

function explain(bytes: Uint8Array, funcs: readonly string[] = [], options: Options = {}): string {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  transpile(bytes, { ...options, explain: { funcs, write } });
  return text;
}
const ofModule = async (fields: string, ...funcs: readonly string[]): Promise<string> =>
  explain(await assemble(`(module ${fields})`), funcs);
/** Of the function `f`, whose body this is: its lines, without the spaces around. */
async function linesOf(body: string, memory = '1'): Promise<string[]> {
  const fields = `(import "m" "h" (func $host (param i32)))
    (memory (export "m") ${memory}) (table 1 funcref) (table (export "t") 1 funcref)
    (func $g (drop (i32.load (i32.const 0))))
    (func (export "f") (param i32 i32 f64 i64) (result i32) (local i32) ${body} (local.get 4))`;
  return (await ofModule(fields, 'f')).split('\n').map((line) => line.trim());
}

const LOAD = '(i32.load (local.get 0))';
const loop = (body: string): string => `(loop ${body} (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))`;
const add = (value: string): string => `(local.set 4 (i32.add (local.get 4) ${value}))`;

it('tells what each pass did to a function', async () => {
  const bytes = new Uint8Array(
    readFileSync(fileURLToPath(new URL('../../../fixtures/guests/walk/sum.wasm', import.meta.url))),
  );
  expect(explain(bytes, ['sum'])).toMatchInlineSnapshot(`
    "function 0 "sum": 63 bytes of WebAssembly
      lower        nodes: 25
                   loops: 1
                   accesses to memory: 1
      copies       merges that are one value: 2
      branches     nodes: 25 -> 24
                   branches that lead to a branch: 1
      branch-free  selects of no such form: 1
      places       accesses at their address, or at a constant: 1
      variables    values that are part of an expression: 12
                   values in variables of their own or shared ones: 7
                   variables: 4
      views        read in each round, since it has one load only: loop 1
      size         bytes of bytecode as estimated, of 57500 up to which V8 surely optimises: 186
      no change    dce, simd, float-bits, int64, fold, tries, copies, ifs, bits, guards, negations, selects, placement, empty-frames, base-cases, recurrences, indices

    "
  `);
});

describe('of a function', () => {
  it.each([
    [
      'a mask',
      add('(i32.and (i32.shr_u (local.get 0) (i32.const 28)) (i32.const 31))'),
      'masks and extensions that keep every bit: 1',
    ],
    [
      'a test of a divisor',
      `(if (local.get 1) (then ${add('(i32.div_u (local.get 0) (local.get 1))')}))`,
      'guards       divisions and conversions behind a test of their operand: 1',
    ],
    [
      'a division without one',
      add('(i32.div_u (local.get 0) (local.get 1))'),
      'divisions and conversions keep their own test: no condition on the way excludes what traps: 1',
    ],
    [
      'a minimum in a loop',
      loop(`(local.set 4 (select (local.get 0) (local.get 1) (i32.lt_s (local.get 0) (local.get 1))))`),
      'minima and maxima without a branch: 1',
    ],
    [
      'the least of all rounds',
      loop(`(local.set 4 (select (local.get 4) (local.get 1) (i32.lt_s (local.get 4) (local.get 1))))`),
      'minima and maxima of all that a loop has met so far: 1',
    ],
    [
      'a minimum elsewhere',
      `(local.set 4 (select (local.get 0) (local.get 1) (i32.lt_s (local.get 0) (local.get 1))))`,
      'minima and maxima outside of loops: 1',
    ],
    [
      'a division of i64',
      '(local.set 3 (i64.div_s (local.get 3) (i64.const 7))) (local.set 4 (i32.wrap_i64 (local.get 3)))',
      'by a function of the runtime: i64_div_s',
    ],
    [
      'i64',
      '(local.set 3 (i64.extend_i32_u (local.get 0))) (local.set 4 (i32.wrap_i64 (i64.shl (local.get 3) (i64.const 3))))',
      'of these with a high half that is constant: 2',
    ],
    [
      'a switch in a loop',
      loop(`${add(LOAD)} ${add(LOAD)} (block (block (br_table 0 1 (local.get 0))) (local.set 1 (i32.const 3)))`),
      'read in each round, since there is a switch inside: loop 1',
    ],
    [
      'a call in a loop',
      loop(`${add(LOAD)} ${add(LOAD)} (call $host (i32.const 0))`),
      'read in each round, since there is a call inside: loop 1',
    ],
    [
      'growth in a loop',
      loop(`${add(LOAD)} ${add(LOAD)} (drop (memory.grow (i32.const 1)))`),
      'read in each round, since there is a memory that grows inside: loop 1',
    ],
    ['a loop of one load', loop(add(LOAD)), 'read in each round, since it has one load only: loop 1'],
    ['a loop in a loop', loop(loop(`${add(LOAD)} ${add('(i32.load (local.get 1))')}`)), 'in locals before it: loop 2'],
    [
      'a loop of bytes',
      loop([0, 1, 4].map((k) => add(`(i32.load8_u (local.get ${k}))`)).join('')),
      'in locals at the top of its body, since all are bytes: loop 1',
    ],
    [
      'accesses with a common base',
      [0, 4, 8].map((at) => add(`(i32.load offset=${at} (local.get 0))`)).join(''),
      'accesses at an offset whose sum is tested, since the memory may grow beyond 2 GiB: 2',
    ],
    ['an access at no offset', add(LOAD), 'accesses at their address, or at a constant: 1'],
    ['a call', '(call $g)', 'stays a call, since it is not called in a loop: 1 "g"'],
    ['a call of its own', loop('(call $g)'), 'stands here, with no function of its own: 1 "g"'],
    ['a call of an import', '(call $host (i32.const 0))', 'stays a call, since it is imported: 0 "host"'],
    [
      'a call through a closed table',
      '(call_indirect (i32.const 0))',
      'a switch over the functions that it may reach, since its table is closed: table 0',
    ],
    [
      'a call through an open table',
      '(call_indirect 1 (i32.const 0))',
      'looked up and checked at run time, since it is exported: table 1',
    ],
  ])('%s', async (_, body, line) => {
    const lines = await linesOf(body);
    expect(lines.map((l) => l.slice(l.indexOf(line)))).toContain(line);
  });

  const RECORD = [0, 4, 8].map((at) => add(`(i32.load offset=${at} (local.get 0))`)).join('');
  it.each([
    [
      'of at most 2 GiB',
      '1 32768',
      RECORD,
      'accesses at an offset without a test of the sum, since one before was in bounds: 2',
    ],
    [
      'of at most 2 GiB, the access at no known address',
      '1 32768',
      add('(i32.load offset=4 (local.get 0))'),
      'accesses at an offset whose sum is tested, since none before was at that address: 1',
    ],
    ['that is shared', '1 1 shared', RECORD, 'accesses by an index that others or all rounds share: 3'],
    [
      'that is shared, at a constant',
      '1 1 shared',
      add('(i32.load (i32.const 8))'),
      'accesses at constant addresses: 1',
    ],
    [
      'that is shared, with an odd offset',
      '1 1 shared',
      add('(i32.load offset=2 (local.get 0))'),
      'accesses that promise no alignment, or whose offset is no multiple of their size: 1',
    ],
    ['that is shared, alone', '1 1 shared', add(LOAD), 'accesses that would save less than such an index costs: 1'],
  ])('with a memory %s', async (_, memory, body, line) => {
    const lines = (await linesOf(body, memory)).map((l) => l.slice(l.indexOf(line)));
    expect(lines).toContain(line);
  });
});

/** The last lines, on the size of function `f`; thousands as N. */
async function sizeOf(body: string): Promise<string> {
  const lines = await linesOf(body);
  return lines
    .slice(
      lines.findIndex((l) => l.startsWith('size')),
      -3,
    )
    .join('\n')
    .replace(/\d+,\d+/g, 'N');
}

describe('of a function above the limit', () => {
  it('tells which accesses became calls', async () => {
    expect(await sizeOf(loop(add(LOAD).repeat(740)) + add(LOAD).repeat(740))).toMatchInlineSnapshot(
      `"size         bytes of bytecode as estimated, of 57500 up to which V8 surely optimises: N"`,
    );
  });
  it('tells what was cut out', async () => {
    const arm = Array.from({ length: 40 }, (_, k) => `(call $host (i32.mul (local.get 1) (i32.const ${k + 3})))`).join(
      '',
    );
    const ifs = Array.from({ length: 90 }, (_, k) => `(if (i32.eq (local.get 0) (i32.const ${k})) (then ${arm}))`).join(
      '',
    );
    expect(await sizeOf(ifs)).toMatchInlineSnapshot(`
      "size         bytes of bytecode as estimated, of 57500 up to which V8 surely optimises: N
      regions that became functions: 38
      bytes of bytecode of the largest function that is left: N"
    `);
  });
  it('tells what stays above it', async () => {
    expect(await sizeOf('(call $host (i32.const 123456))'.repeat(6000))).toMatchInlineSnapshot(`
      "size         bytes of bytecode as estimated, of 57500 up to which V8 surely optimises: N
      bytes of bytecode of the largest function that is left: N
      it stays above the limit: no other region of a size worth a function of its own leaves by branches only"
    `);
  });
});

describe('of a module', () => {
  const fields = `(import "m" "h" (func $host)) (memory 1) (table $closed 2 funcref) (table (export "t") 1 funcref) (elem (i32.const 0) $a)
    (func $a (param i32) (result i32) (i32.load (local.get 0)))
    (func $leaf (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func $tail (param i32) (result i32) (if (local.get 0) (then (return_call $tail2 (i32.sub (local.get 0) (i32.const 1))))) (i32.const 3))
    (func $tail2 (param i32) (result i32) (return_call $tail (local.get 0)))
    (func (export "f, g") (param i32) (result i32)
      (loop (drop (call $leaf (local.get 0))) (br_if 0 (local.tee 0 (i32.shr_u (local.get 0) (i32.const 1)))))
      (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))`;
  it('sums up', async () => {
    expect(await ofModule(fields)).toMatchInlineSnapshot(`
      "module: 5 functions and 1 imported ones, 283 bytes of bytecode as estimated
        functions    stand in their only caller: 2 "leaf"
                     loops, or one function with their cycle of tail calls: 3 "tail", 4 "tail2"
        tables       closed: calls are switches over what they hold: table 0
                     open, since it is exported: table 1
        lower        nodes: 36
                     accesses to memory: 2
                     loops: 2
                     calls: 1
        copies       merges that are one value: 2
        dce          nodes that nobody needs: 1
        fold         values known, or had for less: 1
        empty-frames frames that nobody branches to: 1
        places       accesses at their address, or at a constant: 2
        variables    values that are part of an expression: 9
                     values in variables of their own or shared ones: 8
                     variables: 4
        views        read in each round, since there is a switch inside: 1
                     read in each round, since it has one load only: 1
      largest functions, by bytes of bytecode with all accesses spelled out:
        142          3 "tail"
        89           5 "f, g"
        52           1 "a"
        0            2 "leaf"
        0            4 "tail2"
      "
    `);
  });
  it('finds functions by name, export and index, by commas or not', async () => {
    const titles = async (...funcs: readonly string[]): Promise<string[]> =>
      (await ofModule(fields, ...funcs)).split('\n').filter((line) => line.startsWith('function'));
    expect(await titles('f, g')).toEqual(['function 5 "f, g": 26 bytes of WebAssembly']);
    expect(await titles('tail,1', '5')).toHaveLength(3);
    await expect(titles('f, h')).rejects.toThrow('no function with a body has the index or name f');
    await expect(titles('0')).rejects.toThrow('no function with a body has the index or name 0');
  });
  it('leaves the output as it is, and says the same again', async () => {
    const bytes = await assemble(`(module ${fields})`);
    const explained = transpile(bytes, { explain: { funcs: [], write: () => {} } });
    expect(explained.code).toBe(transpile(bytes).code);
    expect(explain(bytes, ['5'])).toBe(explain(bytes, ['5']));
  });
  it('tells what is left out for the sake of size', async () => {
    const bytes = await assemble(`(module ${fields})`);
    const text = explain(bytes, ['1'], { optimize: 'size' });
    expect(text).toContain('  indices      left out, since it makes code longer: --optimize size\n');
    expect(text).toContain('accesses that are calls: 1\n');
  });
  it('is refused where there are no passes', async () => {
    const bytes = await assemble(`(module ${fields})`);
    expect(() => explain(bytes, [], { backend: 'wamr' })).toThrow('wamr has no passes to explain or to leave out');
  });
});
