/** The runtime library: `import { Memory, Table, Global } from 'wasmelt/runtime'`, and all that bundles take from it. */
export * from './core/index.ts';
export * from './dynlink/index.ts';
export { createFfi } from './ffi/index.ts';
export type { HostFunction, HostFunctions } from './host.ts';
export { bind_all, host, s64_number, u64_bigint, u64_number } from './host.ts';
export { createWebAssembly } from './js-api/namespace.ts';
export { sideModule } from './js-api/side.ts';
export * from './vm/index.ts';
export * from './wasi/index.ts';
