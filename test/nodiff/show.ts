/** Values as text that is the same whatever engine they come from. */
import { HOST_OBJECT } from './random.ts';

/** NaNs of all bits are one; a function is its name, which is its index in its module; objects of a guest are opaque. */
export function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object' && value !== null && value !== HOST_OBJECT) return 'object';
  return Object.is(value, -0) ? '-0' : String(value);
}
