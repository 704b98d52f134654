/**
 * Numbers of the text format (spec 6.3.1, 6.3.2) as bit patterns, exactly: integers of any width, floats rounded once, to
 * nearest with ties to even, by rational arithmetic on BigInt. JavaScript's own conversion would round an f32 twice.
 */
import { WastSyntaxError } from './scanner.ts';

export interface FloatFormat {
  readonly width: number;
  /** Bits of the mantissa that are stored. */
  readonly mantissa: number;
  readonly bias: number;
}
export const F32_FORMAT: FloatFormat = { width: 32, mantissa: 23, bias: 127 };
export const F64_FORMAT: FloatFormat = { width: 64, mantissa: 52, bias: 1023 };

const INTEGER = /^([+-]?)(0x[\da-f](?:_?[\da-f])*|\d(?:_?\d)*)$/i;

/** The bits of an integer literal as an unsigned number below 2^width; negative ones in two's complement. */
export function integerBits(literal: string, width: number): bigint {
  const match = INTEGER.exec(literal);
  if (match === null) throw new WastSyntaxError(`integer ${literal}`);
  const magnitude = BigInt(match[2]!.replaceAll('_', ''));
  return BigInt.asUintN(width, match[1] === '-' ? -magnitude : magnitude);
}

/** The bits of a float literal. */
export function floatBits(literal: string, format: FloatFormat): bigint {
  const negative = literal.startsWith('-');
  const digits = literal.replace(/^[+-]/, '').replaceAll('_', '').toLowerCase();
  const magnitude = special(digits, format) ?? round(rational(digits), format);
  return negative ? magnitude | (1n << BigInt(format.width - 1)) : magnitude;
}

function infinity({ width, mantissa }: FloatFormat): bigint {
  return ((1n << BigInt(width - 1 - mantissa)) - 1n) << BigInt(mantissa);
}

function special(digits: string, format: FloatFormat): bigint | undefined {
  if (digits === 'inf') return infinity(format);
  if (digits === 'nan') return infinity(format) | (1n << BigInt(format.mantissa - 1));
  if (digits.startsWith('nan:0x')) return infinity(format) | BigInt(digits.slice(4));
  return undefined;
}

/** A quotient of two naturals. */
interface Rational {
  readonly over: bigint;
  readonly under: bigint;
}

function rational(digits: string): Rational {
  const hex = digits.startsWith('0x');
  const form = hex ? /^0x([\da-f]+)\.?([\da-f]*)(?:p([+-]?\d+))?$/ : /^(\d+)\.?(\d*)(?:e([+-]?\d+))?$/;
  const match = form.exec(digits);
  if (match === null) throw new WastSyntaxError(`float ${digits}`);
  const fraction = match[2]!;
  const significand = BigInt((hex ? '0x' : '') + match[1] + fraction);
  const exponent = Number(match[3] ?? 0) - fraction.length * (hex ? 4 : 1);
  const scale = (hex ? 2n : 10n) ** BigInt(Math.abs(exponent));
  return exponent < 0 ? { over: significand, under: scale } : { over: significand * scale, under: 1n };
}

const bitLength = (n: bigint): number => n.toString(2).length;

/** The nearest float's bits: the quotient in units of the last place there, rounded half to even. */
function round({ over, under }: Rational, format: FloatFormat): bigint {
  if (over === 0n) return 0n;
  const lowest = 1 - format.bias;
  let exponent = bitLength(over) - bitLength(under);
  if (below(over, under, exponent)) exponent--;
  exponent = Math.max(exponent, lowest);
  const shift = format.mantissa - exponent;
  const scaled = over << BigInt(Math.max(shift, 0));
  const unit = under << BigInt(Math.max(-shift, 0));
  let units = scaled / unit;
  const rest = (scaled % unit) * 2n;
  if (rest > unit || (rest === unit && (units & 1n) === 1n)) units++;
  // The hidden bit adds one to the exponent field, so that subnormals and carries need no case of their own.
  const bits = (BigInt(exponent - lowest) << BigInt(format.mantissa)) + units;
  const limit = infinity(format);
  return bits > limit ? limit : bits;
}

/** Whether over / under < 2^exponent. */
function below(over: bigint, under: bigint, exponent: number): boolean {
  return exponent >= 0 ? over < under << BigInt(exponent) : over << BigInt(-exponent) < under;
}
