/**
 * Closures: functions of the table that call a C function `void handler(ffi_cif *, void *result, void **args, void *user_data)`
 * with their arguments in memory. They are ordinary raw functions: guests and other modules call them through their index.
 */
import { i64_hi } from '../core/int64.ts';
import { nan_bits } from '../core/nan.ts';
import { trap_signature } from '../core/trap.ts';
import type { RawFunction } from '../core/types.ts';
import type { AnyFunction } from '../dynlink/program/guest.ts';
import { describe_func, to_func } from '../vm/value.ts';
import { type Convention, convention, extended, is_long, store_scalar } from './abi.ts';
import type { Cells } from './memory.ts';
import { FLOAT, read_cif } from './types.ts';

/** What `ffi_prep_closure_loc` was given, by addresses and the index of the handler. */
export interface ClosureData {
  readonly cif: number;
  readonly handler: number;
  readonly user: number;
}

/** A function for the table. The description is read once: it may not change while the closure lives. */
export function make_closure(cells: Cells, data: ClosureData): AnyFunction {
  const how = convention(read_cif(cells, data.cif));
  const raw: AnyFunction = (...args) => enter(cells, data, how, args as number[]);
  const exported = to_func(describe_func(raw as RawFunction, how.type, 'closure'))!;
  return cells.program.wrap(exported, how.type);
}

/** Bytes of the frame: values and pointers to them, and the result. */
const VALUE = 16;

function enter(cells: Cells, { cif, handler, user }: ClosureData, how: Convention, args: readonly number[]): unknown {
  const { slots } = cells.program;
  const target = slots.at(handler);
  const func = slots.func(handler);
  if (func === undefined || ((target as RawFunction).t ?? 'iiii:') !== 'iiii:') trap_signature();
  // Payloads of floats are in cells that the next call overwrites.
  const payloads = nan_bits.slice(0, 2 * args.length);
  const count = how.args.length;
  return cells.framed(VALUE * (count + 1) + 4 * count, (base) => {
    const pointers = base + VALUE * (count + 1);
    const at = how.toAddress ? args[0]! : base + VALUE * count;
    if (!how.toAddress) cells.at(at, VALUE).setBigInt64(at, 0n, true);
    spill(cells, how, args, payloads, base, pointers);
    func(cif | 0, at | 0, pointers | 0, user | 0);
    return how.result?.mode === 'direct' ? result_of(cells, how, at) : undefined;
  });
}

/** Writes all arguments to memory, and pointers to them. */
function spill(
  cells: Cells,
  how: Convention,
  args: readonly number[],
  payloads: Int32Array,
  base: number,
  pointers: number,
): void {
  let slot = how.toAddress ? 1 : 0;
  let param = slot;
  const buffer = how.variadic ? args[args.length - 1]! : 0;
  how.args.forEach(({ mode, type }, i) => {
    let at = base + VALUE * i;
    if (i >= how.fixed) {
      at = buffer + how.offsets[i - how.fixed]!;
      if (mode === 'indirect') at = cells.u32(at);
    } else if (mode === 'indirect') {
      at = args[slot++]!;
      param++;
    } else if (mode === 'wide') {
      for (let word = 0; word < 4; word++) cells.set_i32(at + 4 * word, args[slot++]!);
      param += 2;
    } else {
      const low = args[slot++]!;
      const high = is_long(type) ? args[slot++]! : 0;
      if (Number.isNaN(low)) {
        cells.set_i32(at, payloads[2 * param]!);
        if (type.id !== FLOAT) cells.set_i32(at + 4, payloads[2 * param + 1]!);
      } else store_scalar(cells, type, at, low, high, 0, true);
      param++;
    }
    cells.set_i32(pointers + 4 * i, at);
  });
}

function result_of(cells: Cells, how: Convention, at: number): number {
  const { type } = how.result!;
  const view = cells.at(at, 8);
  if (is_long(type)) {
    i64_hi[0] = view.getInt32(at + 4, true);
    return view.getInt32(at, true);
  }
  if (how.type.endsWith(':i')) return extended(type.id, view.getInt32(at, true));
  nan_bits[2000] = view.getInt32(at, true);
  nan_bits[2001] = view.getInt32(at + 4, true);
  return type.id === FLOAT ? view.getFloat32(at, true) : view.getFloat64(at, true);
}
