/**
 * Waiting: `poll_oneoff` sleeps for clocks. A descriptor is always ready, since the host cannot wait for input without
 * reading it: a guest that polls a terminal together with a clock reads, and waits there.
 */
import { Errno, errno_number } from '../fs/errno.ts';
import { pause } from '../fs/pause.ts';
import { Rights } from '../fs/types.ts';
import { clock_now } from './clock.ts';
import type { GuestMemory } from './memory.ts';
import type { WasiVm } from './state.ts';
import { syscall } from './syscall.ts';

/** Where the two versions of WASI keep the fields of a subscription; in bytes. */
export interface SubscriptionLayout {
  readonly size: number;
  readonly clock_id: number;
  readonly timeout: number;
  readonly clock_flags: number;
}

const PREVIEW1: SubscriptionLayout = { size: 48, clock_id: 16, timeout: 24, clock_flags: 40 };

const Eventtype = { clock: 0, fd_read: 1, fd_write: 2 } as const;
const ABSTIME = 1;
const EVENT_SIZE = 32;

interface Event {
  readonly userdata: bigint;
  readonly type: number;
  /** Milliseconds from now until it happens. */
  readonly after: number;
  readonly error: number;
  readonly bytes: bigint;
}

/** Waits until the first of the events, and stores all that happened. */
export function poll(
  vm: WasiVm,
  layout: SubscriptionLayout,
  input: number,
  out: number,
  count: number,
  stored: number,
): void {
  const { memory } = vm.wasi;
  const n = count >>> 0;
  if (n === 0) throw new Errno('EINVAL');
  const from = memory.check(input, n * layout.size);
  const to = memory.check(out, n * EVENT_SIZE);
  memory.check(stored, 4);
  const start = performance.now();
  const events: Event[] = [];
  for (let i = 0; i < n; i++) events.push(event_of(vm, layout, from + i * layout.size));
  const first = Math.min(...events.map((e) => e.after));
  pause(first);
  const passed = Math.max(first, performance.now() - start);
  const happened = events.filter((e) => e.after <= passed);
  for (const [i, event] of happened.entries()) set_event(memory, to + i * EVENT_SIZE, event);
  memory.set_u32(stored, happened.length);
}

/** `event`: userdata u64 at 0, error u16 at 8, type u8 at 10, bytes u64 at 16, flags u16 at 24; 32 bytes. */
function set_event(memory: GuestMemory, at: number, event: Event): void {
  memory.bytes(at, EVENT_SIZE).fill(0);
  memory.set_u64(at, event.userdata);
  memory.set_u16(at + 8, event.error);
  memory.set_u8(at + 10, event.type);
  memory.set_u64(at + 16, event.bytes);
}

/** A subscription that makes no sense becomes an event at once, with the error in it. */
function event_of(vm: WasiVm, layout: SubscriptionLayout, at: number): Event {
  const { memory, fds } = vm.wasi;
  const userdata = memory.get_u64(at);
  const type = memory.get_u8(at + 8);
  const now: Event = { userdata, type, after: 0, error: 0, bytes: 0n };
  try {
    switch (type) {
      case Eventtype.clock:
        return { ...now, after: milliseconds_until(memory, layout, at) };
      case Eventtype.fd_read:
      case Eventtype.fd_write: {
        const file = fds.get(memory.get_u32(at + 16), Rights.poll_fd_readwrite);
        return { ...now, bytes: file.ready(type === Eventtype.fd_read ? 'read' : 'write') };
      }
      default:
        throw new Errno('EINVAL');
    }
  } catch (error) {
    const number = errno_number(error);
    if (number === undefined) throw error;
    return { ...now, error: number };
  }
}

function milliseconds_until(memory: GuestMemory, layout: SubscriptionLayout, at: number): number {
  const id = memory.get_u32(at + layout.clock_id);
  const timeout = memory.get_u64(at + layout.timeout);
  const flags = memory.get_u16(at + layout.clock_flags);
  const now = clock_now(id);
  const left = (flags & ABSTIME) !== 0 ? timeout - now : timeout;
  return left > 0n ? Number(left) / 1e6 : 0;
}

export const poll_oneoff = /* @__PURE__ */ syscall('iiii:i', (vm, input, out, count, stored) => {
  poll(vm, PREVIEW1, input, out, count, stored);
});
