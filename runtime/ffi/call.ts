/** `ffi_call`: calls a function of the table by a description of its C type. */
import { i64_hi } from '../core/int64.ts';
import { note_f32, note_f64 } from '../core/nan.ts';
import { trap, trap_signature, trap_table } from '../core/trap.ts';
import type { RawFunction } from '../core/types.ts';
import type { AnyFunction } from '../dynlink/program/guest.ts';
import { to_bigint } from '../vm/value.ts';
import { type Convention, convention, halves, is_long, push_scalar, store_scalar } from './abi.ts';
import type { Cells } from './memory.ts';
import { read_cif } from './types.ts';

/**
 * Calls the function at index `func`; `values` is an array of pointers to the arguments, and the result is written to `result`,
 * integers widened to 4 bytes; `quirks`: always as an i32. A function of another type traps, as an indirect call would.
 */
export function call(cells: Cells, cif_at: number, func: number, result: number, values: number, quirks = false): void {
  const cif = read_cif(cells, cif_at);
  const how = convention(cif);
  const target = target_of(cells, how, func);
  const copies = how.args.map(({ mode, type }) => (mode === 'indirect' ? round16(type.size) : 0));
  const back = how.toAddress && result === 0 ? round16(cif.result.size) : 0;
  const size = round16(how.bufferSize) + back + copies.reduce((a, b) => a + b, 0);
  cells.framed(size, (base) => {
    const at = how.toAddress && result === 0 ? base + round16(how.bufferSize) : result;
    const args = arguments_of(cells, how, target.pairs, {
      values,
      at,
      base,
      copies: base + round16(how.bufferSize) + back,
    });
    const low = target.run(args);
    if (quirks) cells.set_i32(result, low);
    if (quirks || how.result?.mode !== 'direct' || result === 0) return;
    const high = target.high();
    store_scalar(cells, how.result.type, result, low, high, 2000, how.result.type === cif.result);
  });
}
const round16 = (n: number): number => Math.ceil(n / 16) * 16;

interface Frame {
  readonly values: number;
  /** Where a result goes that is written to an address. */
  readonly at: number;
  /** The buffer of variadic arguments, and behind it the copies of structures. */
  readonly base: number;
  readonly copies: number;
}

/** The raw arguments. */
function arguments_of(cells: Cells, how: Convention, pairs: boolean, { values, at, base, copies }: Frame): number[] {
  const args: number[] = [];
  let param = 0;
  let copy = copies;
  if (how.toAddress) {
    args.push(at);
    param++;
  }
  how.args.forEach(({ mode, type }, i) => {
    const value = cells.u32(values + 4 * i);
    let address = value;
    if (mode === 'indirect') {
      cells.copy(copy, value, type.size);
      address = copy;
      copy += round16(type.size);
    }
    if (i >= how.fixed) {
      const slot = base + how.offsets[i - how.fixed]!;
      if (mode === 'indirect') cells.set_i32(slot, address);
      else cells.copy(slot, value, type.size);
    } else if (mode === 'indirect') {
      args.push(address);
      param++;
    } else if (mode === 'wide') {
      for (let word = 0; word < 4; word++) args.push(cells.i32(value + 4 * word));
      param += pairs ? 4 : 2;
    } else {
      push_scalar(cells, type, value, param, args);
      param += pairs && is_long(type) ? 2 : 1;
    }
  });
  if (how.variadic) args.push(base);
  return args;
}

interface Target {
  /** i64 are passed as pairs. */
  readonly pairs: boolean;
  run(args: readonly number[]): number;
  /** The high half of the i64 that was returned. */
  high(): number;
}

function target_of(cells: Cells, how: Convention, index: number): Target {
  const { program } = cells;
  const found = program.slots.at(index);
  if (found === undefined) trap_table();
  if (found === null) trap_signature();
  const raw = found as RawFunction;
  if (raw.t === undefined) return native_target(how, program.slots.func(index)!);
  if (raw.t === how.type) {
    return { pairs: false, run: (args) => (raw as AnyFunction)(...args) as number, high: () => i64_hi[0]! };
  }
  if (raw.t !== how.pairs) trap_signature();
  const high = program.exports.getTempRet0;
  if (how.type.endsWith(':I') && typeof high !== 'function') {
    trap('ffi_call: the high half of the result is in no getTempRet0 that the program exports');
  }
  return { pairs: true, run: (args) => (raw as AnyFunction)(...args) as number, high: () => (high as () => number)() };
}

/** A native function does not tell its type. */
function native_target({ type }: Convention, func: AnyFunction): Target {
  const params = type.slice(0, type.indexOf(':'));
  if (func.length !== params.length) trap_signature();
  return {
    pairs: false,
    run(args) {
      let at = 0;
      const values = [...params].map((letter) => {
        const low = args[at++]!;
        return letter === 'I' ? to_bigint(low, args[at++]!) : low;
      });
      const result = func(...values);
      if (typeof result === 'bigint') return halves(result);
      return type.endsWith(':f') ? note_f32(2000, result as number) : note_f64(2000, result as number);
    },
    high: () => i64_hi[0]!,
  };
}
