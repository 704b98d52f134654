/** What bundles take from WASI: the calls by their wire names, and what runs a command. */
export { open_preopen } from '../fs/directory.ts';
export { Exit } from '../host.ts';
export type { CommandConfig, PreopenSpec } from './command.ts';
export { run_command } from './command.ts';
export type { Input, Output, WasiInstance, WasiOptions } from './create.ts';
export { createWasi } from './create.ts';
export { any_process } from './process.ts';
