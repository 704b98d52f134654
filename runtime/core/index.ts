/** All libcalls: what generated code may name. Re-exports only, so that bundlers drop what a module does not use. */
export * from './bulk.ts';
export * from './convert.ts';
export * from './div64.ts';
export * from './float.ts';
export * from './int.ts';
export * from './int64.ts';
export * from './memory.ts';
export * from './table.ts';
export * from './trap.ts';
export type * from './types.ts';
export * from './wide.ts';
