/** Inputs made to hurt: depth, breadth, and bytes changed at random. A CompileError or success, within bounds. */
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/1-decode/index.ts';
import { validate } from '../../../src/2-validate/index.ts';
import { refuseUnsupported } from '../../../src/2-validate/support.ts';
import { CompileError } from '../../../src/errors.ts';
import { custom, END, F64, FUNCREF, flat, funcType, I32, name, oneFunc, u32, V128, vec } from '../wasm/build.ts';

const check = (bytes: Uint8Array): unknown => validate(decode(bytes));
const repeat = (n: number, ...code: number[]): number[] => Array.from({ length: n }, () => code).flat();

describe('size', () => {
  it('300,000 nested blocks', () => {
    const n = 300_000;
    expect(() => check(oneFunc([], [], [...repeat(n, 0x02, 0x40), ...repeat(n, END)]))).not.toThrow();
  });
  it('a branch table of 65,000 labels, all different', () => {
    const n = 65_000;
    const targets = Array.from({ length: n + 1 }, (_, i) => u32(i)).flat();
    const code = [...repeat(n, 0x02, 0x40), 0x41, 0, 0x0e, ...u32(n), ...targets, ...repeat(n, END)];
    expect(() => check(oneFunc([], [], code))).not.toThrow();
  });
  it('nested blocks and expressions in a constant expression', () => {
    const global = [I32, 0, ...repeat(50_000, 0x02, 0x40), ...repeat(50_000, END), 0x41, 0, END];
    expect(() => check(oneFunc([], [], [], { globals: [global] }))).toThrow(/block is not constant/);
    const sum = [I32, 0, ...repeat(50_000, 0x41, 1), ...repeat(49_999, 0x6a), END];
    expect(() => check(oneFunc([], [], [], { globals: [sum] }))).not.toThrow();
  });
  it('calls that fill the operand stack', () => {
    const many = funcType([], new Array<number>(1000).fill(I32));
    const bytes = oneFunc([], [], repeat(20_000, 0x10, 0), {
      types: [many],
      imports: [[...name('a'), ...name('b'), 0, 1]],
    });
    expect(() => check(bytes)).toThrow(expect.objectContaining({ code: 'limit' }));
  });
  it('calls of many parameters in dead code', () => {
    const many = funcType(new Array<number>(1000).fill(I32), []);
    const bytes = oneFunc([], [], [0x00, ...repeat(200_000, 0x10, 0)], {
      types: [many],
      imports: [[...name('a'), ...name('b'), 0, 1]],
    });
    expect(() => check(bytes)).not.toThrow();
  });
});

describe('bytes changed at random', () => {
  /** One module with a bit of everything, so that a changed byte lands in every reader. */
  const seed = oneFunc(
    [I32],
    [I32],
    flat([
      [0x20, 0, 0x04, 0x40, 0x41, 0, 0x28, 2, 8, 0x1a, 0x05, 0x0c, 0, END],
      [0x02, 0x40, 0x20, 0, 0x0e, 1, 0, 0, END],
      [0xfd, 12, ...new Array<number>(16).fill(1), 0xfd, 21, 3, 0x1a],
      [0x02, 0x40, 0x1f, 0x40, 1, 2, 0, END, END, 0xd2, 0, 0x1a, 0xd0, 0x6e, 0xd1, 0x1a],
      [0x41, 1, 0x41, 2, 0xfb, 0, 1, 0xfb, 3, 1, 1, 0x1a, 0x41, 0, 0x20, 0, 0x11, 0, 0, 0x1a],
      [0x42, 1, 0x42, 2, 0x42, 3, 0x42, 4, 0xfc, 0x13, 0x1a, 0x1a, 0x20, 0],
    ]),
    {
      types: [
        [0x5f, 2, I32, 1, 0x78, 0],
        [0x4e, ...vec([0x50, 0, 0x5e, 0x63, 2, 1], [0x4f, 1, 2, 0x5e, 0x63, 2, 1])],
      ],
      imports: [[...name('env'), ...name('f'), 0, 0]],
      tables: [[FUNCREF, 1, 1, 9]],
      memories: [[3, 1, 2]],
      globals: [
        [F64, 1, 0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, END],
        [V128, 0, 0xfd, 12, ...new Array<number>(16).fill(0), END],
      ],
      exports: [
        [...name('run'), 0, 1],
        [...name('mem'), 2, 0],
      ],
      elements: [
        [0, 0x41, 0, END, 2, 0, 1],
        [5, FUNCREF, 1, 0xd0, FUNCREF, END],
      ],
      dataCount: 2,
      datas: [
        [0, 0x41, 4, END, 3, 1, 2, 3],
        [1, 2, 7, 7],
      ],
      locals: [
        [3, I32],
        [2, V128],
      ],
      customs: [custom('name', [1, 6, 1, 0, 3, 0x66, 0x6f, 0x6f]), custom('dylink', [1, 2, 3, 4, 0])],
    },
  );
  it('the module itself is valid', () => {
    expect(() => check(seed)).not.toThrow();
  });
  it('give CompileErrors or modules, nothing else', () => {
    let state = 12345;
    const random = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    const codes = new Map<string, number>();
    for (let round = 0; round < 6000; round++) {
      const bytes = seed.slice();
      for (let n = random(4); n >= 0; n--) bytes[8 + random(bytes.length - 8)] = random(256);
      let code = 'valid';
      try {
        refuseUnsupported(validate(decode(bytes)));
      } catch (e) {
        expect(e, `round ${round}`).toBeInstanceOf(CompileError);
        code = (e as CompileError).code;
      }
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect([...codes.keys()].sort()).toEqual(['invalid', 'limit', 'malformed', 'valid']);
  });
});
