/** Control: merges, loops, br_table and its switches, dead code, and sizes that must stay linear. */
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../src/1-decode/index.ts';
import { validate } from '../../../../src/2-validate/index.ts';
import { compileDirect, HANDLERS } from '../../../../src/5-emit/direct/index.ts';
import { ModuleScope } from '../../../../src/5-emit/js/scope.ts';
import { settings } from '../../../../src/options.ts';
import { OPS } from '../../../../src/wasm/opcodes.ts';
import { assemble, EMPTY, type Item, leb, result, type TestModule } from './assemble.ts';
import { both, type Value } from './compare.ts';

function same(m: TestModule, ...calls: readonly (readonly Value[])[]): string {
  const pair = both(assemble(m));
  for (const args of calls) {
    const { native, ours } = pair.call('f', ...args);
    expect(`f(${args.join()}) = ${ours}`, pair.text).toBe(`f(${args.join()}) = ${native}`);
  }
  return pair.text;
}
const f = (type: string, body: readonly Item[], locals = ''): TestModule['funcs'][number] => ({
  name: 'f',
  type,
  body,
  locals,
});
/** The first function's text, without running it. */
function text(bytes: Uint8Array): string {
  const typed = validate(decode(bytes));
  return compileDirect(typed, typed.module.funcs[0]!, new ModuleScope(typed), settings()).code;
}
const bump = (by: number): Item[] => [
  'local.get',
  1,
  'i32.const',
  10,
  'i32.mul',
  'i32.const',
  by,
  'i32.add',
  'local.set',
  1,
];

describe('merges', () => {
  it('carry values of blocks, arms and loops', () => {
    const arms: Item[] = ['local.get', 0, 'if', result('i'), 'i32.const', 3, 'else', 'i32.const', 4, 'end'];
    same({ funcs: [f('i:i', [...arms, 'i32.const', 2, 'i32.mul'])] }, [0], [1]);
    const nested: Item[] = [
      'local.get',
      0,
      'if',
      result('I'),
      'i64.const',
      1n << 35n,
      'else',
      'i64.const',
      -4n,
      'br',
      0,
      'end',
    ];
    same({ funcs: [f('i:I', nested)] }, [0], [1]);
    const early: Item[] = [
      'block',
      result('F'),
      'local.get',
      0,
      'f64.convert_i32_s',
      'local.get',
      0,
      'br_if',
      1,
      'end',
    ];
    same({ funcs: [f('i:F', early)] }, [0], [3]);
  });
  it('take parameters, also past an if without else', () => {
    const types = ['ii:i', 'i:i', 'iI:iI'];
    same({ types, funcs: [f('ii:i', ['local.get', 0, 'local.get', 1, 'block', [0], 'i32.sub', 'end'])] }, [5, 9]);
    const keep: Item[] = ['local.get', 0, 'local.get', 1, 'if', [1], 'i32.const', 7, 'i32.mul', 'end'];
    same({ types, funcs: [f('ii:i', keep)] }, [5, 0], [5, 1]);
    const count: Item[] = [
      ...['local.get', 0, 'i64.const', 0n, 'loop', [2], 'local.get', 0, 'i64.extend_i32_s', 'i64.add'],
      ...['local.get', 0, 'i32.const', 1, 'i32.sub', 'local.tee', 0, 'br_if', 0, 'end'],
    ] as Item[];
    same({ types, funcs: [f('i:iI', count)] }, [1], [10]);
  });
  it('swap the parameters of a loop', () => {
    const body: Item[] = [
      ...['local.get', 0, 'local.get', 1, 'loop', [0], 'local.set', 1, 'local.set', 0, 'local.get', 1, 'local.get', 0],
      ...['local.get', 2, 'i32.const', 1, 'i32.sub', 'local.tee', 2, 'br_if', 0, 'end'],
    ] as Item[];
    same({ types: ['ii:ii'], funcs: [f('iii:ii', body)] }, [1, 2, 1], [1, 2, 2], [1, 2, 3]);
  });
  it('leave nothing of labels that nobody uses', () => {
    const body: Item[] = ['block', EMPTY, 'loop', EMPTY, 'local.get', 0, 'drop', 'end', 'end', 'local.get', 0];
    expect(same({ funcs: [f('i:i', body)] }, [4])).toBe('function $f0(l0) {\n return l0;\n}');
  });
  it('make a loop that ends with its only branch a do loop', () => {
    const body: Item[] = [
      'loop',
      EMPTY,
      ...bump(1),
      'local.get',
      1,
      'i32.const',
      1000,
      'i32.lt_s',
      'br_if',
      0,
      'end',
      'local.get',
      1,
    ];
    expect(same({ funcs: [f('i:i', body, 'i')] }, [4])).toContain('} while (l1 < 1000);');
  });
});

describe('dead code', () => {
  it('is skipped with all that is nested in it', () => {
    const junk: Item[] = [
      'block',
      EMPTY,
      'i32.const',
      1,
      'if',
      EMPTY,
      'br',
      1,
      'else',
      'loop',
      EMPTY,
      'end',
      'end',
      'end',
    ];
    const body: Item[] = ['block', result('i'), 'i32.const', 1, 'br', 0, ...junk, 'unreachable', 'end'];
    same({ funcs: [f(':i', body)] }, []);
    const arms: Item[] = ['local.get', 0, 'if', result('i'), 'unreachable', 'i32.add', 'else', 'i32.const', 2, 'end'];
    same({ funcs: [f('i:i', arms)] }, [0], [1]);
    const gone: Item[] = [
      'local.get',
      0,
      'if',
      EMPTY,
      'i32.const',
      1,
      'return',
      'else',
      'i32.const',
      2,
      'return',
      'end',
    ];
    same({ funcs: [f('i:i', [...gone, 'i32.const', 3])] }, [0], [1]);
  });
});

describe('br_table', () => {
  /** A block for each case and one around, the table inside, then the code of each case. */
  function cases(count: number, code: (k: number) => Item[], table: readonly number[]): Item[] {
    const open = Array.from({ length: count + 1 }, (): Item[] => ['block', EMPTY]).flat();
    const arms = Array.from({ length: count }, (_, k): Item[] => ['end', ...code(k)]).flat();
    const targets = [...leb(table.length - 1), ...table.flatMap((t) => leb(t))];
    return [...open, 'local.get', 0, 'br_table', targets, ...arms, 'end', 'local.get', 1];
  }
  const ALL = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 0x7fffffff, -0x80000000].map((n) => [n]);

  it('takes in cases that fall through or leave', () => {
    const out = (k: number): Item[] => [...bump(k + 1), ...(k % 2 === 0 ? (['br', 3 - k] as Item[]) : [])];
    const code = same({ funcs: [f('i:i', cases(4, out, [0, 1, 2, 3, 1, 4]), 'i')] }, ...ALL);
    expect(code).toContain('case 1: case 4:\n');
    expect(code).not.toContain('L2');
  });
  it('takes in the default', () => {
    same(
      {
        funcs: [
          f(
            'i:i',
            cases(4, (k) => bump(k + 1), [0, 1, 3, 2]),
            'i',
          ),
        ],
      },
      ...ALL,
    );
    same(
      {
        funcs: [
          f(
            'i:i',
            cases(2, (k) => bump(k + 1), [1, 0]),
            'i',
          ),
        ],
      },
      ...ALL,
    );
    same(
      {
        funcs: [
          f(
            'i:i',
            cases(1, (k) => bump(k + 1), [0]),
            'i',
          ),
        ],
      },
      ...ALL,
    );
  });
  it('keeps blocks that have other users', () => {
    // The first case jumps into the third, and a test before the table leaves by the second.
    const jump = (k: number): Item[] => [...bump(k + 1), ...(k === 0 ? (['br', 1] as Item[]) : [])];
    same({ funcs: [f('i:i', cases(4, jump, [0, 1, 2, 3, 4]), 'i')] }, ...ALL);
    const early = cases(3, (k) => bump(k + 1), [0, 1, 2, 3]);
    const at = early.indexOf('local.get');
    const test: Item[] = ['local.get', 0, 'i32.const', 5, 'i32.gt_s', 'br_if', 1];
    same({ funcs: [f('i:i', [...early.slice(0, at), ...test, ...early.slice(at)], 'i')] }, ...ALL);
  });
  it('nests, in the code of a case and in loops', () => {
    const inner = (k: number): Item[] => (k === 1 ? [...cases(2, bump, [1, 0, 2]), 'drop'] : bump(k + 1));
    same({ funcs: [f('i:i', cases(3, inner, [0, 1, 2, 1, 3]), 'i')] }, ...ALL);
    const directly: Item[] = [
      'block',
      EMPTY,
      'block',
      EMPTY,
      'block',
      EMPTY,
      'local.get',
      0,
      'br_table',
      [1, 0, 1],
      'end',
    ];
    const again: Item[] = [...bump(1), 'local.get', 0, 'br_table', [1, 0, 1], 'end', ...bump(2), 'end', 'local.get', 1];
    same({ funcs: [f('i:i', [...directly, ...again], 'i')] }, ...ALL);
    const step: Item[] = [
      'local.get',
      0,
      'i32.const',
      1,
      'i32.sub',
      'local.tee',
      0,
      'i32.const',
      0,
      'i32.ge_s',
      'br_if',
      0,
    ];
    const loop: Item[] = ['loop', EMPTY, ...cases(3, bump, [0, 1, 2, 3]), 'drop', ...step, 'end', 'local.get', 1];
    same({ funcs: [f('i:i', loop, 'i')] }, [0], [3], [5]);
    const inIf: Item[] = [
      'local.get',
      0,
      'if',
      EMPTY,
      ...cases(2, bump, [0, 1, 2]).slice(0, -2),
      'else',
      ...bump(9),
      'end',
    ];
    same({ funcs: [f('i:i', [...inIf, 'local.get', 1], 'i')] }, ...ALL);
  });
  it('carries values to blocks, loops and out of the function', () => {
    const body: Item[] = [
      ...[
        'block',
        result('i'),
        'block',
        result('i'),
        'i32.const',
        7,
        'local.get',
        0,
        'br_table',
        [3, 0, 1, 2, 0],
        'end',
      ],
      ...['i32.const', 2, 'i32.mul', 'end', 'i32.const', 3, 'i32.add'],
    ] as Item[];
    same({ funcs: [f('i:i', body)] }, ...ALL);
  });
  it('stays linear and flat with 20,000 cases', () => {
    const count = 20_000;
    const table = Array.from({ length: count + 1 }, (_, k) => k);
    const code = text(
      assemble({
        funcs: [
          f(
            'i:i',
            cases(count, (k) => bump(k & 7), table),
            'i',
          ),
        ],
      }),
    );
    expect(code.length).toBeLessThan(count * 80);
    expect(() => new Function(`return ${code}`)).not.toThrow();
  });
});

describe('size', () => {
  it('translates 100,000 nested blocks, loops and ifs', () => {
    const depth = 100_000;
    for (const open of [
      ['block', EMPTY],
      ['loop', EMPTY],
      ['local.get', 0, 'if', EMPTY],
    ] as Item[][]) {
      const body = [
        ...Array.from({ length: depth }, () => open).flat(),
        ...Array.from({ length: depth }, (): Item => 'end'),
      ];
      const code = text(assemble({ funcs: [f('i:i', [...body, 'local.get', 0])] }));
      expect(code).toMatch(/return l0;\n}$/);
    }
  });
  it('calls for memory accesses where they would make the function too large for V8 to optimise', () => {
    const step: Item[] = [
      'local.get',
      0,
      'local.get',
      0,
      'i32.load',
      2,
      8,
      'i32.const',
      3,
      'i32.add',
      'i32.store',
      2,
      12,
    ];
    const body = (times: number): Item[] => [
      ...Array.from({ length: times }, () => step).flat(),
      'local.get',
      0,
      'i32.load',
      2,
      12,
    ];
    expect(same({ memory: 1, funcs: [f('i:i', body(10))] }, [16], [65520], [65524], [3])).not.toContain('_full_');
    // By its text, and at once by its size.
    for (const times of [1000, 2000]) {
      const code = same({ memory: 1, funcs: [f('i:i', body(times))] }, [16], [65520], [65524], [3]);
      expect(code).toContain('i32_store_full_0(');
    }
  });
  it('declares each variable once', () => {
    const code = text(assemble({ funcs: [f('iI:', [], 'iIfFre')] }));
    expect(code).toBe(
      'function $f0(l0, l1, l1h) {\n let l2 = 0, l3 = 0, l3h = 0, l4 = 0, l5 = 0, l6 = null, l7 = null;\n}',
    );
  });
});

it('translates every instruction', () => {
  // Clauses of `try` are dealt with apart, because code before them may be dead.
  const apart = ['catch', 'catch_all', 'delegate'];
  const missing = OPS.filter((o) => HANDLERS[o.op] === undefined).map((o) => o.name);
  expect(missing.filter((name) => !apart.includes(name))).toEqual([]);
});
