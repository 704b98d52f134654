/** The parallel assignments of a branch, checked by running them. */
import { describe, expect, it } from 'vitest';
import { type Node, Type } from '../../../../src/3-lower/ir.ts';
import { copyStatements } from '../../../../src/5-emit/tree/copies.ts';
import { HandMade } from '../../../support/func-ir.ts';

type Tools = Parameters<typeof copyStatements>[2];

/** A value to assign: the variable it is in, or an expression over variables. */
type Source = string | { readonly text: string; readonly reads: readonly string[] };

/** The statements for `to[i] = from[i]` at once. */
function statements(to: readonly string[], from: readonly Source[]): { lines: string[]; temporaries: string[] } {
  const h = new HandMade();
  const names = new Map<Node, string>();
  const texts = new Map<Node, string>();
  const variable = (name: string): Node => {
    const n = h.param(Type.i32);
    names.set(n, name);
    return n;
  };
  const args = from.map((source) => {
    if (typeof source === 'string') return variable(source);
    const n = h.kind(-1, Type.i32, ...source.reads.map(variable));
    texts.set(n, source.text);
    return n;
  });
  const params = to.map(variable);
  const temporaries: string[] = [];
  const tools = {
    trees: { inline: new Uint8Array(h.ir.nodeCount) },
    variables: { nameOf: (n: Node) => names.get(n) },
    expressions: { value: (n: Node) => ({ text: texts.get(n) ?? names.get(n)! }) },
    temporary: () => {
      temporaries.push(`x${temporaries.length}`);
      return temporaries[temporaries.length - 1]!;
    },
  } as unknown as Tools;
  return { lines: copyStatements(params, args, tools), temporaries };
}

const VARIABLES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const START: Readonly<Record<string, number>> = Object.fromEntries(VARIABLES.map((v, i) => [v, (i + 1) * 10]));
const list = (values: Readonly<Record<string, number>>): string => VARIABLES.map((v) => values[v]).join();

/** Runs the statements, and gives all variables. */
function run(to: readonly string[], from: readonly Source[]): { after: string; lines: string[]; temporaries: number } {
  const { lines, temporaries } = statements(to, from);
  const declare = temporaries.map((t) => `let ${t};`).join('');
  const make = new Function(...VARIABLES, `${declare}${lines.join('')} return [${VARIABLES}].join();`) as (
    ...values: number[]
  ) => string;
  return { after: make(...VARIABLES.map((v) => START[v]!)), lines, temporaries: temporaries.length };
}

/** What the assignments mean. */
function meant(to: readonly string[], from: readonly Source[]): string {
  const value = (s: Source): number => {
    if (typeof s === 'string') return START[s]!;
    return new Function(...VARIABLES, `return ${s.text};`)(...VARIABLES.map((v) => START[v])) as number;
  };
  return list({ ...START, ...Object.fromEntries(to.map((t, i) => [t, value(from[i]!)])) });
}

const sum = (x: string, y: string): Source => ({ text: `${x} + ${y}`, reads: [x, y] });
const constant: Source = { text: '7', reads: [] };

describe('assignments at once', () => {
  it.each<[string, string[], Source[], number]>([
    ['nothing', ['a', 'b'], ['a', 'b'], 0],
    ['one', ['a'], ['b'], 0],
    ['a chain', ['a', 'b', 'c'], ['b', 'c', 'd'], 0],
    ['a chain the other way', ['d', 'c', 'b'], ['c', 'b', 'a'], 0],
    ['a swap', ['a', 'b'], ['b', 'a'], 1],
    ['a rotation of three', ['a', 'b', 'c'], ['b', 'c', 'a'], 1],
    ['two swaps', ['a', 'b', 'c', 'd'], ['b', 'a', 'd', 'c'], 2],
    ['a swap whose value goes elsewhere too', ['a', 'b', 'c'], ['b', 'a', 'a'], 1],
    ['an expression that reads what is assigned', ['a', 'b'], [sum('a', 'b'), 'a'], 1],
    ['an expression that reads its own variable', ['a', 'b'], [sum('a', 'b'), constant], 0],
    ['constants', ['a', 'b'], [constant, 'a'], 0],
  ])('%s', (_, to, from, temporaries) => {
    const result = run(to, from);
    expect(result.after, result.lines.join(' ')).toBe(meant(to, from));
    expect(result.temporaries).toBe(temporaries);
  });
  it('writes nothing for values that are in place', () => {
    expect(run(['a', 'b'], ['a', 'b']).lines).toEqual([]);
    expect(run(['a', 'b'], ['a', 'c']).lines).toEqual(['b = c;']);
  });
  it('of random values mean the same', () => {
    let state = 5;
    const random = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 4294967296) * n);
    };
    const any = (): string => VARIABLES[random(VARIABLES.length)]!;
    let most = 0;
    for (let round = 0; round < 2000; round++) {
      const to = VARIABLES.filter(() => random(3) > 0).sort(() => random(3) - 1);
      const from = to.map((): Source => (random(4) === 0 ? sum(any(), any()) : random(9) === 0 ? constant : any()));
      const result = run(to, from);
      expect(result.after, result.lines.join(' ')).toBe(meant(to, from));
      most = Math.max(most, result.temporaries);
    }
    expect(most).toBeGreaterThan(1);
  });
  it('of permutations take one temporary a cycle', () => {
    const orders = (rest: string[]): string[][] =>
      rest.length === 0 ? [[]] : rest.flatMap((v) => orders(rest.filter((r) => r !== v)).map((o) => [v, ...o]));
    const to = ['a', 'b', 'c', 'd', 'e'];
    for (const from of orders(to)) {
      const result = run(to, from);
      expect(result.after, result.lines.join(' ')).toBe(meant(to, from));
      expect(result.temporaries).toBe(cycles(to, from));
    }
  });
});

/** Cycles of more than one variable. */
function cycles(to: readonly string[], from: readonly string[]): number {
  const seen = new Set<string>();
  let found = 0;
  for (const start of to) {
    let length = 0;
    for (let at = start; !seen.has(at); at = from[to.indexOf(at)]!, length++) seen.add(at);
    if (length > 1) found++;
  }
  return found;
}
