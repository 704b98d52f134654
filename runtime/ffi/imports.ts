/**
 * libffi for guests: what `ffi.h` declares, by wire name (libffi's manual). runtime/registry.ts lists the same names and types as
 * data. A function pointer is an index of the table, for closures as well.
 */
import type { DlVm } from '../dynlink/dlfcn.ts';
import { type HostFunction, host } from '../host.ts';
import { call } from './call.ts';
import { make_closure } from './closure.ts';
import { Cells } from './memory.ts';
import { prepare, struct_offsets } from './types.ts';

const cells_of = (vm: DlVm): Cells => new Cells(vm.dynlink.loader.program);

/** `ffi_status ffi_prep_cif(ffi_cif *, ffi_abi, unsigned nargs, ffi_type *rtype, ffi_type **atypes)`. */
export const ffi_prep_cif: HostFunction<'iiiii:i', DlVm> = /* @__PURE__ */ host(
  'iiiii:i',
  (vm, cif, abi, count, result, args) => prepare(cells_of(vm), cif, abi, undefined, count, result, args),
);

/** The same for a variadic function, `fixed` of whose arguments are not variadic. */
export const ffi_prep_cif_var: HostFunction<'iiiiii:i', DlVm> = /* @__PURE__ */ host(
  'iiiiii:i',
  (vm, cif, abi, fixed, count, result, args) => prepare(cells_of(vm), cif, abi, fixed, count, result, args),
);

/**
 * `void ffi_call(ffi_cif *, void (*fn)(void), void *rvalue, void **avalue)`. Traps where the function's type differs; with Faasm's
 * quirks, writes an i32 whatever the result.
 */
export const ffi_call: HostFunction<'iiii:', DlVm> = /* @__PURE__ */ host('iiii:', (vm, cif, func, result, args) => {
  call(cells_of(vm), cif, func, result, args, vm.dynlink.loader.quirks);
  return undefined;
});

/** `ffi_status ffi_get_struct_offsets(ffi_abi, ffi_type *, size_t *offsets)`. */
export const ffi_get_struct_offsets: HostFunction<'iii:i', DlVm> = /* @__PURE__ */ host(
  'iii:i',
  (vm, abi, type, offsets) => struct_offsets(cells_of(vm), abi, type, offsets),
);

/** `void *ffi_closure_alloc(size_t, void **code)`: memory of the caller's, and a slot for the function. 0 where there is no room. */
export const ffi_closure_alloc: HostFunction<'ii:i', DlVm> = /* @__PURE__ */ host('ii:i', (vm, size, code) => {
  const { program } = vm.dynlink.loader;
  const closure = program.arena.allot(Math.max(size >>> 0, 4), 4);
  const slot = program.slots.allot(1, 0);
  closures_of(vm).set(closure, slot);
  cells_of(vm).set_i32(code, slot);
  return closure;
});

/** `void ffi_closure_free(void *)`. */
export const ffi_closure_free: HostFunction<'i:', DlVm> = /* @__PURE__ */ host('i:', (vm, closure) => {
  const closures = closures_of(vm);
  const slot = closures.get(closure >>> 0);
  if (slot === undefined) return undefined;
  closures.delete(closure >>> 0);
  const { program } = vm.dynlink.loader;
  program.slots.release(slot, 1);
  vm.dynlink.loader.log.push({ op: 'host', kind: CLOSURE_FREED, data: [slot] });
  program.arena.release(closure >>> 0);
  return undefined;
});

/** `ffi_status ffi_prep_closure_loc(ffi_closure *, ffi_cif *, void (*handler)(…), void *user_data, void *code)`. */
export const ffi_prep_closure_loc: HostFunction<'iiiii:i', DlVm> = /* @__PURE__ */ host(
  'iiiii:i',
  (vm, closure, cif, handler, user, code) => {
    // What was not allotted has no slot, and its code no meaning: libffi's FFI_BAD_ABI.
    if (closures_of(vm).get(closure >>> 0) !== code >>> 0) return 2;
    const { loader } = vm.dynlink;
    loader.program.slots.put(code >>> 0, make_closure(cells_of(vm), { cif, handler, user }));
    loader.log.push({ op: 'host', kind: CLOSURE, data: [code, cif, handler, user] });
    return 0;
  },
);

/** Kinds of entries in the link log. */
const CLOSURE = 'ffi closure';
const CLOSURE_FREED = 'ffi closure freed';

/** Lets a loader replay the closures of another thread. */
export function replay_closures(vm: DlVm): void {
  const { loader } = vm.dynlink;
  loader.replayers.set(CLOSURE, ([code, cif, handler, user]) => {
    const { slots } = loader.program;
    slots.claim(code!, 1);
    slots.put(code!, make_closure(cells_of(vm), { cif: cif!, handler: handler!, user: user! }));
  });
  loader.replayers.set(CLOSURE_FREED, ([code]) => loader.program.slots.release(code!, 1));
}

const closures = /* @__PURE__ */ new WeakMap<object, Map<number, number>>();

/** Slots by the address of the closure, of one program. */
function closures_of({ dynlink }: DlVm): Map<number, number> {
  let found = closures.get(dynlink.loader);
  if (found === undefined) {
    found = new Map();
    closures.set(dynlink.loader, found);
  }
  return found;
}
