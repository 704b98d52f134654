/** Element indices that accesses share: of which values, where they are computed, and that they lead to the right element. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir, isOpening, type Node } from '../../../src/3-lower/ir.ts';
import { shareIndices } from '../../../src/4-optimise/indices/index.ts';
import { OP } from '../../../src/wasm/opcodes.ts';
import { type EngineName, loadEngine } from '../../spec/engines.ts';
import { assemble, count, expression, lower, through } from '../../support/func-ir.ts';
import { emitted } from '../5-emit/tree/emitted.ts';

/** Four parameters, then i32 locals. */
const PARAMS = '(param i32 i32 i32 i32) (local i32 i32 i32 i32)';
const BEFORE = ['copies', 'dce', 'float-bits', 'int64', 'fold', 'ifs', 'dce'] as const;

async function prepared(body: string, memory = '(memory 1)'): Promise<FuncIR> {
  return through(await lower(`(module ${memory} (func ${PARAMS} ${body}))`), ...BEFORE);
}
const shared = async (body: string, memory?: string): Promise<FuncIR> =>
  through(await prepared(body, memory), 'indices', 'dce');

const KNOWN = ['any', 'aligned', 'signed', 'any signed'] as const;
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
    list.push(`${KNOWN[n.imm2]} ${expression(n.inputs[0]!)} / ${2 ** n.imm}${where}`);
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

const [p, q, x, y] = ['(local.get 0)', '(local.get 1)', '(local.get 2)', '(local.get 3)'];
const num = (value: number): string => `(i32.const ${value})`;
const add = (a: string, b: string | number): string => `(i32.add ${a} ${typeof b === 'number' ? num(b) : b})`;
const sum = (...terms: string[]): string => terms.reduce((a, b) => add(a, b));
const shl = (a: string, by: number): string => `(i32.shl ${a} ${num(by)})`;
const low = (count: number, of: string): string => `(i32.and ${of} ${num(-(2 ** count))})`;
const load = (type: string, a: string, offset = 0): string => `(drop (${type}.load offset=${offset} ${a}))`;
const word = (a: string, offset = 0): string => load('i32', a, offset);
const half = (a: string, offset = 0): string => `(drop (i32.load16_u offset=${offset} ${a}))`;
const set = (local: number, value: string): string => `(local.set ${local} ${value})`;
/** A loop that a byte of memory keeps going. */
const loop = (body: string): string => `(loop ${body} (br_if 0 (i32.load8_u ${num(0)})))`;

describe('accesses share an index', () => {
  it.each<[string, string, string[], string[]]>([
    [
      'as members of a record',
      `(i32.store offset=8 ${p} ${num(1)}) ${word(p)} ${word(p, 4)}`,
      ['any p0 / 4'],
      ['[p0] + 2', '[p0]', '[p0] + 1'],
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
      ['any p0 / 4'],
      ['[p0] + 1', '[p0] + 2'],
    ],
    [
      'not of two widths',
      half(p, 2) + half(p, 4) + load('f64', p, 8) + load('f64', p),
      ['any p0 / 2', 'any p0 / 8'],
      [],
    ],
    [
      'with a pair of words, by its upper one',
      `(i64.store ${p} (i64.const 1)) (i64.store offset=8 ${p} (i64.const 1))`,
      ['any p0 / 4'],
      ['[p0] + 1', '[p0] + 3'],
    ],
  ])('%s', async (_, body, indices, places) => {
    const ir = await shared(body);
    expect(found(ir)).toEqual(indices);
    if (places.length > 0) expect(elements(ir)).toEqual(places);
  });
  it('in two memories', async () => {
    const both = '(drop (i32.load offset=4 (local.get 0))) (drop (i32.load 1 offset=8 (local.get 0)))';
    expect(found(await shared(both, '(memory 1) (memory 1)'))).toEqual(['any p0 / 4']);
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
    shareIndices(ir, false);
    expect(ir.code).toEqual(before);
    shareIndices(ir, true);
    expect(count(ir, Ir.index)).toBe(1);
  });
});

describe('what is known of an index', () => {
  const aligned = low(3, p);
  it.each<[string, string, string[]]>([
    ['nothing', word(p) + word(add(p, -4)) + word(add(p, -8)), ['any p0 / 4']],
    ['that sums may wrap', word(p) + word(add(p, 4)) + word(add(p, 8)), ['any signed p0 / 4']],
    ['that an offset may not', word(p) + word(p, 8) + word(add(p, 4)) + word(add(p, 8)), ['any p0 / 4']],
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
    ['outside of a loop that does not change the value', loop(word(p)), ['any p0 / 4']],
    ['outside of all such loops', loop(loop(loop(word(p)))), ['any p0 / 4']],
    ['outside of an arm in such a loop', loop(`(if ${q} (then ${record}))`), ['any p0 / 4']],
    ['inside a loop that changes the value', loop(record + step), ['any m0.0 / 4 in loop']],
    ['inside the outer one of two loops', loop(loop(word(p)) + step), ['any m0.0 / 4 in loop']],
    ['in an arm, if no other uses it', `(if ${q} (then ${record}))`, ['any p0 / 4 in if']],
    ['in the other arm', `(if ${q} (then (nop)) (else ${record}))`, ['any p0 / 4 in else']],
    ['before both arms', `(if ${q} (then ${record}) (else ${record}))`, ['any p0 / 4']],
    ['before an arm, for what follows too', `(if ${q} (then ${record})) ${word(p, 12)}`, ['any p0 / 4']],
    ['after an arm', `(if ${q} (then ${word(x)})) ${record}`, ['any p0 / 4']],
    ['of what an if has chosen, after it', `(if ${q} (then ${set(0, add(p, 4))})) ${record}`, ['any m0.0 / 4']],
  ])('%s', async (_, body, expected) => {
    expect(found(await shared(body)).map((f) => f.replace(/m\d/, 'm0'))).toEqual(expected);
  });
  it('before all that uses it', async () => {
    const ir = await shared(`(if ${q} (then ${record}) (else ${word(x, 4)} ${word(x, 8)})) ${record}`);
    const at = (op: number): number => ir.code.findIndex((n) => n.op === op);
    expect(at(Ir.index)).toBeLessThan(at(Ir.if));
    expect(found(ir)).toEqual(['any p0 / 4', 'any p2 / 4 in else']);
  });
  it('right behind a value of a loop that is used after it', async () => {
    const kept = '(local.get 4)';
    const search = `(loop ${set(4, `(i32.load ${p})`)} ${word(kept, 4)} (br_if 1 (i32.load ${kept})) ${step} (br 0))`;
    const ir = await shared(`(block ${search}) ${word(kept, 8)} ${word(kept, 12)}`);
    const at = ir.code.findIndex((n) => n.op === Ir.index);
    expect(ir.code[at - 1]).toBe(ir.code[at]!.inputs[0]);
    expect(found(ir)).toEqual(['any i32.load(m2.0) / 4 in loop']);
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
    const ir = await shared(set(4, add(p, low(3, q))) + access(0) + access(4) + access(8));
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

/** Accesses of every form, as bodies of a function that goes round its loops once, and leaves a number in local 7. */
const keep = (value: string): string => set(7, `(i32.xor (i32.rotl (local.get 7) ${num(5)}) ${value})`);
const read = (a: string, offset = 0): string => keep(`(i32.load offset=${offset} ${a})`);
const readHalf = (a: string, offset = 0): string => keep(`(i32.load16_u offset=${offset} ${a})`);
const write = (a: string, offset = 0): string => `(f64.store offset=${offset} ${a} (f64.const 1.1))`;
const writePair = (a: string, offset = 0): string => `(i64.store offset=${offset} ${a} (i64.const 0x123456789abcdef))`;
const once = (body: string): string => `(loop ${body} (br_if 0 ${y}))`;
/** The constants furthest from 0 that are terms: the sign bit by itself is an exclusive or. */
const [LEAST, MOST] = [8 - 2 ** 31, 2 ** 31 - 8];
const local = (at: number): string => `(local.get ${at})`;

const FORMS: Readonly<Record<string, string>> = {
  'a base': read(p) + read(p, 4) + read(p, MOST) + write(p, 8) + write(p, MOST),
  'a base and constants': [4, -8, MOST, LEAST].map((c) => read(add(p, c)) + write(add(p, c & -8))).join(' '),
  halves: [2, -2, MOST + 6, LEAST].map((c) => readHalf(add(p, c))).join(' ') + readHalf(p, MOST + 6),
  'halves of aligned sums': readHalf(add(sum(low(1, p), low(1, q), shl(x, 1)), MOST)),
  'pairs of words': [0, 8, MOST].map((offset) => writePair(p, offset)).join(' '),
  'aligned pairs of words': [0, 8, MOST].map((offset) => writePair(low(2, p), offset)).join(' '),
  'an aligned base': [0, 8, MOST].map((offset) => read(low(3, p), offset) + write(low(3, p), offset)).join(' '),
  'aligned sums': [0, MOST, LEAST].map((c) => write(add(sum(low(3, p), low(3, q), shl(x, 4)), c))).join(' '),
  'scaled terms': `${read(shl(x, 2))} ${write(add(shl(x, 4), LEAST))} ${write(add(`(i32.mul ${x} ${num(-24)})`, p))}`,
  'an unknown base and two terms':
    set(4, low(2, q)) + set(5, low(2, x)) + once(read(sum(p, local(4), local(5))) + read(sum(p, local(5), local(4)))),
  'an unknown base, a term and constants':
    set(4, low(2, q)) + once([4, MOST, LEAST].map((c) => read(add(add(p, local(4)), c))).join(' ')),
  'an unknown base, two terms and constants':
    set(4, low(2, q)) +
    set(5, low(2, x)) +
    once([4, MOST, LEAST].map((c) => read(add(sum(p, local(4), local(5)), c))).join(' ')),
  'an unknown base, three terms and constants':
    set(4, low(3, q)) +
    set(5, low(3, x)) +
    set(6, shl(x, 3)) +
    once([8, MOST, LEAST].map((c) => write(add(sum(p, local(4), local(5), local(6)), c))).join(' ')),
};
const NAMES = Object.keys(FORMS);
const PARAMS_AND_RESULT = PARAMS.replace(' (local', ' (result i32) (local');
const functionOf = (name: string): string =>
  `(func (export "${name}") ${PARAMS_AND_RESULT} ${FORMS[name]} ${local(7)})`;

const EDGES = [0, 1, 6, 8, -1, -8, 65528, 2 ** 28, 2 ** 29 + 4, 2 ** 30 - 4, MOST, LEAST, -(2 ** 31), 2 - 2 ** 31];
function* triples(): Generator<[number, number, number]> {
  for (const a of EDGES) for (const b of EDGES) for (const c of EDGES) yield [a, b, c];
}

describe('accesses give what they give natively', () => {
  const text = `(module (memory (export "memory") 1) ${NAMES.map(functionOf).join(' ')})`;
  async function outcome(name: EngineName, form: string): Promise<unknown[]> {
    const engine = await loadEngine(name);
    const { exports } = new engine.Instance(new engine.Module(await assemble(text)), {});
    const bytes = new Uint8Array((exports.memory as { buffer: ArrayBuffer }).buffer);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(i, 0x9e3779b1) >>> 24;
    const run = exports[form] as (...args: number[]) => number;
    const found: unknown[] = [];
    for (const args of triples()) {
      try {
        found.push(run(...args, 0));
      } catch (error) {
        found.push((error as Error).message.replace(/.*(out of bounds).*/, '$1'));
      }
    }
    return [...found, Buffer.from(bytes).toString('base64')];
  }
  it.each(NAMES)('%s', async (form) => {
    expect(await outcome('wavm', form)).toEqual(await outcome('native', form));
  });
});

/** What an access asks for: the element of its view, and the address that the libcall is given. */
interface Asked {
  readonly view: 'i32' | 'u16' | 'f64';
  readonly index: number;
  readonly address: number;
  readonly words: number;
}
const SHIFTS = { i32: 2, u16: 1, f64: 3 } as const;
const isInside = ({ view, index }: Asked): boolean => index >= 0 && index < 2 ** (32 - SHIFTS[view]);

/**
 * A function with views that hold nothing: each access asks for an element first, and is then left to the libcall, which is
 * given the address. Gives what all of them asked for.
 */
async function asking(func: string): Promise<(...args: number[]) => Asked[]> {
  const text = await emitted(`(memory 65536) ${func}`);
  let list: Asked[] = [];
  let last = { view: 'i32' as Asked['view'], index: 0 };
  const view = (name: Asked['view']): object =>
    new Proxy({}, { get: (_, index) => void (last = { view: name, index: Number(index) }) });
  const libcall = (address: number, offset = 0, words = 0): number => {
    list.push({ ...last, address: (address >>> 0) + offset, words });
    return 0;
  };
  const names = {
    $v0$: Object.fromEntries((['i32', 'u16', 'f64'] as const).map((name) => [name, view(name)])),
    i32_load_0: libcall,
    i32_load16_u_0: libcall,
    f64_store_0: (address: number, _: number, offset?: number) => libcall(address, offset),
    i64_store_0: (address: number, _: number, __: number, offset?: number) => libcall(address, offset, 1),
  };
  const source = text.slice(text.indexOf('function $f0'));
  const f = new Function(...Object.keys(names), `${source}; return $f0`)(...Object.values(names)) as (
    ...args: number[]
  ) => number;
  return (...args) => {
    list = [];
    f(...args, 0);
    return list;
  };
}

describe('an element within 4 GiB is the right one', () => {
  it.each(NAMES)('%s', async (form) => {
    const ask = await asking(functionOf(form));
    const inside = [...triples()].flatMap((args) => ask(...args)).filter(isInside);
    expect(inside.filter((a) => (a.index - a.words) * 2 ** SHIFTS[a.view] !== a.address)).toEqual([]);
    expect(inside.length).toBeGreaterThan(0);
  });
});

describe('an element is asked for where a base is below 0 and what is added brings it back', () => {
  const around = (p: string): string => `(func (export "f") ${PARAMS_AND_RESULT} ${p} ${local(7)})`;
  it.each<[string, string, number]>([
    ['a constant', once(read(add(p, 4096)) + write(add(p, 4104))), -1024],
    ['a term', set(4, low(3, q)) + once(read(sum(p, local(4))) + write(sum(p, local(4)))), -2000],
    ['a term and a constant', set(4, low(3, q)) + once(read(add(sum(p, local(4)), 2048)).repeat(2)), -4096],
    ['a constant, and halves', once(readHalf(add(p, 4098)).repeat(2)), -4096],
  ])('%s', async (_, body, start) => {
    const asked = (await asking(around(body)))(start, 4000, 0);
    expect(asked.map(isInside)).toEqual([true, true]);
  });
});
