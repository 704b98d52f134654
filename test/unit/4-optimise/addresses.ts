/** Text of functions with four parameters, and of the addresses that tests make of them. */

/** Four parameters, then i32 locals. */
export const PARAMS = '(param i32 i32 i32 i32) (local i32 i32 i32 i32)';

export const [p, q, x, y] = ['(local.get 0)', '(local.get 1)', '(local.get 2)', '(local.get 3)'];
export const num = (value: number): string => `(i32.const ${value})`;
export const add = (a: string, b: string | number): string => `(i32.add ${a} ${typeof b === 'number' ? num(b) : b})`;
export const sum = (...terms: string[]): string => terms.reduce((a, b) => add(a, b));
export const shl = (a: string, by: number): string => `(i32.shl ${a} ${num(by)})`;
export const low = (count: number, of: string): string => `(i32.and ${of} ${num(-(2 ** count))})`;
export const set = (local: number, value: string): string => `(local.set ${local} ${value})`;
