/** The process: leaving it, and giving way. */
import { Errno } from '../fs/errno.ts';
import { Exit, host } from '../host.ts';
import type { WasiVm } from './state.ts';
import { syscall } from './syscall.ts';

export const proc_exit = /* @__PURE__ */ host('i:', (_vm: WasiVm, code) => {
  throw new Exit(code);
});

/** Nobody to give way to: an instance has one thread. */
export const sched_yield = /* @__PURE__ */ syscall(':i', () => {});

/** Refused with ENOSYS: there are no signals. Present so that programs that import it link. */
export const proc_raise = /* @__PURE__ */ syscall('i:i', () => {
  throw new Errno('ENOSYS');
});
