/** Constants of scripts as JavaScript values and as bytes in memory, and whether results meet expectations. */
import type { SlotType } from './adapter.ts';
import type { NumberValue, RefValue, Value, VectorValue } from './convert/commands.ts';

/** Host references by number: one object each, whichever script asks. */
const hosts = new Map<number, object>();
function hostRef(n: number): object {
  let object = hosts.get(n);
  if (object === undefined) hosts.set(n, (object = Object.freeze({ host: n })));
  return object;
}

const WIDTH: Readonly<Record<string, number>> = { i8: 1, i16: 2, i32: 4, i64: 8, f32: 4, f64: 8 };
const scratch = new DataView(new ArrayBuffer(8));

/** A number that JavaScript cannot carry with all its bits: a NaN, or a vector. */
export function needsBits(v: Value): boolean {
  if (v.type === 'v128') return true;
  if (v.type === 'either') return v.values.some(needsBits);
  return (v.type === 'f32' || v.type === 'f64') && isNaNBits(v);
}

function isNaNBits({ type, bits }: NumberValue): boolean {
  if (bits.startsWith('nan')) return true;
  const b = BigInt(bits);
  return type === 'f32' ? (b & 0x7fff_ffffn) > 0x7f80_0000n : (b & 0x7fff_ffff_ffff_ffffn) > 0x7ff0_0000_0000_0000n;
}

export function toJS(v: Value): unknown {
  switch (v.type) {
    case 'i32':
      return Number(v.bits) | 0;
    case 'i64':
      return BigInt.asIntN(64, BigInt(v.bits));
    case 'f32':
    case 'f64':
      return toFloat(v);
    case 'ref':
      return v.value === 'null' || v.value === undefined ? null : hostRef(v.value);
    default:
      throw new Error(`${v.type} cannot cross to JavaScript`);
  }
}

function toFloat({ type, bits }: NumberValue): number {
  if (type === 'f32') scratch.setUint32(0, Number(bits));
  else scratch.setBigUint64(0, BigInt(bits));
  return type === 'f32' ? scratch.getFloat32(0) : scratch.getFloat64(0);
}

/** Whether a JavaScript value meets an expectation. */
export function meetsJS(actual: unknown, v: Value): boolean {
  switch (v.type) {
    case 'either':
      return v.values.some((one) => meetsJS(actual, one));
    case 'i32':
      return typeof actual === 'number' && actual === (Number(v.bits) | 0);
    case 'i64':
      return typeof actual === 'bigint' && actual === BigInt.asIntN(64, BigInt(v.bits));
    case 'f32':
    case 'f64':
      if (typeof actual !== 'number') return false;
      return needsBits(v) ? Number.isNaN(actual) : Object.is(actual, toFloat(v));
    case 'ref':
      return meetsRef(actual, v);
    default:
      return false;
  }
}

function meetsRef(actual: unknown, { heap, value }: RefValue): boolean {
  if (value === 'null') return actual === null;
  if (value !== undefined) return actual === hostRef(value);
  // GC objects are opaque to JavaScript: frozen objects without a prototype (JS API, 4.12).
  const opaque = typeof actual === 'object' && actual !== null && Object.getPrototypeOf(actual) === null;
  switch (heap) {
    case 'func':
      return typeof actual === 'function';
    case 'i31':
      return typeof actual === 'number';
    case 'struct':
    case 'array':
      return opaque;
    case 'eq':
      return opaque || typeof actual === 'number';
    default:
      return actual !== null && actual !== undefined;
  }
}

function setBits(view: DataView, at: number, width: number, bits: string): void {
  const b = BigInt(bits);
  for (let i = 0; i < width; i++) view.setUint8(at + i, Number((b >> BigInt(8 * i)) & 0xffn));
}

function getBits(view: DataView, at: number, width: number): bigint {
  let b = 0n;
  for (let i = width - 1; i >= 0; i--) b = (b << 8n) | BigInt(view.getUint8(at + i));
  return b;
}

function lanes(v: NumberValue | VectorValue): readonly (readonly [type: string, bits: string])[] {
  return v.type === 'v128' ? v.bits.map((bits) => [v.lane, bits]) : [[v.type, v.bits]];
}

/** Writes a number or vector in the layout of a store instruction. */
export function writeValue(view: DataView, at: number, v: Value): void {
  if (v.type === 'ref' || v.type === 'either') throw new Error(`${v.type} has no bytes`);
  let place = at;
  for (const [type, bits] of lanes(v)) {
    setBits(view, place, WIDTH[type]!, bits);
    place += WIDTH[type]!;
  }
}

/** Whether the bytes of a result meet an expectation, bit for bit. */
export function meetsBits(view: DataView, at: number, v: Value): boolean {
  if (v.type === 'either') return v.values.some((one) => meetsBits(view, at, one));
  if (v.type === 'ref') return v.value === 'null' && view.getInt32(at, true) === 1;
  let place = at;
  for (const [type, bits] of lanes(v)) {
    if (!meetsLane(getBits(view, place, WIDTH[type]!), type, bits)) return false;
    place += WIDTH[type]!;
  }
  return true;
}

/** NaN patterns (spec, interpreter README): canonical has the quiet bit only, arithmetic at least that. */
function meetsLane(actual: bigint, type: string, expected: string): boolean {
  if (!expected.startsWith('nan')) return actual === BigInt(expected);
  const [quiet, magnitude] = type === 'f32' ? [0x7fc0_0000n, 0x7fff_ffffn] : [0x7ff8n << 48n, (1n << 63n) - 1n];
  return expected === 'nan:canonical' ? (actual & magnitude) === quiet : (actual & quiet) === quiet;
}

export function showBits(view: DataView, at: number, type: SlotType): string {
  const width = type === 'v128' ? 16 : (WIDTH[type] ?? 4);
  return `0x${getBits(view, at, width)
    .toString(16)
    .padStart(width * 2, '0')}`;
}

export function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'object' && value !== null ? 'object' : String(value);
}
