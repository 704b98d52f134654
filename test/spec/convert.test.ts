/** The converter of specification scripts: numbers, scripts, expected values and traps. */
import { describe, expect, it } from 'vitest';
import { F32_FORMAT, F64_FORMAT, floatBits, integerBits } from './convert/numbers.ts';
import { parseScript } from './convert/script.ts';
import { meansTrap } from './traps.ts';
import { meetsBits, meetsJS } from './values.ts';

const f32 = (text: string): string => floatBits(text, F32_FORMAT).toString(16);
const f64 = (text: string): string => floatBits(text, F64_FORMAT).toString(16);

describe('numbers of the text format', () => {
  it('reads integers of any sign and base as bits', () => {
    expect(integerBits('-1', 32)).toBe(0xffff_ffffn);
    expect(integerBits('0x8000_0000_0000_0000', 64)).toBe(1n << 63n);
    expect(integerBits('+1_000', 32)).toBe(1000n);
    expect(() => integerBits('1__0', 32)).toThrow('integer');
  });

  it('agrees with JavaScript on f64', () => {
    for (const text of [
      '1',
      '0.1',
      '1e-324',
      '5e-324',
      '2.5e-324',
      '1.7976931348623157e308',
      '123456789.123456789e-30',
    ]) {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, Number(text));
      expect(f64(text)).toBe(view.getBigUint64(0).toString(16));
    }
  });

  it('rounds f32 once, where rounding to f64 first would go wrong', () => {
    expect(f32('1.00000017881393432617187499')).toBe('3f800001');
    expect(f32('1.00000017881393432617187501')).toBe('3f800002');
    expect(f32('0x1.000001p0')).toBe('3f800000');
    expect(f32('0x1.0000010000000001p0')).toBe('3f800001');
  });

  it('reads the ends of the range', () => {
    expect(f32('0x1p-149')).toBe('1');
    expect(f32('0x1p-150')).toBe('0');
    expect(f32('0x1.8p-150')).toBe('1');
    expect(f32('0x1.fffffep-127')).toBe('800000');
    expect(f32('-inf')).toBe('ff800000');
    expect(f32('-nan:0x200000')).toBe('ffa00000');
    expect(f64('nan')).toBe('7ff8000000000000');
    expect(f64('-0x0p+0')).toBe('8000000000000000');
  });
});

describe('scripts', () => {
  it('reads modules, actions and expectations with their lines', () => {
    const [module, assertion] = parseScript(`;; a comment
      (module $m (; nested (; comment ;) ;) (func (export "f(\\")")))
      (assert_return (invoke $m "f\\u{e9}" (i64.const -1) (ref.extern 7)) (f32.const nan:canonical) (ref.null func))`);
    expect(module).toMatchObject({ kind: 'module', line: 2, name: '$m' });
    expect(assertion).toEqual({
      kind: 'assert_return',
      line: 3,
      action: {
        type: 'invoke',
        module: '$m',
        field: 'fé',
        args: [
          { type: 'i64', bits: '18446744073709551615' },
          { type: 'ref', heap: 'extern', value: 7 },
        ],
      },
      expected: [
        { type: 'f32', bits: 'nan:canonical' },
        { type: 'ref', heap: 'func', value: 'null' },
      ],
      text: '',
    });
  });

  it('takes a file of bare fields for one module', () => {
    expect(parseScript('(func) (memory 0)')).toMatchObject([{ kind: 'module', module: { form: 'text' } }]);
  });

  it('joins the strings of a binary module', () => {
    const [module] = parseScript('(module definition binary "\\00asm" "\\01\\00\\00\\00")');
    expect(module).toMatchObject({ kind: 'definition', module: { form: 'binary' } });
    expect((module as { module: { bytes: Uint8Array } }).module.bytes).toHaveLength(8);
  });

  it('names the line of what it cannot read', () => {
    expect(() => parseScript('(module)\n(assert_nothing)')).toThrow('line 2: unknown command assert_nothing');
  });
});

describe('expectations', () => {
  const bytes = (bits: number): DataView => {
    const view = new DataView(new ArrayBuffer(16));
    view.setUint32(0, bits, true);
    return view;
  };
  it('tells canonical from arithmetic NaNs', () => {
    const canonical = { type: 'f32', bits: 'nan:canonical' } as const;
    const arithmetic = { type: 'f32', bits: 'nan:arithmetic' } as const;
    expect(meetsBits(bytes(0xffc00000), 0, canonical)).toBe(true);
    expect(meetsBits(bytes(0x7fc00001), 0, canonical)).toBe(false);
    expect(meetsBits(bytes(0x7fc00001), 0, arithmetic)).toBe(true);
    expect(meetsBits(bytes(0x7fa00000), 0, arithmetic)).toBe(false);
  });

  it('tells zeros apart', () => {
    expect(meetsJS(-0, { type: 'f64', bits: '0' })).toBe(false);
    expect(meetsJS(-0, { type: 'f64', bits: (1n << 63n).toString() })).toBe(true);
  });

  it('knows what V8 says for each trap', () => {
    expect(meansTrap('divide by zero', 'integer divide by zero')).toBe(true);
    expect(meansTrap('table index is out of bounds', 'undefined element 7')).toBe(true);
    expect(meansTrap('unreachable', 'integer divide by zero')).toBe(false);
  });
});
