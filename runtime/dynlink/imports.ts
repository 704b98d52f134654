/** What guests import from `env` to load libraries, by wire name. runtime/registry.ts lists the same names and types as data. */
export { dladdr, dlclose, dlerror, dlopen, dlsym } from './dlfcn.ts';
