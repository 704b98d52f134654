/** All of `env` that guests may import, by wire name. runtime/registry.ts lists the same names and types as data. */
export { dladdr, dlclose, dlerror, dlopen, dlsym } from '../dynlink/dlfcn.ts';
export * from '../ffi/list.ts';
