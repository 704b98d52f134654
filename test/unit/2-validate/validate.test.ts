/** The validator's verdicts and their words: one small module each, instructions and module-level rules. */
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/1-decode/index.ts';
import { validate } from '../../../src/2-validate/index.ts';
import { CompileError } from '../../../src/errors.ts';
import {
  body,
  custom,
  END,
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  flat,
  funcType,
  I32,
  I64,
  name,
  oneFunc,
  section,
  u32,
  V128,
  vec,
  wasm,
} from '../wasm/build.ts';

const verdict = (bytes: Uint8Array): string => {
  try {
    validate(decode(bytes));
    return 'valid';
  } catch (e) {
    if (e instanceof CompileError) return `${e.code}: ${e.message}`;
    throw e;
  }
};
const memory = { memories: [[0, 1]] };
const block = (...code: number[]): number[] => [0x02, 0x40, ...code, END];
const ZEROS16 = new Array<number>(16).fill(0);
/** Struct {mut i32, i8}, array of mut i16, array of funcref; types 1 to 3. */
const gcTypes = {
  types: [
    [0x5f, 2, I32, 1, 0x78, 0],
    [0x5e, 0x77, 1],
    [0x5e, FUNCREF, 0],
  ],
};

describe('instructions that are valid', () => {
  it.each<[string, Uint8Array]>([
    ['add', oneFunc([I32, I32], [I32], [0x20, 0, 0x20, 1, 0x6a])],
    ['anything below unreachable', oneFunc([], [I32], [0x00, 0x6a, 0x1a, 0xa7])],
    ['select of unknown operands', oneFunc([], [F32], [0x00, 0x1b])],
    ['if with else', oneFunc([I32], [I64], [0x20, 0, 0x04, I64, 0x42, 1, 0x05, 0x42, 2, END])],
    ['block by type', oneFunc([I32], [I32], [0x20, 0, 0x02, 0, END])],
    ['br_table', oneFunc([I32], [], block(...block(0x20, 0, 0x0e, 2, 0, 1, 2)))],
    [
      'memory.copy between two memories',
      oneFunc([], [], [0x41, 0, 0x42, 0, 0x41, 0, 0xfc, 10, 0, 1], {
        memories: [
          [0, 1],
          [4, 1],
        ],
      }),
    ],
    ['64-bit addresses', oneFunc([], [I32], [0x42, 0, 0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10], { memories: [[4, 1]] })],
    ['a declared function reference', oneFunc([], [FUNCREF], [0xd2, 0], { elements: [[3, 0, 1, 0]] })],
    ['ref.is_null', oneFunc([EXTERNREF], [I32], [0x20, 0, 0xd1])],
    ['wide arithmetic', oneFunc([I64, I64], [I64, I64], [0x20, 0, 0x20, 1, 0xfc, 0x16])],
    ['legacy try', oneFunc([], [], [0x06, 0x40, 0x19, 0x09, 0, END])],
    ['try_table', oneFunc([], [], block(0x1f, 0x40, 1, 2, 0, END))],
    ['lanes', oneFunc([V128], [I32], [0x20, 0, 0xfd, 22, 15])],
    ['atomics', oneFunc([I32], [I32], [0x20, 0, 0xfe, 0x10, 2, 0], memory)],
    ['struct', oneFunc([], [I32], [0x41, 1, 0x41, 2, 0xfb, 0, 1, 0xfb, 3, 1, 1], gcTypes)],
    ['array', oneFunc([], [I32], [0x41, 9, 0xfb, 7, 2, 0x41, 0, 0xfb, 0x0d, 2], gcTypes)],
    ['i31', oneFunc([I32], [I32], [0x20, 0, 0xfb, 0x1c, 0xfb, 0x1d])],
  ])('%s', (_what, bytes) => {
    expect(verdict(bytes)).toBe('valid');
  });
});

describe('instructions that are not', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['operand', oneFunc([F64, I32], [I32], [0x20, 1, 0x20, 0, 0x6a]), /type mismatch: i32.add expects i32, found f64/],
    ['underflow', oneFunc([], [I32], [0x41, 0, 0x6a]), /i32.add expects i32, found nothing/],
    [
      'block underflow',
      oneFunc([], [], [0x41, 0, 0x02, 0x40, 0x1a, END, 0x1a]),
      /drop expects an operand, found nothing/,
    ],
    ['result', oneFunc([], [I64], [0x41, 0]), /end expects i64, found i32/],
    ['values left', oneFunc([], [], [0x41, 0, 0x41, 0]), /2 values too many at the end of the block/],
    ['values left in dead code', oneFunc([], [], [0x00, 0x41, 0]), /1 value too many/],
    ['typed dead code', oneFunc([], [], [0x00, 0x41, 0, 0x7b, 0x1a]), /i64.popcnt expects i64, found i32/],
    ['if without else', oneFunc([I32], [I32], [0x20, 0, 0x04, I32, 0x41, 1, END]), /if without else/],
    ['branch value', oneFunc([], [], [0x02, I32, 0x0c, 0, END, 0x1a]), /br expects i32, found nothing/],
    ['label', oneFunc([], [], [0x0c, 2]), /unknown label 2/],
    [
      'br_table arities',
      oneFunc([], [], [0x02, I32, 0x41, 0, 0x41, 0, 0x0e, 1, 0, 1, END, 0x1a]),
      /br_table targets take 0 and 1/,
    ],
    ['local', oneFunc([I32], [], [0x20, 1, 0x1a]), /unknown local 1/],
    ['global', oneFunc([], [], [0x23, 0, 0x1a]), /unknown global 0/],
    [
      'constant global',
      oneFunc([], [], [0x41, 0, 0x24, 0], { globals: [[I32, 0, 0x41, 0, END]] }),
      /global 0 is immutable/,
    ],
    ['function', oneFunc([], [], [0x10, 1]), /unknown function 1/],
    ['block type', oneFunc([], [], [0x02, 9, END]), /unknown type 9/],
    ['no memory', oneFunc([], [], [0x41, 0, 0x28, 0, 0, 0x1a]), /unknown memory 0/],
    [
      'alignment',
      oneFunc([], [], [0x41, 0, 0x28, 3, 0, 0x1a], memory),
      /alignment must not be larger than natural: 8 bytes for i32.load/,
    ],
    [
      'atomic alignment',
      oneFunc([], [], [0x41, 0, 0xfe, 0x10, 1, 0, 0x1a], memory),
      /atomic alignment must be natural/,
    ],
    [
      'offset',
      oneFunc([], [], [0x41, 0, 0x28, 0, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1a], memory),
      /offset out of range: 4294967296/,
    ],
    [
      'address type',
      oneFunc([], [], [0x41, 0, 0x28, 0, 0, 0x1a], { memories: [[4, 1]] }),
      /i32.load expects i64, found i32/,
    ],
    ['lane', oneFunc([V128], [], [0x20, 0, 0xfd, 27, 4, 0x1a]), /invalid lane index 4: i32x4.extract_lane has 4 lanes/],
    ['shuffle lane', oneFunc([], [], [0x00, 0xfd, 13, ...ZEROS16.slice(1), 32, 0x1a]), /invalid lane index 32/],
    ['no table', oneFunc([], [], [0x41, 0, 0x11, 0, 0]), /unknown table 0/],
    [
      'call_indirect of externref',
      oneFunc([], [], [0x41, 0, 0x11, 0, 0], { tables: [[EXTERNREF, 0, 1]] }),
      /expects a table of functions, found one of externref/,
    ],
    [
      'table.copy',
      oneFunc([], [], [0x00, 0xfc, 14, 0, 1], {
        tables: [
          [FUNCREF, 0, 1],
          [EXTERNREF, 0, 1],
        ],
      }),
      /table.copy of externref into a table of funcref/,
    ],
    [
      'element segment',
      oneFunc([], [], [0x00, 0xfc, 12, 0, 0], { tables: [[FUNCREF, 0, 1]] }),
      /unknown element segment 0/,
    ],
    ['data segment', oneFunc([], [], [0xfc, 9, 1], { dataCount: 1, datas: [[1, 0]] }), /unknown data segment 1/],
    ['undeclared reference', oneFunc([], [], [0xd2, 0, 0x1a]), /undeclared function reference to function 0/],
    [
      'select of references',
      oneFunc([FUNCREF], [], [0x20, 0, 0x20, 0, 0x41, 0, 0x1b, 0x1a]),
      /select of funcref must say its type/,
    ],
    ['select of two types', oneFunc([], [], [0x41, 0, 0x42, 0, 0x41, 0, 0x1b, 0x1a]), /select of i32 and i64/],
    ['select arity', oneFunc([], [], [0x00, 0x1c, 2, I32, I32]), /invalid result arity/],
    ['is_null of a number', oneFunc([I32], [I32], [0x20, 0, 0xd1]), /ref.is_null expects a reference, found i32/],
    [
      'tail call',
      oneFunc([], [I32], [0x12, 0], { imports: [[...name('a'), ...name('b'), 0, 1]], types: [funcType([], [])] }),
      /return_call of a function whose results/,
    ],
    ['tag', oneFunc([], [], [0x08, 0]), /unknown tag 0/],
    ['rethrow outside of catch', oneFunc([], [], block(0x09, 0)), /invalid rethrow label/],
    [
      'catch clause',
      oneFunc([], [], [0x02, I32, 0x1f, 0x40, 1, 2, 0, END, 0x41, 0, END, 0x1a]),
      /catch clause delivers other values/,
    ],
    ['extension of a field', oneFunc([], [], [0x00, 0xfb, 2, 1, 1, 0x1a], gcTypes), /struct.get of a field of type i8/],
    ['field', oneFunc([], [], [0x00, 0xfb, 2, 1, 2, 0x1a], gcTypes), /unknown field 2 of type 1/],
    ['immutable field', oneFunc([], [], [0x00, 0xfb, 5, 1, 1], gcTypes), /struct.set of something immutable/],
    [
      'data into references',
      oneFunc([], [], [0x00, 0xfb, 9, 3, 0, 0x1a], { ...gcTypes, dataCount: 1, datas: [[1, 0]] }),
      /not numeric or vector/,
    ],
    ['struct as array', oneFunc([], [], [0x00, 0xfb, 6, 1, 0x1a], gcTypes), /type 1 is no array type/],
    [
      'cast of another hierarchy',
      oneFunc([FUNCREF], [], [0x20, 0, 0xfb, 0x14, 0x6b, 0x1a]),
      /ref.test expects anyref, found funcref/,
    ],
    ['bottom reference is no number', oneFunc([], [I32], [0x00, 0xd4]), /end expects i32, found/],
  ])('%s', (_what, bytes, reason) => {
    expect(verdict(bytes)).toMatch(reason);
  });
});

describe('control structure that is malformed', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['else without if', oneFunc([], [], [0x05]), /else outside of if/],
    ['two elses', oneFunc([], [], [0x41, 0, 0x04, 0x40, 0x05, 0x05, END]), /else outside of if/],
    ['catch without try', oneFunc([], [], block(0x19)), /catch_all outside of try/],
    ['delegate without try', oneFunc([], [], block(0x18, 0)), /delegate outside of try/],
    ['code after the end', oneFunc([], [], [END, 0x01]), /operators after the end/],
    ['no end', oneFunc([], [], [0x02, 0x40]), /ends before its last block does/],
    [
      'memory.init without data count',
      oneFunc([], [], [0x00, 0xfc, 8, 0, 0], { ...memory, datas: [[1, 0]] }),
      /data count section required/,
    ],
  ])('%s', (_what, bytes, reason) => {
    expect(verdict(bytes)).toMatch(reason);
    expect(verdict(bytes)).toMatch(/^malformed: function 0 at 0x/);
  });
});

describe('modules', () => {
  const start = { start: 0 };
  it.each<[string, Uint8Array, RegExp]>([
    [
      'duplicate export',
      oneFunc([], [], [], {
        exports: [
          [...name('a'), 0, 0],
          [...name('a'), 0, 0],
        ],
      }),
      /duplicate export name "a"/,
    ],
    ['export of nothing', oneFunc([], [], [], { exports: [[...name('a'), 2, 0]] }), /unknown memory 0/],
    ['start with parameters', oneFunc([I32], [], [], start), /start function 0 must take and return nothing/],
    ['start of nothing', oneFunc([], [], [], { start: 7 }), /unknown function 7/],
    ['function of no type', wasm(section(3, vec([0])), section(10, vec(body([])))), /unknown type 0/],
    [
      'function of a struct type',
      wasm(section(1, vec([0x5f, 0])), section(3, vec([0])), section(10, vec(body([])))),
      /type 0 is no function type but a struct/,
    ],
    ['memory of 4 GiB and a page', wasm(section(5, vec([0, ...u32(65537)]))), /memory size must be at most 65536/],
    ['minimum above maximum', wasm(section(5, vec([1, 2, 1]))), /minimum must not be greater/],
    ['unbounded shared memory', wasm(section(5, vec([2, 1]))), /shared memory must have maximum/],
    ['table of non-null', wasm(section(4, vec([0x64, 0x70, 0, 1]))), /must have an initial value/],
    [
      'tag with results',
      wasm(section(1, vec(funcType([], [I32]))), section(13, vec([0, 0]))),
      /non-empty tag result type/,
    ],
    ['global of another type', wasm(section(6, vec([I64, 0, 0x41, 0, END]))), /end expects i64, found i32/],
    ['call in a constant', oneFunc([], [], [], { globals: [[I32, 0, 0x10, 0, END]] }), /call is not constant/],
    [
      'mutable global in a constant',
      wasm(section(6, vec([I32, 1, 0x41, 0, END], [I32, 0, 0x23, 0, END]))),
      /global 0 is mutable/,
    ],
    [
      'later global in a constant',
      wasm(section(6, vec([I32, 0, 0x23, 1, END], [I32, 0, 0x41, 0, END]))),
      /unknown global 1/,
    ],
    ['data without memory', wasm(section(11, vec([0, 0x41, 0, END, 0]))), /unknown memory 0/],
    ['element without table', wasm(section(9, vec([0, 0x41, 0, END, 0]))), /unknown table 0/],
    ['element of no function', oneFunc([], [], [], { elements: [[1, 0, 1, 4]] }), /unknown function 4/],
    [
      'elements of another type',
      oneFunc([], [], [], { tables: [[EXTERNREF, 0, 1]], elements: [[0, 0x41, 0, END, 1, 0]] }),
      /element segment of \(ref func\) for a table of externref/,
    ],
    [
      'two supertypes',
      wasm(section(1, vec([0x50, 0, 0x60, 0, 0], [0x50, 2, 0, 0, 0x60, 0, 0]))),
      /more than one supertype/,
    ],
    ['final supertype', wasm(section(1, vec(funcType([], []), [0x50, 1, 0, 0x60, 0, 0]))), /type 0, which is final/],
    ['later supertype', wasm(section(1, vec([0x50, 1, 0, 0x60, 0, 0]))), /a supertype must come before/],
    [
      'other supertype',
      wasm(section(1, vec([0x50, 0, 0x60, 0, 0], [0x50, 1, 0, 0x5f, 0]))),
      /sub type does not match its super type 0/,
    ],
    ['type index out of the group', wasm(section(1, vec([0x5f, 1, 0x63, 1, 0], [0x5f, 0]))), /type 0: unknown type 1/],
  ])('%s', (_what, bytes, reason) => {
    expect(verdict(bytes)).toMatch(reason);
    expect(verdict(bytes)).toMatch(/^invalid: /);
  });
  it('a subtyping chain of 63 levels, not of 64', () => {
    const chain = (n: number): Uint8Array => {
      const types = Array.from({ length: n + 1 }, (_, i) => [0x50, ...(i === 0 ? [0] : [1, ...u32(i - 1)]), 0x5f, 0]);
      return wasm(section(1, vec(...types)));
    };
    expect(verdict(chain(63))).toBe('valid');
    expect(verdict(chain(64))).toMatch(/^limit: .*64 levels of subtyping/);
  });
});

describe('locals without default value', () => {
  /** A function of one local of type (ref func), declared where no letter of ours can say it. */
  const withLocal = (code: number[]): Uint8Array => {
    const content = flat([[1, 1, 0x64, 0x70], code, [END]]);
    return wasm(
      section(1, vec(funcType([], []))),
      section(3, vec([0])),
      section(9, vec([3, 0, 1, 0])),
      section(10, vec(flat([u32(content.length), content]))),
    );
  };
  const set = [0xd2, 0, 0x21, 0];
  const get = [0x20, 0, 0x1a];
  it('must be set before they are read', () => {
    expect(verdict(withLocal(get))).toMatch(/uninitialized local 0/);
    expect(verdict(withLocal([...set, ...get]))).toBe('valid');
  });
  it('are unset again at the end of the block that set them', () => {
    expect(verdict(withLocal([...block(...set, ...get), ...get]))).toMatch(/uninitialized local 0/);
    expect(verdict(withLocal([...set, ...block(...get), ...get]))).toBe('valid');
    expect(verdict(withLocal([0x41, 0, 0x04, 0x40, ...set, 0x05, ...get, END]))).toMatch(/uninitialized local 0/);
  });
});

it('errors are placed in the function, by index, name and offset', () => {
  const bytes = oneFunc([], [], [0x1a], { customs: [custom('name', [1, 4, 1, 0, 1, 0x66])] });
  try {
    validate(decode(bytes));
    expect.unreachable();
  } catch (e) {
    const at = bytes.indexOf(0x1a, 8);
    expect(e).toMatchObject({ code: 'invalid', func: 0, funcName: 'f', offset: at });
    expect((e as Error).message).toMatch(new RegExp(`^function 0 "f" at 0x${at.toString(16)}: type mismatch`));
  }
});
