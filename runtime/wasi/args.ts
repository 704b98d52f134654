/** Arguments and environment: two lists of C strings, asked for by size first and then copied. */
import type { WasiVm } from './state.ts';
import { syscall } from './syscall.ts';

function sizes(vm: WasiVm, list: readonly Uint8Array[], count: number, size: number): void {
  const { memory } = vm.wasi;
  memory.set_u32(count, list.length);
  memory.set_u32(
    size,
    list.reduce((n, s) => n + s.length, 0),
  );
}

function copy(vm: WasiVm, list: readonly Uint8Array[], pointers: number, buffer: number): void {
  const { memory } = vm.wasi;
  let at = buffer >>> 0;
  for (const [i, s] of list.entries()) {
    memory.set_u32((pointers >>> 0) + 4 * i, at);
    memory.bytes(at, s.length).set(s);
    at += s.length;
  }
}

export const args_sizes_get = /* @__PURE__ */ syscall('ii:i', (vm, count, size) =>
  sizes(vm, vm.wasi.args, count, size),
);

export const args_get = /* @__PURE__ */ syscall('ii:i', (vm, argv, buffer) => copy(vm, vm.wasi.args, argv, buffer));

export const environ_sizes_get = /* @__PURE__ */ syscall('ii:i', (vm, count, size) =>
  sizes(vm, vm.wasi.environ, count, size),
);

export const environ_get = /* @__PURE__ */ syscall('ii:i', (vm, environ, buffer) =>
  copy(vm, vm.wasi.environ, environ, buffer),
);
