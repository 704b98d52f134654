/** All of libffi that guests may import, by wire name. */
export {
  ffi_call,
  ffi_closure_alloc,
  ffi_closure_free,
  ffi_get_struct_offsets,
  ffi_prep_cif,
  ffi_prep_cif_var,
  ffi_prep_closure_loc,
} from './imports.ts';
