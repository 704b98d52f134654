/** Sizes and indices of memories and tables as JavaScript gives them: numbers, or BigInts where addresses are i64. */

/** The type of addresses of a memory, or of indices of a table. */
export type AddressType = 'i32' | 'i64';

/** Bytes of a page. */
export const PAGE = 65536;
/**
 * Of a memory with 32-bit addresses, which never has its last page: generated code adds to addresses in memory without asking
 * whether the sum wraps.
 */
export const MAX_PAGES = 65535;

export interface Limits {
  readonly initial: number;
  readonly maximum: number | undefined;
}

/**
 * The limits of a memory or table; `most` is what the host can have at first, `most_declared` what a maximum may say.
 * Throws RangeError, or TypeError for what is no number (with i64 addresses, no BigInt).
 */
export function check_limits(
  what: string,
  initial: unknown,
  maximum: unknown,
  is64: boolean,
  most: number,
  most_declared: number,
): Limits {
  const at = (property: string): string => `WebAssembly.${what}(): Property '${property}'`;
  if (initial === undefined) throw new TypeError(`${at('initial')} is required`);
  const first = below(count_in(initial, is64, at('initial')), most, at('initial'));
  if (maximum === undefined) return { initial: first, maximum };
  const last = below(count_in(maximum, is64, at('maximum')), most_declared, at('maximum'));
  if (last < first) throw new RangeError(`${at('maximum')}: value ${last} is below the lower bound ${first}`);
  return { initial: first, maximum: last };
}
function below(value: number, most: number, what: string): number {
  if (value > most) throw new RangeError(`${what}: value ${value} is above the upper bound ${most}`);
  return value;
}

/** A size or index as a number: rounded beyond 2^53, where no memory or table reaches. */
export function count_in(value: unknown, is64: boolean, what: string): number {
  if (typeof value !== (is64 ? 'bigint' : 'number')) {
    throw new TypeError(`${what}: ${String(value)} is no ${is64 ? 'BigInt' : 'number'}`);
  }
  const count = Number(value);
  if (!(count >= 0 && Number.isInteger(count)))
    throw new TypeError(`${what}: value ${value} is no page or element count`);
  return count;
}
/** A size as JavaScript sees it. */
export function address_out(count: number, is64: boolean): number | bigint {
  return is64 ? BigInt(count) : count;
}
