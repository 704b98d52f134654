/** All of `env` that guests may import, by wire name. runtime/registry.ts lists the same names and types as data. */
export { dladdr, dlclose, dlerror, dlopen, dlsym } from '../dynlink/dlfcn.ts';
export {
  ffi_call,
  ffi_closure_alloc,
  ffi_closure_free,
  ffi_get_struct_offsets,
  ffi_prep_cif,
  ffi_prep_cif_var,
  ffi_prep_closure_loc,
} from '../ffi/imports.ts';
