/** What is valid but not translated yet is refused by name, with function, offset and opcode. */
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/1-decode/index.ts';
import { validate } from '../../../src/2-validate/index.ts';
import { refuseUnsupported } from '../../../src/2-validate/support.ts';
import { CompileError } from '../../../src/errors.ts';
import { custom, END, EXTERNREF, FUNCREF, funcType, I32, oneFunc, V128 } from '../wasm/build.ts';

function refusal(bytes: Uint8Array): CompileError | undefined {
  const typed = validate(decode(bytes));
  try {
    refuseUnsupported(typed);
  } catch (e) {
    if (e instanceof CompileError) return e;
    throw e;
  }
  return undefined;
}

it('names the function, the offset and the opcode', () => {
  const shuffle = [0xfd, 13, ...new Array<number>(16).fill(0)];
  const bytes = oneFunc([], [], [0x00, ...shuffle, 0x1a], {
    customs: [custom('name', [1, 6, 1, 0, 3, 0x66, 0x6f, 0x6f])],
  });
  const e = refusal(bytes)!;
  const at = bytes.indexOf(0xfd, 8);
  expect(e.message).toBe(
    `function 0 "foo" at 0x${at.toString(16)}: i8x16.shuffle needs SIMD, which wasmelt does not translate yet`,
  );
  expect(e).toMatchObject({ code: 'unsupported', func: 0, funcName: 'foo', offset: at });
});

describe('refused', () => {
  it.each<[Uint8Array, RegExp]>([
    [oneFunc([], [], [0x00, 0xfd, 0x80, 0x02, 0x1a]), /i8x16.relaxed_swizzle needs relaxed SIMD/],
    [oneFunc([], [], [0x02, V128, 0x00, END, 0x1a]), /block of type v128 needs SIMD/],
    [oneFunc([], [], [], { locals: [[1, V128]] }), /function 0 at 0x\w+: a local of type v128 needs SIMD/],
    [oneFunc([], [], [], { types: [funcType([V128], [])] }), /function type 1 with v128 needs SIMD/],
  ])('%#', (bytes, message) => {
    expect(refusal(bytes)?.message).toMatch(message);
    expect(refusal(bytes)?.message).toMatch(/, which wasmelt does not translate yet$/);
  });
});

it('what the back ends translate passes', () => {
  const bytes = oneFunc([I32, EXTERNREF], [I32, FUNCREF], [0x20, 0, 0xc0, 0xd2, 0], {
    memories: [
      [0, 1],
      [0, 1],
    ],
    tables: [
      [FUNCREF, 0, 1],
      [EXTERNREF, 0, 1],
    ],
    globals: [[I32, 0, 0x41, 1, 0x41, 2, 0x6a, END]],
    elements: [[1, 0, 1, 0]],
    dataCount: 1,
    datas: [[1, 0]],
  });
  expect(refusal(bytes)).toBeUndefined();
});
