/** The four clocks: real time, monotonic, and processor time of the process (which stands for the thread's too). */
import { Errno } from '../fs/errno.ts';
import { syscall } from './syscall.ts';

const REALTIME = 0;
const MONOTONIC = 1;
const PROCESS_CPUTIME = 2;
const THREAD_CPUTIME = 3;

/** Nanoseconds on a clock; EINVAL for a clock that there is not. */
export function clock_now(id: number): bigint {
  switch (id) {
    case REALTIME:
      return realtime();
    case MONOTONIC:
      return nanoseconds(performance.now());
    case PROCESS_CPUTIME:
    case THREAD_CPUTIME:
      return cputime();
    default:
      throw new Errno('EINVAL');
  }
}

/**
 * `Date.now` is the truth but has whole milliseconds; the monotonic clock adds the digits below while the two agree,
 * which they do not after the system's clock was set.
 */
function realtime(): bigint {
  const coarse = Date.now();
  const fine = performance.timeOrigin + performance.now();
  const ms = Math.abs(fine - coarse) < 1000 ? fine : coarse;
  return nanoseconds(ms);
}

/** Milliseconds to whole nanoseconds, without passing through a number above 2^53. */
function nanoseconds(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.floor((ms - whole) * 1e6));
}

function cputime(): bigint {
  const usage = globalThis.process?.cpuUsage?.();
  // Where nobody counts, the time since the start is the nearest thing.
  if (usage === undefined) return nanoseconds(performance.now());
  return BigInt(usage.user + usage.system) * 1000n;
}

export const clock_time_get = /* @__PURE__ */ syscall('iIi:i', (vm, id, _precision_low, _precision_high, out) => {
  vm.wasi.memory.set_u64(out, clock_now(id));
});

/** The finest step that hosts give: a microsecond. */
export const clock_res_get = /* @__PURE__ */ syscall('ii:i', (vm, id, out) => {
  clock_now(id);
  vm.wasi.memory.set_u64(out, 1000n);
});
