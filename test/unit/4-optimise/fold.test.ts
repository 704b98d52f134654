/** Folding: each rule by what it makes of an expression, and all of them against native WebAssembly. */
import { describe, expect, it } from 'vitest';
import { f32Const, f64Const, Ir, isConst, type Node, Type } from '../../../src/3-lower/ir.ts';
import { fold } from '../../../src/4-optimise/fold/index.ts';
import { OP, OPS, type OpName } from '../../../src/wasm/opcodes.ts';
import { expression, HandMade, lowered, returned, through, typedOf } from '../../support/func-ir.ts';

/** [expression, folded], of i32 parameters 0 and 1, over a memory; the result is an i32. */
const RULES: readonly (readonly [string, string])[] = [
  ['(i32.add (local.get 0) (i32.const 0))', 'p0'],
  ['(i32.add (i32.const 5) (local.get 0))', 'i32.add(p0, 5)'],
  ['(i32.add (i32.add (local.get 0) (i32.const 3)) (i32.const 4))', 'i32.add(p0, 7)'],
  ['(i32.add (i32.add (local.get 0) (i32.const 0x7fffffff)) (i32.const 1))', 'i32.xor(p0, -2147483648)'],
  ['(i32.lt_u (i32.and (local.get 0) (i32.const 255)) (i32.const 10))', 'i32.lt_s(i32.and(p0, 255), 10)'],
  ['(i32.lt_u (local.get 0) (i32.const 10))', 'i32.lt_u(p0, 10)'],
  ['(i32.rem_u (i32.shr_u (local.get 0) (i32.const 8)) (i32.const 3))', 'i32.rem_s(i32.shr_u(p0, 8), 3)'],
  ['(i32.sub (local.get 0) (i32.const 3))', 'i32.add(p0, -3)'],
  ['(i32.sub (i32.add (local.get 0) (i32.const 3)) (i32.const 3))', 'p0'],
  ['(i32.sub (local.get 0) (local.get 0))', '0'],
  ['(i32.mul (local.get 0) (i32.const 1))', 'p0'],
  ['(i32.mul (i32.const 8) (local.get 0))', 'i32.shl(p0, 3)'],
  ['(i32.mul (local.get 0) (i32.const 0))', '0'],
  ['(i32.mul (local.get 0) (i32.const 6))', 'i32.mul(p0, 6)'],
  ['(i32.mul (local.get 0) (i32.const 0x80000000))', 'i32.mul(p0, -2147483648)'],
  ['(i32.and (local.get 0) (local.get 0))', 'p0'],
  ['(i32.and (local.get 0) (i32.const -1))', 'p0'],
  ['(i32.and (local.get 0) (i32.const 0))', '0'],
  ['(i32.and (i32.and (local.get 0) (i32.const 12)) (i32.const 6))', 'i32.and(p0, 4)'],
  ['(i32.and (i32.lt_s (local.get 0) (local.get 1)) (i32.const 1))', 'i32.lt_s(p0, p1)'],
  ['(i32.and (i32.load8_u (local.get 0)) (i32.const 255))', 'i32.load8_u(p0)'],
  ['(i32.and (i32.load8_s (local.get 0)) (i32.const 255))', 'i32.and(i32.load8_s(p0), 255)'],
  ['(i32.and (i32.load16_u (local.get 0)) (i32.const 0x1ffff))', 'i32.load16_u(p0)'],
  ['(i32.and (i32.load16_u (local.get 0)) (i32.const 255))', 'i32.and(i32.load16_u(p0), 255)'],
  ['(i32.or (local.get 0) (i32.const 0))', 'p0'],
  ['(i32.or (local.get 0) (i32.const -1))', '-1'],
  ['(i32.or (local.get 1) (local.get 1))', 'p1'],
  ['(i32.xor (local.get 0) (i32.const 0))', 'p0'],
  ['(i32.xor (local.get 0) (local.get 0))', '0'],
  ['(i32.xor (i32.eq (local.get 0) (local.get 1)) (i32.const 1))', 'i32.ne(p0, p1)'],
  ['(i32.xor (local.get 0) (i32.const 1))', 'i32.xor(p0, 1)'],
  ['(i32.shl (local.get 0) (i32.const 32))', 'p0'],
  ['(i32.shr_u (local.get 0) (i32.const 0))', 'p0'],
  ['(i32.rotl (local.get 0) (i32.const 64))', 'p0'],
  ['(i32.eqz (i32.lt_u (local.get 0) (local.get 1)))', 'i32.ge_u(p0, p1)'],
  ['(i32.eqz (i32.eqz (i32.gt_s (local.get 0) (local.get 1))))', 'i32.gt_s(p0, p1)'],
  ['(i32.eqz (i32.eqz (local.get 0)))', 'i32.eqz(i32.eqz(p0))'],
  ['(i32.eqz (f64.lt (f64.load (local.get 0)) (f64.const 0)))', 'i32.eqz(f64.lt(f64.load(p0), 0))'],
  ['(i32.eq (local.get 0) (i32.const 0))', 'i32.eqz(p0)'],
  ['(i32.eq (local.get 0) (local.get 0))', '1'],
  ['(i32.ne (local.get 0) (local.get 0))', '0'],
  ['(i32.ne (i32.le_s (local.get 0) (local.get 1)) (i32.const 0))', 'i32.le_s(p0, p1)'],
  ['(i32.ne (local.get 0) (i32.const 0))', 'i32.ne(p0, 0)'],
  ['(i32.le_u (local.get 0) (local.get 0))', '1'],
  ['(i32.lt_s (local.get 0) (local.get 0))', '0'],
  ['(i32.lt_u (local.get 0) (i32.const 0))', '0'],
  ['(i32.ge_u (local.get 0) (i32.const 0))', '1'],
  ['(i32.gt_u (i32.const 0) (local.get 0))', '0'],
  ['(i32.le_u (i32.const 0) (local.get 0))', '1'],
  ['(i32.gt_u (local.get 0) (i32.const 0))', 'i32.ne(p0, 0)'],
  ['(i32.lt_u (local.get 0) (i32.const 1))', 'i32.eqz(p0)'],
  ['(i32.lt_u (i32.const 9) (local.get 0))', 'i32.gt_u(p0, 9)'],
  ['(i32.le_u (local.get 0) (i32.const -1))', '1'],
  ['(i32.ge_u (local.get 0) (i32.const -1))', 'i32.eq(p0, -1)'],
  ['(i32.le_u (local.get 0) (i32.const 0x7fffffff))', 'i32.ge_s(p0, 0)'],
  ['(i32.gt_u (local.get 0) (i32.const 0x7fffffff))', 'i32.lt_s(p0, 0)'],
  ['(i32.ge_s (local.get 0) (i32.const 0x80000000))', '1'],
  ['(i32.gt_s (local.get 0) (i32.const 0x7ffffffe))', 'i32.eq(p0, 2147483647)'],
  ['(i32.gt_s (local.get 0) (i32.const -1))', 'i32.gt_s(p0, -1)'],
  ['(i32.or (i32.lt_u (local.get 0) (local.get 1)) (i32.eq (local.get 0) (local.get 1)))', 'i32.le_u(p0, p1)'],
  ['(i32.or (i32.eq (local.get 0) (i32.const 7)) (i32.gt_s (local.get 0) (i32.const 7)))', 'i32.ge_s(p0, 7)'],
  ['(select (local.get 0) (local.get 1) (i32.const 2))', 'p0'],
  ['(select (local.get 0) (local.get 1) (i32.const 0))', 'p1'],
  ['(select (local.get 0) (local.get 0) (local.get 1))', 'p0'],
  ['(select (local.get 0) (i32.const 7) (i32.eqz (local.get 1)))', 'select(7, p0, p1)'],
  ['(i32.extend8_s (i32.extend8_s (local.get 0)))', 'i32.extend8_s(p0)'],
  ['(i32.extend8_s (i32.load8_s (local.get 0)))', 'i32.load8_s(p0)'],
  ['(i32.extend8_s (i32.load8_u (local.get 0)))', 'i32.extend8_s(i32.load8_u(p0))'],
  ['(i32.extend16_s (i32.load8_u (local.get 0)))', 'i32.load8_u(p0)'],
  ['(i32.extend16_s (i32.load16_u (local.get 0)))', 'i32.extend16_s(i32.load16_u(p0))'],
  ['(i32.div_s (local.get 0) (i32.const 0))', 'i32.div_s(p0, 0)'],
  ['(i32.div_s (i32.const 1) (i32.const 0))', 'i32.div_s(1, 0)'],
  ['(i32.div_s (i32.const 0x80000000) (i32.const -1))', 'i32.div_s(-2147483648, -1)'],
  ['(i32.rem_u (i32.const -1) (i32.const 10))', '5'],
];

describe('a rule', () => {
  it.each(RULES)('%s → %s', async (from, to) => {
    const typed = await typedOf(`(module (memory 1) (func (param i32 i32) (result i32) ${from}))`);
    expect(returned(through(lowered(typed), 'fold'))).toBe(to);
  });

  const halves = (op: number, a: number | undefined, b: number | undefined): string => {
    const h = new HandMade();
    const operand = (value: number | undefined): Node => (value === undefined ? h.param() : h.i32(value));
    return returned(through(h.return(h.kind(op, Type.i32, operand(a), operand(b))), 'fold'));
  };
  it('of carries, borrows and high halves of products', () => {
    expect(halves(Ir.carry, undefined, 0)).toBe('0');
    expect(halves(Ir.carry, undefined, 1)).toBe('i32.eq(p0, -1)');
    expect(halves(Ir.borrow, undefined, 0)).toBe('0');
    expect(halves(Ir.borrow, 0, undefined)).toBe('i32.ne(p0, 0)');
    expect(halves(Ir.mulHigh, undefined, 1)).toBe('0');
    expect(halves(Ir.mulHigh, 16, undefined)).toBe('i32.shr_u(p0, 28)');
    expect(halves(Ir.mulHigh, undefined, -0x80000000)).toBe('i32.shr_u(p0, 1)');
    const edges = [0, 1, 2, 0x7fffffff, -0x80000000, -1, 65537];
    for (const a of edges) {
      for (const b of edges) {
        const [x, y] = [BigInt(a >>> 0), BigInt(b >>> 0)];
        expect(halves(Ir.carry, a, b)).toBe(String((x + y) >> 32n));
        expect(halves(Ir.borrow, a, b)).toBe(x < y ? '1' : '0');
        expect(halves(Ir.mulHigh, a, b)).toBe(String(BigInt.asIntN(32, (x * y) >> 32n)));
      }
    }
  });
});

type Bits = number | bigint;
const VALUES: Readonly<Record<string, readonly Bits[]>> = {
  i: [0, 1, -1, 2, 31, 32, 33, 255, -128, 0x7fffffff, -0x80000000, 0x12345678],
  // 0, 1.5, the least, the largest, infinity, two NaN of which one signals; then the same negative.
  f: [0, 0x3fc00000, 1, 0x7f7fffff, 0x7f800000, 0x7fc00001, 0x7f800001, 0x4b800001].flatMap((b) => [
    b,
    b | -0x80000000,
  ]),
  F: [
    0n,
    0x3ff8000000000000n,
    1n,
    0x7fefffffffffffffn,
    0x7ffn << 52n,
    0x7ff8000000000001n,
    0x7ff0000000000001n,
  ].flatMap((b) => [b, BigInt.asIntN(64, b | (1n << 63n))]),
};
/** How bits become a value of a type, and back, in text. */
const fromBits = (t: string, text: string): string =>
  t === 'i' ? text : `(${t === 'f' ? 'f32.reinterpret_i32' : 'f64.reinterpret_i64'} ${text})`;
const toBits = (t: string, text: string): string =>
  t === 'i' ? text : `(${t === 'f' ? 'i32.reinterpret_f32' : 'i64.reinterpret_f64'} ${text})`;
const carrier = (t: string): string => (t === 'F' ? 'i64' : 'i32');

/** Plain scalar operations without i64. */
const OPERATIONS = OPS.filter(
  (o) => o.signature !== undefined && o.width === 0 && o.code < 0x100 && /^[ifF]{1,2}:[ifF]$/.test(shapeOf(o.op)),
).map((o) => o.name);
function shapeOf(op: number): string {
  const { params, results } = OPS[op]!.signature!;
  return `${params}:${results}`;
}

async function natively(): Promise<Record<string, (...bits: Bits[]) => Bits>> {
  const funcs = OPERATIONS.map((name) => {
    const [params, result] = shapeOf(OP[name]).split(':') as [string, string];
    const operands = [...params].map((t, i) => fromBits(t, `(local.get ${i})`)).join(' ');
    const types = [...params].map(carrier).join(' ');
    const body = toBits(result, `(${name} ${operands})`);
    return `(func (export "${name}") (param ${types}) (result ${carrier(result)}) ${body})`;
  });
  const { module } = await typedOf(`(module ${funcs.join('\n')})`);
  const Native = Reflect.get(globalThis, 'WebAssembly') as {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object) => { exports: Record<string, (...bits: Bits[]) => Bits> };
  };
  return new Native.Instance(new Native.Module(module.bytes)).exports;
}

function constant(h: HandMade, t: string, bits: Bits): Node {
  if (t === 'i') return h.i32(bits as number);
  if (t === 'f') {
    const n = f32Const(h.ir, 0);
    n.imm = bits as number;
    return h.add(n);
  }
  const n = f64Const(h.ir, 0);
  n.imm = Number(BigInt.asIntN(32, bits as bigint));
  n.imm2 = Number(BigInt.asIntN(32, (bits as bigint) >> 32n));
  return h.add(n);
}
const bitsOf = (n: Node): Bits =>
  n.type === Type.f64 ? BigInt.asIntN(64, (BigInt(n.imm2) << 32n) | BigInt(n.imm >>> 0)) : n.imm;

describe('constants', () => {
  it('fold to what native WebAssembly computes, bit for bit, or stay', async () => {
    const native = await natively();
    const folded = new Map<OpName, number>();
    for (const name of OPERATIONS) {
      const [params] = shapeOf(OP[name]).split(':') as [string];
      for (const a of VALUES[params[0]!]!) {
        for (const b of params.length > 1 ? VALUES[params[1]!]! : [0]) {
          const operands = params.length > 1 ? [a, b] : [a];
          const h = new HandMade();
          h.return(h.op(name, ...operands.map((bits, i) => constant(h, params[i]!, bits))));
          fold(h.ir);
          const result = h.ir.code.at(-1)!.targets![0]!.args[0]!;
          if (!isConst(result)) continue;
          folded.set(name, (folded.get(name) ?? 0) + 1);
          expect(bitsOf(result), `${name}(${operands})`).toBe(native[name]!(...operands));
        }
      }
    }
    for (const name of ['i32.add', 'i32.rem_s', 'f64.add', 'f32.mul', 'f32.demote_f64'] as const)
      expect(folded.get(name), name).toBeGreaterThan(5);
  });
  it('that would make a NaN stay', () => {
    const zero = VALUES.F![0]!;
    const h = new HandMade();
    h.return(h.op('f64.div', constant(h, 'F', zero), constant(h, 'F', zero)));
    expect(returned(through(h.ir, 'fold'))).toBe('f64.div(0, 0)');
    const nan = new HandMade();
    nan.return(nan.op('f64.add', constant(nan, 'F', 0x7ff8000000000001n), constant(nan, 'F', zero)));
    expect(returned(through(nan.ir, 'fold'))).toBe('f64.add(NaN, 0)');
  });
});

describe('one constant operand', () => {
  it('folds to the same function', async () => {
    const binary = OPERATIONS.filter((name) => shapeOf(OP[name]) === 'ii:i');
    const constants = [0, 1, -1, 2, 8, 31, 32, 255, 65535, -0x80000000];
    const bodies = binary.flatMap((name) => [
      `(${name} (local.get 0) (local.get 0))`,
      ...constants.flatMap((c) => [
        `(${name} (local.get 0) (i32.const ${c}))`,
        `(${name} (i32.const ${c}) (local.get 0))`,
        `(${name} (${name} (local.get 0) (i32.const ${c})) (i32.const 3))`,
        `(i32.eqz (${name} (local.get 0) (i32.const ${c})))`,
      ]),
    ]);
    const wat = bodies.map((b, i) => `(func (export "${i}") (param i32) (result i32) ${b})`);
    const { typedBytes, ours } = await translated(`(module ${wat.join('\n')})`);
    const call = (f: (x: number) => unknown, x: number): string => {
      try {
        return String(f(x));
      } catch (error) {
        return (error as Error).message;
      }
    };
    for (const [i, body] of bodies.entries()) {
      for (const x of VALUES.i as readonly number[]) {
        expect(call(ours[i]!, x), `${body} of ${x}`).toBe(call(typedBytes[i]!, x));
      }
    }
  });
});

type Exports = Record<number, (x: number) => unknown>;
async function translated(wat: string): Promise<{ typedBytes: Exports; ours: Exports }> {
  const { loadEngine } = await import('../../spec/engines.ts');
  const { module } = await typedOf(wat);
  const run = async (name: 'native' | 'wavm'): Promise<Exports> => {
    const engine = await loadEngine(name);
    return new engine.Instance(new engine.Module(module.bytes), {}).exports as unknown as Exports;
  };
  return { typedBytes: await run('native'), ours: await run('wavm') };
}

describe('operands', () => {
  it('are simplified before their user, at any depth', async () => {
    const deep = Array.from({ length: 40 }).reduce<string>((e) => `(i32.add ${e} (i32.const 1))`, '(local.get 0)');
    const typed = await typedOf(`(module (func (param i32) (result i32) ${deep}))`);
    const ir = through(lowered(typed), 'fold');
    expect(returned(ir)).toBe('i32.add(p0, 40)');
    expect(expression(ir.params[0]!)).toBe('p0');
  });
});
