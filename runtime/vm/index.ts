/** The objects around generated code: what linked modules name, and what hosts make imports from. */
export * from './exception.ts';
export * from './global.ts';
export * from './link.ts';
export * from './memory.ts';
export * from './native-memory.ts';
export * from './segment.ts';
export * from './table.ts';
export * from './types.ts';
export * from './value.ts';
export * from './views.ts';
