/** Element indices that accesses share: of which values, and where they are computed. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir, isOpening, type Node } from '../../../src/3-lower/ir.ts';
import { shareIndices } from '../../../src/4-optimise/indices/index.ts';
import { Known } from '../../../src/4-optimise/indices/plans.ts';
import { OP } from '../../../src/wasm/opcodes.ts';
import { count, expression, IN_ELEMENTS, lower, through } from '../../support/func-ir.ts';
import { add, low, num, PARAMS, p, q, set, shl, sum, x, y } from './addresses.ts';

const BEFORE = ['copies', 'dce', 'float-bits', 'int64', 'fold', 'ifs', 'dce'] as const;

async function prepared(body: string, memory = '(memory 1)'): Promise<FuncIR> {
  return through(await lower(`(module ${memory} (func ${PARAMS} ${body}))`), ...BEFORE);
}
const shared = async (body: string, memory?: string): Promise<FuncIR> =>
  through(await prepared(body, memory), 'indices', 'dce');

const NAMES = ['any', 'aligned', 'signed', 'any signed', 'rotated'] as const;
const known = (kind: number): string => NAMES[kind] ?? `rotated + ${kind - Known.rotated}`;
/** Every index: what is known of the address, the width of elements, and the frames around it. */
function found(ir: FuncIR): string[] {
  const frames: string[] = [];
  const list: string[] = [];
  for (const n of ir.code) {
    if (isOpening(n.op)) frames.push(n.frame!.kind);
    else if (n.op === Ir.end) frames.pop();
    else if (n.op === Ir.else) frames[frames.length - 1] = 'else';
    if (n.op !== Ir.index) continue;
    const around = frames.filter((f) => f !== 'block');
    const where = around.length === 0 ? '' : ` in ${around.join(' ')}`;
    list.push(`${known(n.imm2)} ${expression(n.inputs[0]!)} / ${2 ** n.imm}${where}`);
  }
  return list;
}
/** The element of every access that has one, with `[x]` for the index of x. */
const elements = (ir: FuncIR): string[] => ir.code.filter((n) => n.op === Ir.place).map(element);
function element({ inputs: [index], imm }: Node): string {
  return imm === 0 ? short(index!) : `${short(index!)} ${imm < 0 ? '-' : '+'} ${Math.abs(imm)}`;
}
function short(n: Node): string {
  if (n.op === Ir.index) return `[${expression(n.inputs[0]!)}]`;
  return n.op === OP['i32.add'] ? n.inputs.map(short).join(' + ') : expression(n);
}

const load = (type: string, a: string, offset = 0): string => `(drop (${type}.load offset=${offset} ${a}))`;
const word = (a: string, offset = 0): string => load('i32', a, offset);
const half = (a: string, offset = 0): string => `(drop (i32.load16_u offset=${offset} ${a}))`;
/** A loop that a byte of memory keeps going. */
const loop = (body: string): string => `(loop ${body} (br_if 0 (i32.load8_u ${num(0)})))`;

describe('accesses share an index', () => {
  it.each<[string, string, string[], string[]]>([
    [
      'as members of a record',
      `(i32.store offset=8 ${p} ${num(1)}) ${word(p)} ${word(p, 4)}`,
      ['rotated + 2 p0 / 4'],
      ['[p0]', '[p0] - 2', '[p0] - 1'],
    ],
    [
      'as neighbours',
      word(add(p, 4)) + word(add(p, -8)) + word(p),
      ['any signed p0 / 4'],
      ['[p0] + 1', '[p0] - 2', '[p0]'],
    ],
    [
      'of two types and one width',
      `${word(p, 4)} (f32.store offset=8 ${p} (f32.const 1))`,
      ['rotated + 1 p0 / 4'],
      ['[p0]', '[p0] + 1'],
    ],
    [
      'not of two widths',
      half(p, 2) + half(p, 4) + load('f64', p, 8) + load('f64', p),
      ['rotated + 1 p0 / 2', 'rotated p0 / 8'],
      [],
    ],
    [
      'with a pair of words, by its upper one',
      `(i64.store ${p} (i64.const 1)) (i64.store offset=8 ${p} (i64.const 1))`,
      ['rotated + 1 p0 / 4'],
      ['[p0]', '[p0] + 2'],
    ],
  ])('%s', async (_, body, indices, places) => {
    const ir = await shared(body);
    expect(found(ir)).toEqual(indices);
    if (places.length > 0) expect(elements(ir)).toEqual(places);
  });
  it('in two memories', async () => {
    const both = '(drop (i32.load offset=4 (local.get 0))) (drop (i32.load 1 offset=8 (local.get 0)))';
    expect(found(await shared(both, '(memory 1) (memory 1)'))).toEqual(['rotated + 1 p0 / 4']);
  });
});

describe('an access has no index', () => {
  const twice = (access: (offset: number) => string): string => access(0) + access(8);
  it.each<[string, string, string?]>([
    ['alone, of unknown alignment', word(p)],
    ['alone, with an offset', word(p, 4)],
    ['to bytes', twice((o) => `(drop (i32.load8_u offset=${o} ${p}))`)],
    ['that promises less than its alignment', twice((o) => `(drop (i32.load offset=${o} align=1 ${p}))`)],
    ['with an offset that is no multiple of its width', twice((o) => word(p, o + 2))],
    ['with an offset that reaches the sign', twice((o) => word(p, 2 ** 31 + o))],
    ['with a constant that is no multiple of its width', word(add(p, 2)) + word(add(p, 6))],
    ['to a place that is a number', word(num(64)) + word(num(64), 4)],
    ['to a memory of 64-bit addresses', twice((o) => word('(i64.extend_i32_u (local.get 0))', o)), '(memory i64 1)'],
  ])('%s', async (_, body, memory) => {
    expect(found(await shared(body, memory))).toEqual([]);
  });
  it('where traps do not count', async () => {
    const ir = await prepared(word(p) + word(p, 4));
    const before = ir.code.slice();
    shareIndices(ir, false, IN_ELEMENTS);
    expect(ir.code).toEqual(before);
    shareIndices(ir, true, IN_ELEMENTS);
    expect(count(ir, Ir.index)).toBe(1);
  });
});

describe('what is known of an index', () => {
  const aligned = low(3, p);
  it.each<[string, string, string[]]>([
    ['nothing', word(add(p, -4)) + word(add(p, -8)) + word(add(p, -12)), ['any p0 / 4']],
    ['that sums may wrap', word(add(p, 4)) + word(add(p, 8)) + word(add(p, 12)), ['any signed p0 / 4']],
    ['that an offset may not', word(add(p, 4)) + word(p, 8) + word(p, 4), ['any p0 / 4']],
    ['a place in memory', word(p) + word(p, 8) + word(add(p, 4)) + word(add(p, -8)), ['rotated p0 / 4']],
    ['alignment, and that sums may wrap', word(add(aligned, 4)), ['signed i32.and(p0, -8) / 4']],
    ['alignment, and that an offset may not', word(aligned, 4), ['aligned i32.and(p0, -8) / 4']],
    ['too little alignment', load('f64', low(2, p)) + load('f64', low(2, p), 8), []],
    [
      'an offset of one access is heard of by all',
      set(4, aligned) + word('(local.get 4)', 4) + word('(local.get 4)'),
      ['aligned i32.and(p0, -8) / 4'],
    ],
    [
      'an offset behind a sum takes the whole of it',
      set(4, add(aligned, 16)) + word('(local.get 4)', 4) + word('(local.get 4)'),
      ['aligned i32.add(i32.and(p0, -8), 16) / 4'],
    ],
    ['a pair of words has an offset', `(i64.store ${aligned} (i64.const 1))`, ['aligned i32.and(p0, -8) / 4']],
  ])('%s', async (_, body, expected) => {
    expect(found(await shared(body))).toEqual(expected);
  });
  it('is the whole address, which the libcall has from the index', async () => {
    const ir = await shared(word(add(aligned, 16)));
    const { inputs } = ir.code.find((n) => n.op === Ir.place)!;
    expect(inputs.map(expression)).toEqual([
      'index+2(i32.and(p0, -8))',
      'i32.shl(i32.add(index+2(i32.and(p0, -8)), 4), 2)',
    ]);
  });
});

describe('an index is computed', () => {
  const record = word(p, 4) + word(p, 8);
  const step = set(0, add(p, 4));
  it.each<[string, string, string[]]>([
    ['outside of a loop that does not change the value', loop(word(p)), ['rotated p0 / 4']],
    ['outside of all such loops', loop(loop(loop(word(p)))), ['rotated p0 / 4']],
    ['outside of an arm in such a loop', loop(`(if ${q} (then ${record}))`), ['any p0 / 4']],
    ['inside a loop that changes the value', loop(record + step), ['rotated + 1 m0.0 / 4 in loop']],
    ['inside the outer one of two loops', loop(loop(word(p)) + step), ['rotated m0.0 / 4 in loop']],
    ['in an arm, if no other uses it', `(if ${q} (then ${record}))`, ['rotated + 1 p0 / 4 in if']],
    ['in the other arm', `(if ${q} (then (nop)) (else ${record}))`, ['rotated + 1 p0 / 4 in else']],
    ['before both arms', `(if ${q} (then ${record}) (else ${record}))`, ['rotated + 1 p0 / 4']],
    ['before an arm, for what follows too', `(if ${q} (then ${record})) ${word(p, 12)}`, ['any p0 / 4']],
    ['after an arm', `(if ${q} (then ${word(x)})) ${record}`, ['rotated + 1 p0 / 4']],
    ['of what an if has chosen, after it', `(if ${q} (then ${set(0, add(p, 4))})) ${record}`, ['rotated + 1 m0.0 / 4']],
  ])('%s', async (_, body, expected) => {
    expect(found(await shared(body)).map((f) => f.replace(/m\d/, 'm0'))).toEqual(expected);
  });
  it('before all that uses it', async () => {
    const ir = await shared(`(if ${q} (then ${record}) (else ${word(x, 4)} ${word(x, 8)})) ${record}`);
    const at = (op: number): number => ir.code.findIndex((n) => n.op === op);
    expect(at(Ir.index)).toBeLessThan(at(Ir.if));
    expect(found(ir)).toEqual(['rotated + 1 p0 / 4', 'rotated + 1 p2 / 4 in else']);
  });
  it('right behind a value of a loop that is used after it', async () => {
    const kept = '(local.get 4)';
    const search = `(loop ${set(4, `(i32.load ${p})`)} ${word(kept, 4)} (br_if 1 (i32.load ${kept})) ${step} (br 0))`;
    const ir = await shared(`(block ${search}) ${word(kept, 8)} ${word(kept, 12)}`);
    const at = ir.code.findIndex((n) => n.op === Ir.index);
    expect(ir.code[at - 1]).toBe(ir.code[at]!.inputs[0]);
    expect(found(ir)).toEqual(['rotated + 1 i32.load(m2.0) / 4 in loop']);
  });
  it('nowhere if arms that run seldom are all that use it', async () => {
    expect(found(await shared(`(if ${q} (then ${word(p)}) (else ${word(p)}))`))).toEqual([]);
  });
});

describe('a base that is not known to be aligned', () => {
  const ACCESS = { 2: half, 4: word, 8: (a: string) => load('f64', a) };
  type Width = keyof typeof ACCESS;
  /** Three accesses in a loop to a base with aligned terms and a constant: the values whose index is tested. */
  async function tested(width: Width, terms: number, constant = 0, of = p, more = ''): Promise<string[]> {
    const before = [low(3, q), low(3, x), low(3, y), shl(x, 3)].map((t, i) => set(4 + i, t)).join(' ');
    const whole = sum(of, ...Array.from({ length: terms }, (_, i) => `(local.get ${4 + i})`));
    const ir = await shared(`${before} ${loop(ACCESS[width](add(whole, constant)).repeat(3) + more)}`);
    return found(ir).filter((f) => f.startsWith('any'));
  }
  it.each<[Width, number, number]>([
    [4, 1, 0],
    [4, 1, 8],
    [4, 2, 0],
    [8, 3, 0],
    [8, 3, 8],
  ])('has an index of its own: elements of %i bytes, terms: %i, constant: %i', async (width, terms, constant) => {
    expect(await tested(width, terms, constant)).toEqual([`any signed p0 / ${width}`]);
  });
  // The sums are three nodes, each of which one access has to itself.
  it.each<[Width, number, number]>([
    [2, 1, 0],
    [4, 2, 8],
    [4, 3, 0],
    [8, 4, 0],
  ])('has none with so many terms: elements of %i bytes, terms: %i, constant: %i', async (width, terms, constant) => {
    expect(await tested(width, terms, constant)).toEqual([]);
  });
  it.each<[string, string, string]>([
    ['is two values', add(p, y), ''],
    ['changes in the loop', p, set(0, add(p, 4))],
  ])('has none if it %s', async (_, of, more) => {
    expect(await tested(4, 1, 0, of, more)).toEqual([]);
  });
  it('has none outside of loops, where the sum may have one', async () => {
    const apart = word(add(p, low(3, q))).repeat(3);
    expect(found(await shared(apart))).toEqual([]);
    const access = (offset: number): string => word(add('(local.get 4)', offset));
    const ir = await shared(set(4, add(p, low(3, q))) + access(4) + access(8) + access(12));
    expect(found(ir)).toEqual(['any signed i32.add(p0, i32.and(p1, -8)) / 4']);
  });
});

describe('a scaled term is an index', () => {
  const double = (a: string): string => load('f64', a);
  const mul = (by: number): string => `(i32.mul ${x} ${num(by)})`;
  it.each<[string, string, string]>([
    ['that is shifted by the width', double(shl(x, 3)), 'p2'],
    ['that is shifted further', double(shl(x, 5)), 'i32.shl(p2, 2)'],
    ['that is multiplied', double(mul(24)), 'i32.mul(p2, 3)'],
    ['that is multiplied by less than 0', half(mul(-6)), 'i32.mul(p2, -3)'],
    ['with a constant', double(add(shl(x, 3), 1024)), 'p2 + 128'],
    ['with a constant below 0', word(add(shl(x, 2), -4)), 'p2 - 1'],
    ['beside an aligned base', double(add(low(3, p), shl(x, 3))), '[i32.and(p0, -8)] + p2'],
    ['beside another one', double(add(shl(q, 4), mul(40))), 'i32.shl(p1, 1) + i32.mul(p2, 5)'],
  ])('%s', async (_, body, expected) => {
    expect(elements(await shared(body))).toEqual([expected]);
  });
  it.each<[string, string, string[]]>([
    ['shifted by less than the width', double(shl(x, 2)), []],
    ['multiplied by no multiple of it', double(mul(12)), []],
    [
      'with an offset, which must not wrap',
      double(shl(x, 3)) + load('f64', shl(x, 3), 8),
      ['p2', '[i32.shl(p2, 3)] + 1'],
    ],
    [
      'in a sum that has another use',
      `${set(4, add(low(3, p), shl(x, 3)))} ${double('(local.get 4)')} (i32.store8 (local.get 4) ${q})`,
      ['[i32.add(i32.and(p0, -8), i32.shl(p2, 3))]'],
    ],
  ])('but not %s', async (_, body, expected) => {
    expect(elements(await shared(body))).toEqual(expected);
  });
  it('in a sum that accesses at several displacements have in common', async () => {
    const whole = '(local.get 4)';
    const body = double(whole) + double(add(whole, 8)) + double(add(whole, -8));
    const ir = await shared(set(4, add(low(3, p), shl(x, 3))) + body);
    expect(elements(ir)).toEqual(['', ' + 1', ' - 1'].map((by) => `[i32.and(p0, -8)] + p2${by}`));
    expect(new Set(ir.code.filter((n) => n.op === Ir.place).map((n) => n.inputs[0])).size).toBe(1);
  });
});
