/** What nodes may do, and which two of them may trade places. */
import { describe, expect, it } from 'vitest';
import { commute, effectsOf, mustStay, READS_HIGH, WRITES_HIGH } from '../../../src/3-lower/effects.ts';
import { Ir, type Node, Type } from '../../../src/3-lower/ir.ts';
import { Effect, OP, type OpName } from '../../../src/wasm/opcodes.ts';
import { HandMade } from '../../support/func-ir.ts';

const h = new HandMade();
const p = h.param();
const float = h.param(Type.f64);
const EXAMPLES: Readonly<Record<string, Node>> = {
  add: h.op('i32.add', p, p),
  load: h.op('i32.load', p),
  'other load': h.op('i32.load8_u', p),
  store: h.op('i32.store', p, p),
  divide: h.op('i32.div_s', p, p),
  'divide by 7': h.op('i32.div_s', p, h.i32(7)),
  truncate: h.op('i32.trunc_f64_s', float),
  call: h.kind(OP.call, Type.i32),
  'read global': h.kind(OP['global.get'], Type.i32),
  'write global': h.kind(OP['global.set'], Type.none, p),
  size: h.kind(OP['memory.size'], Type.i32),
  grow: h.kind(OP['memory.grow'], Type.i32, p),
  'table get': h.kind(OP['table.get'], Type.ref, p),
  'table set': h.kind(OP['table.set'], Type.none, p),
  'i64 libcall': h.add(h.ir.libcall('i64_shl', Type.i32, [p, p, p], WRITES_HIGH)),
  high: h.kind(Ir.high, Type.i32, p),
};
const names = Object.keys(EXAMPLES);

/** By name: the others that it may not trade places with. */
function barriers(name: string, exact = true): string[] {
  const own = effectsOf(EXAMPLES[name]!, exact);
  return names.filter((other) => !commute(own, effectsOf(EXAMPLES[other]!, exact)));
}

describe('two nodes', () => {
  it('commute either way round', () => {
    for (const a of names)
      for (const b of names) expect(barriers(a).includes(b), `${a}, ${b}`).toBe(barriers(b).includes(a));
  });
  it.each<[string, string[]]>([
    ['add', []],
    ['divide by 7', []],
    ['load', ['store', 'divide', 'truncate', 'call', 'write global', 'grow', 'table get', 'table set']],
    [
      'divide',
      ['load', 'other load', 'store', 'divide', 'truncate', 'call', 'write global', 'grow', 'table get', 'table set'],
    ],
    ['read global', ['call', 'write global']],
    ['size', ['store', 'call', 'grow']],
    ['i64 libcall', ['call', 'i64 libcall', 'high']],
    ['high', ['call', 'i64 libcall']],
  ])('%s does not pass %j', (name, expected) => {
    expect(barriers(name)).toEqual(expected);
  });
  it('are free of traps where those are dropped', () => {
    expect(barriers('divide', false)).toEqual([]);
    expect(barriers('load', false)).toEqual(['store', 'call', 'grow']);
  });
  it('that are a call and anything with effects never commute', () => {
    const withEffects = names.filter((name) => effectsOf(EXAMPLES[name]!, true) !== 0);
    expect(barriers('call')).toEqual(withEffects);
  });
});

describe('a node without users', () => {
  it('stays if it may trap or write', () => {
    const staying = names.filter((name) => mustStay(EXAMPLES[name]!, true));
    expect(staying).toEqual([
      'load',
      'other load',
      'store',
      'divide',
      'truncate',
      'call',
      'write global',
      'grow',
      'table get',
      'table set',
    ]);
    const inexact = names.filter((name) => mustStay(EXAMPLES[name]!, false));
    expect(inexact).toEqual(['store', 'call', 'write global', 'grow', 'table get', 'table set']);
  });
  it('and whose quotient may overflow stays', () => {
    const by = (name: OpName, divisor: number): boolean => mustStay(h.op(name, p, h.i32(divisor)), true);
    expect([by('i32.div_s', -1), by('i32.div_u', -1), by('i32.rem_s', -1), by('i32.rem_s', 0)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
  it('has the bits of its own kind', () => {
    expect(effectsOf(EXAMPLES.high!, true)).toBe(READS_HIGH);
    expect(effectsOf(EXAMPLES.load!, true)).toBe(Effect.trap | Effect.readMemory);
  });
});
