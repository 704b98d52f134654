/** Evaluation order: what is pending on the operand stack must happen before what comes after it can be noticed. */
import { describe, expect, it } from 'vitest';
import { assemble, EMPTY, floatBytes, type Item, result, type TestModule } from './assemble.ts';
import { both, type Value } from './compare.ts';

/** The outcome both ways, over some calls. */
function same(m: TestModule, name: string, ...calls: readonly (readonly Value[])[]): string {
  const pair = both(assemble(m));
  for (const args of calls) {
    const { native, ours } = pair.call(name, ...args);
    expect(`${name}(${args.join()}) = ${ours}`, pair.text).toBe(`${name}(${args.join()}) = ${native}`);
  }
  if (m.memory !== undefined) expect(Buffer.compare(pair.memory.ours, pair.memory.native), pair.text).toBe(0);
  return pair.text;
}
const f = (type: string, body: readonly Item[], locals = ''): TestModule['funcs'][number] => ({
  name: 'f',
  type,
  body,
  locals,
});
const loadI32: Item[] = ['i32.load', 2, 0];
const storeI32: Item[] = ['i32.store', 2, 0];

describe('variables', () => {
  it('keeps the value a local had when it was read', () => {
    same({ funcs: [f('i:i', ['local.get', 0, 'i32.const', 7, 'local.set', 0, 'local.get', 0, 'i32.sub'])] }, 'f', [5]);
    const tee: Item[] = ['local.get', 0, 'local.get', 0, 'i32.const', 1, 'i32.add', 'local.tee', 0, 'i32.mul'];
    same({ funcs: [f('i:i', [...tee, 'local.get', 0, 'i32.sub'])] }, 'f', [5]);
  });
  it('swaps through the stack', () => {
    const swap: Item[] = ['local.get', 0, 'local.get', 1, 'local.set', 0, 'local.set', 1];
    same({ funcs: [f('ii:i', [...swap, 'local.get', 0, 'local.get', 1, 'i32.sub'])] }, 'f', [9, 4]);
    same({ funcs: [f('II:I', [...swap, 'local.get', 0, 'local.get', 1, 'i64.sub'])] }, 'f', [9n, 1n << 40n]);
  });
  it('shifts an i64 local in place, both ways', () => {
    for (const op of ['i64.shl', 'i64.shr_s', 'i64.shr_u', 'i64.rotl'] as const) {
      for (const n of [1n, 31n, 32n, 33n, 63n]) {
        const body: Item[] = ['local.get', 0, 'i64.const', n, op, 'local.set', 0, 'local.get', 0];
        same({ funcs: [f('I:I', body)] }, 'f', [0x123456789abcdef0n], [-0x123456789abcdef0n]);
      }
    }
  });
  it('keeps the value a global had when it was read', () => {
    const set: TestModule['funcs'][number] = {
      name: 'g',
      type: ':i',
      body: ['i32.const', 9, 'global.set', 0, 'i32.const', 1],
    };
    const globals = [{ type: 'i', init: ['i32.const', 4] as Item[] }];
    same({ globals, funcs: [f(':i', ['global.get', 0, 'call', 1, 'i32.sub']), set] }, 'f', []);
    same({ globals, funcs: [f(':i', ['global.get', 0, 'call', 1, 'drop', 'global.get', 0, 'i32.sub']), set] }, 'f', []);
  });
});

describe('memory', () => {
  it('reads before a later store, call or bulk operation writes', () => {
    const read: Item[] = ['i32.const', 0, ...loadI32];
    const write: Item[] = ['i32.const', 0, 'i32.const', 77, ...storeI32];
    const fill: Item[] = ['i32.const', 0, 'i32.const', 1, 'i32.const', 4, 'memory.fill', 0];
    const call: Item[] = ['call', 1];
    const g = { name: 'g', type: ':', body: write };
    for (const effect of [write, fill, call]) {
      same({ memory: 1, funcs: [f(':i', [...read, ...effect, ...read, 'i32.sub']), g] }, 'f', [], []);
    }
  });
  it('sees memory growth between two reads past the end', () => {
    const past: Item[] = ['i32.const', 65536, ...loadI32];
    const grow: Item[] = ['i32.const', 1, 'memory.grow', 0];
    same({ memory: 1, funcs: [f(':i', [...grow, ...past, 'i32.add'])] }, 'f', []);
    same({ memory: 1, funcs: [f(':i', [...past, ...grow, 'i32.add'])] }, 'f', []);
    same({ memory: 1, funcs: [f(':i', ['memory.size', 0, ...grow, 'memory.size', 0, 'i32.add', 'i32.mul'])] }, 'f', []);
  });
  it('grows in the address and in the value of a store', () => {
    const grow: TestModule['funcs'][number] = {
      name: 'g',
      type: ':i',
      body: ['i32.const', 1, 'memory.grow', 0, 'drop', 'i32.const', 65540],
    };
    same({ memory: 1, funcs: [f(':', ['call', 1, 'i32.const', 5, ...storeI32]), grow] }, 'f', []);
    same({ memory: 1, funcs: [f(':', ['i32.const', 65540, 'call', 1, ...storeI32]), grow] }, 'f', []);
    same({ memory: 1, funcs: [f(':', ['call', 1, 'i64.const', 5, 'i64.store', 3, 0]), grow] }, 'f', []);
    same({ memory: 1, funcs: [f(':i', ['call', 1, ...loadI32]), grow] }, 'f', []);
  });
  it('writes nothing when the high word of an i64 is out of bounds', () => {
    const body: Item[] = ['local.get', 0, 'i64.const', -1n, 'i64.store', 2, 0];
    same({ memory: 1, funcs: [f('i:', body)] }, 'f', [65532], [65529], [65528], [-4], [0]);
  });
  it('keeps the bits of a signalling NaN that only moves', () => {
    const init: Item[] = ['i32.const', 0, 'i32.const', 0x7fa00001, ...storeI32];
    const move: Item[] = ['i32.const', 4, 'i32.const', 0, 'f32.load', 2, 0, 'f32.store', 2, 0];
    const constant: Item[] = ['i32.const', 8, 'f32.const', [1, 0, 0xa0, 0xff], 'f32.store', 2, 0];
    const remade: Item[] = ['i32.const', 12, 'local.get', 0, 'f32.reinterpret_i32', 'f32.store', 2, 0];
    const back: Item[] = ['i32.const', 0, 'f32.load', 2, 0, 'i32.reinterpret_f32'];
    const nan64: Item[] = ['i32.const', 16, 'f64.const', [1, 2, 3, 4, 5, 6, 0xf7, 0x7f], 'f64.store', 3, 0];
    const move64: Item[] = ['i32.const', 24, 'i32.const', 16, 'f64.load', 3, 0, 'f64.store', 3, 0];
    const body = [...init, ...move, ...constant, ...remade, ...nan64, ...move64, ...back];
    same({ memory: 1, funcs: [f('i:i', body)] }, 'f', [0x7f800001]);
  });
});

describe('traps', () => {
  const divide: Item[] = ['local.get', 0, 'local.get', 1, 'i32.div_s'];
  const out: Item[] = ['i32.const', -1, ...loadI32];
  const note: Item[] = ['i32.const', 0, 'i32.const', 1, ...storeI32];
  it('come before later effects, also when the value is not used', () => {
    same({ memory: 1, funcs: [f('ii:', [...divide, ...note, 'drop'])] }, 'f', [1, 0]);
    same({ memory: 1, funcs: [f('ii:', [...divide, 'drop'])] }, 'f', [1, 0], [-0x80000000, -1], [7, 2]);
    same({ memory: 1, funcs: [f('ii:i', [...divide, ...out, 'i32.add'])] }, 'f', [1, 0], [1, 1]);
    same({ memory: 1, funcs: [f('ii:i', [...out, ...divide, 'i32.add'])] }, 'f', [1, 0], [1, 1]);
    same({ memory: 1, funcs: [f('ii:', [...divide, 'unreachable'])] }, 'f', [1, 0], [1, 1]);
    same({ memory: 1, funcs: [f('ii:', [...out, ...divide, ...storeI32])] }, 'f', [1, 0], [1, 1]);
    same({ memory: 1, funcs: [f('ii:', ['i32.const', -1, ...divide, ...storeI32])] }, 'f', [1, 0], [1, 1]);
  });
  it('come before control leaves', () => {
    same({ memory: 1, funcs: [f('ii:i', [...divide, 'i32.const', 5, 'return'])] }, 'f', [1, 0], [1, 1]);
    const block: Item[] = ['block', result('i'), ...divide, 'i32.const', 3, 'local.get', 0, 'br_if', 0, 'drop', 'end'];
    same({ funcs: [f('ii:i', block)] }, 'f', [1, 0], [0, 0], [4, 2]);
    const left: Item[] = ['block', result('i'), ...divide, 'i32.const', 3, 'br', 0, 'end'];
    same({ funcs: [f('ii:i', left)] }, 'f', [1, 0], [4, 2]);
  });
  it('of both arms of a select come first', () => {
    same({ funcs: [f('ii:i', [...divide, 'i32.const', 5, 'local.get', 1, 'select'])] }, 'f', [1, 0], [9, 3]);
    same({ funcs: [f('ii:i', ['i32.const', 5, ...divide, 'i32.const', 1, 'select'])] }, 'f', [1, 0], [9, 3]);
    const long: Item[] = [
      'local.get',
      0,
      'local.get',
      1,
      'i64.div_u',
      'i64.const',
      5n,
      'local.get',
      1,
      'i64.eqz',
      'select',
    ];
    same({ funcs: [f('II:I', long)] }, 'f', [1n, 0n], [9n, 3n]);
  });
});

describe('calls', () => {
  const count: TestModule['funcs'][number] = {
    name: 'count',
    type: ':i',
    body: ['global.get', 0, 'i32.const', 1, 'i32.add', 'global.set', 0, 'global.get', 0],
  };
  const globals = [{ type: 'i', init: ['i32.const', 0] as Item[] }];
  it('happen in order, once each', () => {
    const three: Item[] = ['call', 1, 'i32.const', 100, 'i32.mul', 'call', 1, 'i32.const', 10, 'i32.mul', 'call', 1];
    same({ globals, funcs: [f(':i', [...three, 'i32.add', 'i32.add']), count] }, 'f', [], []);
    const chosen: Item[] = ['call', 1, 'call', 1, 'call', 1, 'select'];
    same({ globals, funcs: [f(':i', chosen), count] }, 'f', [], []);
    same({ globals, funcs: [f(':i', ['call', 1, 'call', 1, 'drop', 'call', 1, 'i32.sub']), count] }, 'f', [], []);
  });
  it('evaluate the arguments of call_indirect before the check of its index', () => {
    const body: Item[] = ['call', 1, 'local.get', 0, 'call_indirect', 0, 0, 'drop', 'global.get', 0];
    const id: TestModule['funcs'][number] = { name: 'id', type: 'i:i', body: ['local.get', 0] };
    const probe: TestModule['funcs'][number] = { name: 'probe', type: ':i', body: ['global.get', 0] };
    const m: TestModule = { types: ['i:i'], globals, table: [2, 1], funcs: [f('i:i', body), count, id, probe] };
    const pair = both(assemble(m));
    for (const at of [0, 1, 2, -1]) {
      for (const name of ['f', 'probe']) {
        const { native, ours } = pair.call(name, ...(name === 'f' ? [at] : []));
        expect(ours, pair.text).toBe(native);
      }
    }
  });
  it('return several values, of every type', () => {
    const many: TestModule['funcs'][number] = {
      name: 'many',
      type: 'I:iIfF',
      body: ['i32.const', 1, 'local.get', 0, 'f32.const', floatBytes('f', 1.5), 'f64.const', floatBytes('F', 0.1)],
    };
    same({ funcs: [f('I:iIfF', ['local.get', 0, 'call', 1]), many] }, 'f', [1n << 33n]);
    const body: Item[] = ['i32.const', 5, 'local.get', 0, 'call', 1, 'drop', 'drop', 'drop', 'i32.sub'];
    same({ funcs: [f('I:i', body), many] }, 'f', [1n]);
    same(
      {
        funcs: [
          f('I:I', [
            'local.get',
            0,
            'call',
            1,
            'drop',
            'drop',
            'i64.const',
            3n,
            'i64.add',
            'local.set',
            0,
            'drop',
            'local.get',
            0,
          ]),
          many,
        ],
      },
      'f',
      [-1n],
    );
  });
  it('chain i64 results through the cell', () => {
    const mul: TestModule['funcs'][number] = {
      name: 'mul',
      type: 'II:I',
      body: ['local.get', 0, 'local.get', 1, 'i64.mul'],
    };
    const body: Item[] = [
      'local.get',
      0,
      'local.get',
      1,
      'call',
      1,
      'local.get',
      1,
      'local.get',
      0,
      'call',
      1,
      'i64.sub',
    ];
    same({ funcs: [f('II:I', body), mul] }, 'f', [0x1_0000_0001n, 0x7_0000_0003n]);
    const nested: Item[] = [
      ...body,
      'local.get',
      0,
      'call',
      1,
      'i64.const',
      3n,
      'i64.rotl',
      'i64.const',
      1n,
      'i64.add',
    ];
    same({ funcs: [f('II:I', nested), mul] }, 'f', [0x1_0000_0001n, 0x7_0000_0003n]);
  });
});

describe('the stack', () => {
  it('holds a thousand pending values', () => {
    const reads = Array.from({ length: 1000 }, (_, k): Item[] => ['local.get', 0, 'i32.const', k, 'i32.mul']).flat();
    const adds = Array.from({ length: 999 }, (): Item => 'i32.add');
    const clobber: Item[] = ['i32.const', 0, 'local.set', 0];
    same({ funcs: [f('i:i', [...reads, ...clobber, ...adds])] }, 'f', [3]);
  });
  it('spills into slots that pending values below still read', () => {
    const block: Item[] = ['block', result('i'), 'local.get', 0, 'end'];
    const branchy: Item[] = [
      'block',
      result('i'),
      'i32.const',
      7,
      'local.get',
      0,
      'br_if',
      0,
      'drop',
      'i32.const',
      8,
      'end',
    ];
    const body: Item[] = [...branchy, ...branchy, 'i32.add', ...block, ...branchy, 'i32.mul', 'i32.sub'];
    same({ funcs: [f('i:i', body)] }, 'f', [0], [1]);
    const many: TestModule['funcs'][number] = { name: 'g', type: ':ii', body: ['i32.const', 3, 'i32.const', 4] };
    const sum: Item[] = ['call', 1, 'i32.add', 'call', 1, 'i32.sub', 'i32.mul', 'block', EMPTY, 'end'];
    same({ funcs: [f(':i', sum), many] }, 'f', []);
  });
});
