/** The opcode table: no code or name twice, signatures that fit the names, and the sizes of the groups. */
import { describe, expect, it } from 'vitest';
import { FEATURE_LABELS } from '../../../src/wasm/features.ts';
import { byOp, Effect, OP, OPS } from '../../../src/wasm/opcodes.ts';

const count = (feature: string): number => OPS.filter((o) => o.feature === feature).length;

describe('the table', () => {
  it('has each code and each name once, numbered densely', () => {
    expect(new Set(OPS.map((o) => o.code)).size).toBe(OPS.length);
    expect(new Set(OPS.map((o) => o.name)).size).toBe(OPS.length);
    expect(OPS.map((o) => o.op)).toEqual(OPS.map((_, i) => i));
    expect(OPS[OP['i32.add']]!.code).toBe(0x6a);
  });
  it('has all instructions of each proposal', () => {
    expect(count('simd')).toBe(236);
    expect(count('relaxed-simd')).toBe(20);
    expect(count('threads')).toBe(67);
    expect(count('gc')).toBe(32);
    expect(count('wide-arithmetic')).toBe(4);
    expect(count('legacy-exceptions')).toBe(5);
  });
  it('names a label for each feature', () => {
    for (const o of OPS) expect(FEATURE_LABELS[o.feature]).toBeTypeOf('string');
  });
  it('memory accesses have a width and say what they do', () => {
    for (const o of OPS) {
      const access = o.immediates === 'memarg' || o.immediates === 'memarg_lane';
      expect(o.width > 0, o.name).toBe(access);
      if (/store/.test(o.name)) expect(o.effects & Effect.writeMemory, o.name).toBeTruthy();
      if (/load/.test(o.name)) expect(o.effects & Effect.readMemory, o.name).toBeTruthy();
      const bits = /(?:load|store|rmw)(\d+)(?:_|\.|$)/.exec(o.name);
      if (access && bits) expect(o.width * 8, o.name).toBe(Number(bits[1]));
    }
  });
  it('lane instructions know their lanes', () => {
    expect(OPS[OP['i8x16.extract_lane_s']]!.lanes).toBe(16);
    expect(OPS[OP['f64x2.replace_lane']]!.lanes).toBe(2);
    expect(OPS[OP['v128.load32_lane']]!.lanes).toBe(4);
    expect(OPS[OP['i8x16.shuffle']]!.lanes).toBe(0);
  });
  it('the result type of a scalar instruction is in its name', () => {
    const letters: Record<string, string> = { i32: 'i', i64: 'I', f32: 'f', f64: 'F' };
    for (const o of OPS) {
      const [type] = o.name.split('.');
      const rest = o.name.slice(o.name.indexOf('.') + 1);
      const letter = letters[type!];
      if (letter === undefined || o.signature === undefined || o.feature === 'wide-arithmetic') continue;
      const comparison = /^(eqz?|ne|[lg][te](_[su])?)$/.test(rest);
      const expected = /store/.test(rest) ? '' : comparison ? 'i' : letter;
      expect(o.signature.results, o.name).toBe(expected);
    }
  });
});

it('byOp spreads a record over the operators', () => {
  const table = byOp({ nop: 1, 'i32.add': 2 }, 0);
  expect([table.length, table[OP.nop], table[OP['i32.add']], table[OP.drop]]).toEqual([OPS.length, 1, 2, 0]);
});
