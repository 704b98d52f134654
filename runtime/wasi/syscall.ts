/**
 * A WASI call: a host function that returns an error number. This is the one place where what was thrown becomes that
 * number; traps, `Exit` and our own bugs pass through.
 */
import { errno_number } from '../fs/errno.ts';
import type { HostFunction, Params, Result } from '../host.ts';
import { host } from '../host.ts';
import type { WasiVm } from './state.ts';

/** Declares a call; its body returns nothing and throws `Errno`, or lets errors of node:fs pass. */
export function syscall<T extends `${string}:i`>(
  type: T,
  body: (vm: WasiVm, ...args: Params<T>) => void,
): HostFunction<T, WasiVm> {
  return host<T, WasiVm>(type, (vm, ...args) => {
    try {
      body(vm, ...args);
      return 0 as Result<T>;
    } catch (error) {
      const number = errno_number(error);
      if (number === undefined) throw error;
      return number as Result<T>;
    }
  });
}
