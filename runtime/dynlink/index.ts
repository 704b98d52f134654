/** Dynamic linking: what embedders and bundles take. */
export type { Dynlink } from './create.ts';
export { createDynlink } from './create.ts';
export { DlError } from './errors.ts';
export type { Layout } from './library.ts';
export { FAASM, Library } from './library.ts';
export type { LoaderOptions } from './loader.ts';
export { Loader, RTLD_GLOBAL, RTLD_LAZY, RTLD_NODELETE, RTLD_NOLOAD, RTLD_NOW } from './loader.ts';
export type { LinkEntry } from './log.ts';
export type { SideInfo, SideModule } from './side.ts';
export { is_side } from './side.ts';
export type { LazySource, Registry, Resolver, SideSource } from './sources.ts';
export * from './symbols/got.ts';
