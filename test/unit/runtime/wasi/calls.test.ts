/** WASI calls one by one: layouts of what they store, errors, limits. */
import { describe, expect, it } from 'vitest';
import { Exit } from '../../../../runtime/host.ts';
import { ERRNO, guest, OUT } from './harness.ts';

describe('arguments and environment', () => {
  it('are sized and copied as C strings', () => {
    const g = guest({ args: ['prog', 'ä', ''], env: { A: '1', LONG: 'x=y' } });
    expect(g.call('args_sizes_get', OUT, OUT + 4)).toBe(0);
    expect([g.view.getUint32(OUT, true), g.view.getUint32(OUT + 4, true)]).toEqual([3, 5 + 3 + 1]);
    expect(g.call('args_get', 200, 300)).toBe(0);
    expect([200, 204, 208].map((p) => g.view.getUint32(p, true))).toEqual([300, 305, 308]);
    expect(new TextDecoder().decode(g.bytes.subarray(300, 309))).toBe('prog\0ä\0\0');
    expect(g.call('environ_sizes_get', OUT, OUT + 4)).toBe(0);
    expect([g.view.getUint32(OUT, true), g.view.getUint32(OUT + 4, true)]).toEqual([2, 4 + 9]);
    expect(g.call('environ_get', 200, 300)).toBe(0);
    expect(new TextDecoder().decode(g.bytes.subarray(300, 313))).toBe('A=1\0LONG=x=y\0');
  });
  it('fault where the memory ends', () => {
    const g = guest({ args: ['prog'] });
    expect(g.call('args_sizes_get', 65533, OUT)).toBe(ERRNO.EFAULT);
    expect(g.call('args_get', 200, 65533)).toBe(ERRNO.EFAULT);
    expect(g.call('args_get', -4, 300)).toBe(ERRNO.EFAULT);
  });
});

describe('the process', () => {
  it('leaves by an Exit with the unsigned code', () => {
    const g = guest();
    expect(() => g.call('proc_exit', -1)).toThrow(Exit);
    expect(() => g.call('proc_exit', -1)).toThrow(expect.objectContaining({ code: 4294967295 }));
  });
  it('yields, and refuses signals', () => {
    expect(guest().call('sched_yield')).toBe(0);
    expect(guest().call('proc_raise', 6)).toBe(ERRNO.ENOSYS);
  });
  it('refuses sockets', () => {
    const g = guest();
    expect(g.call('sock_accept', 1, 0, OUT)).toBe(ERRNO.ENOTSOCK);
    expect(g.call('sock_shutdown', 9, 0)).toBe(ERRNO.EBADF);
  });
  it('is random', () => {
    const g = guest();
    expect(g.call('random_get', 0, 65536)).toBe(0);
    expect(new Set(g.bytes).size).toBe(256);
    expect(g.bytes.subarray(-64).some((b) => b !== 0)).toBe(true);
    expect(g.call('random_get', 65536, 1)).toBe(ERRNO.EFAULT);
    expect(g.call('random_get', 65536, 0)).toBe(0);
  });
});

describe('clocks', () => {
  it.each([0, 1, 2, 3])('clock %i gives nanoseconds and a resolution', (id) => {
    const g = guest();
    expect(g.call('clock_time_get', id, 1n, OUT)).toBe(0);
    const first = g.view.getBigUint64(OUT, true);
    expect(g.call('clock_time_get', id, 1n, OUT)).toBe(0);
    expect(g.view.getBigUint64(OUT, true)).toBeGreaterThanOrEqual(first);
    if (id === 0) expect(Math.abs(Number(first / 1000000n) - Date.now())).toBeLessThan(60_000);
    expect(g.call('clock_res_get', id, OUT)).toBe(0);
    expect(g.view.getBigUint64(OUT, true)).toBe(1000n);
  });
  it('refuses others', () => {
    expect(guest().call('clock_time_get', 4, 1n, OUT)).toBe(ERRNO.EINVAL);
    expect(guest().call('clock_res_get', 99, OUT)).toBe(ERRNO.EINVAL);
  });
});

/** Lays out subscriptions, by version: see the witx of each. */
function subscribe(
  unstable: boolean,
  subs: { userdata: bigint; type: number; id: number; timeout?: bigint; flags?: number }[],
) {
  const size = unstable ? 56 : 48;
  const bytes = new Uint8Array(size * subs.length);
  const view = new DataView(bytes.buffer);
  for (const [i, s] of subs.entries()) {
    view.setBigUint64(i * size, s.userdata, true);
    view.setUint8(i * size + 8, s.type);
    view.setUint32(i * size + (s.type === 0 && unstable ? 24 : 16), s.id, true);
    if (s.type !== 0) continue;
    view.setBigUint64(i * size + (unstable ? 32 : 24), s.timeout ?? 0n, true);
    view.setUint16(i * size + (unstable ? 48 : 40), s.flags ?? 0, true);
  }
  return bytes;
}

describe.each(['preview1', 'unstable'] as const)('poll_oneoff of %s', (version) => {
  const run = (subs: Parameters<typeof subscribe>[1]) => {
    const g = guest({ version, stdin: 'x' });
    const [at] = g.text(subscribe(version === 'unstable', subs));
    const error = g.call('poll_oneoff', at, 8192, subs.length, OUT);
    const events = Array.from({ length: g.view.getUint32(OUT, true) }, (_, i) => ({
      userdata: g.view.getBigUint64(8192 + 32 * i, true),
      error: g.view.getUint16(8192 + 32 * i + 8, true),
      type: g.view.getUint8(8192 + 32 * i + 10),
    }));
    return { error, events };
  };
  it('waits for the first of two clocks', () => {
    const start = performance.now();
    const { error, events } = run([
      { userdata: 7n, type: 0, id: 1, timeout: 60_000_000_000n },
      { userdata: 2n ** 64n - 1n, type: 0, id: 1, timeout: 5_000_000n },
    ]);
    expect(error).toBe(0);
    expect(events).toEqual([{ userdata: 2n ** 64n - 1n, error: 0, type: 0 }]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(5);
  });
  it('takes a time that has passed', () => {
    expect(run([{ userdata: 1n, type: 0, id: 0, timeout: 1_000_000_000n, flags: 1 }]).events).toHaveLength(1);
  });
  it('has descriptors ready before clocks, and errors as events', () => {
    const { events } = run([
      { userdata: 1n, type: 0, id: 1, timeout: 60_000_000_000n },
      { userdata: 2n, type: 1, id: 0 },
      { userdata: 3n, type: 2, id: 1 },
      { userdata: 4n, type: 2, id: 50 },
      { userdata: 5n, type: 0, id: 77 },
    ]);
    expect(events).toEqual([
      { userdata: 2n, error: 0, type: 1 },
      { userdata: 3n, error: 0, type: 2 },
      { userdata: 4n, error: ERRNO.EBADF, type: 2 },
      { userdata: 5n, error: ERRNO.EINVAL, type: 0 },
    ]);
  });
  it('refuses to wait for nothing', () => expect(run([]).error).toBe(ERRNO.EINVAL));
});

describe('standard streams', () => {
  it('write all buffers in order', () => {
    const g = guest();
    expect(g.call('fd_write', 1, ...g.iovs(g.text('ab'), g.text(''), g.text('cd\xff')), OUT)).toBe(0);
    expect(g.view.getUint32(OUT, true)).toBe(6);
    expect(g.out.join('')).toBe('abcd\xff');
  });
  it('read into all buffers in order, to the end', () => {
    const g = guest({ stdin: 'hello' });
    expect(g.call('fd_read', 0, ...g.iovs([200, 2], [300, 100]), OUT)).toBe(0);
    expect(g.view.getUint32(OUT, true)).toBe(5);
    expect(new TextDecoder().decode(g.bytes.subarray(200, 202))).toBe('he');
    expect(new TextDecoder().decode(g.bytes.subarray(300, 303))).toBe('llo');
    expect(g.call('fd_read', 0, ...g.iovs([200, 2]), OUT)).toBe(0);
    expect(g.view.getUint32(OUT, true)).toBe(0);
  });
  it('fault before anything happens', () => {
    const g = guest({ stdin: 'hello' });
    expect(g.call('fd_write', 1, ...g.iovs(g.text('ab'), [65530, 7]), OUT)).toBe(ERRNO.EFAULT);
    expect(g.call('fd_write', 1, ...g.iovs(g.text('ab')), 65533)).toBe(ERRNO.EFAULT);
    expect(g.call('fd_write', 1, 65532, 1, OUT)).toBe(ERRNO.EFAULT);
    expect(g.call('fd_write', 1, 0, -1, OUT)).toBe(ERRNO.EFAULT);
    expect(g.call('fd_read', 0, ...g.iovs([-1, 2]), OUT)).toBe(ERRNO.EFAULT);
    expect(g.out).toEqual([]);
  });
  it('have rights, and no position', () => {
    const g = guest();
    expect(g.call('fd_read', 1, ...g.iovs([200, 2]), OUT)).toBe(ERRNO.ENOTCAPABLE);
    expect(g.call('fd_write', 0, ...g.iovs(g.text('ab')), OUT)).toBe(ERRNO.ENOTCAPABLE);
    expect(g.call('fd_seek', 1, 0n, 0, OUT)).toBe(ERRNO.ENOTCAPABLE);
    expect(g.call('fd_write', 9, ...g.iovs(g.text('ab')), OUT)).toBe(ERRNO.EBADF);
    expect(g.call('fd_write', -1, ...g.iovs(g.text('ab')), OUT)).toBe(ERRNO.EBADF);
    expect(g.call('fd_prestat_get', 0, OUT)).toBe(ERRNO.EBADF);
    expect(g.call('path_unlink_file', 1, ...g.text('x'))).toBe(ERRNO.ENOTCAPABLE);
  });
  it('can be closed and replaced', () => {
    const g = guest();
    expect(g.call('fd_renumber', 2, 1)).toBe(0);
    expect(g.call('fd_write', 2, ...g.iovs(g.text('ab')), OUT)).toBe(ERRNO.EBADF);
    expect(g.call('fd_write', 1, ...g.iovs(g.text('ab')), OUT)).toBe(0);
    expect(g.call('fd_renumber', 1, 7)).toBe(ERRNO.EBADF);
    expect(g.call('fd_close', 1)).toBe(0);
    expect(g.call('fd_close', 1)).toBe(ERRNO.EBADF);
  });
  it('only lose rights', () => {
    const g = guest();
    expect(g.call('fd_fdstat_get', 1, OUT)).toBe(0);
    const base = g.view.getBigUint64(OUT + 8, true);
    expect(g.call('fd_fdstat_set_rights', 1, base | 4n, 0n)).toBe(ERRNO.ENOTCAPABLE);
    expect(g.call('fd_fdstat_set_rights', 1, base | (1n << 40n), 0n)).toBe(ERRNO.ENOTCAPABLE);
    expect(g.call('fd_fdstat_set_rights', 1, base & ~64n, 0n)).toBe(0);
    expect(g.call('fd_write', 1, ...g.iovs(g.text('ab')), OUT)).toBe(ERRNO.ENOTCAPABLE);
  });
});

describe('the memory', () => {
  it('may grow between calls', () => {
    const g = guest({ stdin: 'late' });
    expect(g.call('random_get', OUT, 4)).toBe(0);
    g.vm.memory = { buffer: new ArrayBuffer(131072) };
    const view = new DataView(g.vm.memory.buffer);
    view.setUint32(100_000, 120_000, true);
    view.setUint32(100_004, 4, true);
    expect(g.call('fd_read', 0, 100_000, 1, 100_008)).toBe(0);
    expect(view.getUint32(100_008, true)).toBe(4);
    expect(view.getUint8(120_000)).toBe('l'.charCodeAt(0));
  });
  it('must be known', () => {
    const g = guest();
    g.vm.memory = undefined;
    expect(() => g.call('random_get', 0, 4)).toThrow(/before the instance/);
  });
});
