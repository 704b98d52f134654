/** What is valid but not translated yet is refused by name, with function, offset and opcode. */
import { expect, it } from 'vitest';
import { decode } from '../../../src/1-decode/index.ts';
import { validate } from '../../../src/2-validate/index.ts';
import { refuseUnsupported } from '../../../src/2-validate/support.ts';
import { CompileError } from '../../../src/errors.ts';
import { END, EXTERNREF, FUNCREF, I32, name, oneFunc } from '../wasm/build.ts';

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

it.each<[Uint8Array, RegExp]>([
  [oneFunc([], [], [], { memories: [[8, 1, 0]] }), /^memory 0 needs custom page sizes/],
  [
    oneFunc([], [], [], { imports: [[...name('a'), ...name('b'), 2, 8, 1, 0]] }),
    /^at 0x\w+: memory 0 needs custom page sizes/,
  ],
])('refused %#', (bytes, message) => {
  expect(refusal(bytes)).toMatchObject({ code: 'unsupported' });
  expect(refusal(bytes)?.message).toMatch(message);
  expect(refusal(bytes)?.message).toMatch(/, which wasmelt does not translate yet$/);
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
