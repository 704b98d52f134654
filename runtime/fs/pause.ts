/** Waiting without giving up the thread: Atomics.wait where the host allows it, else a busy loop (a browser's main thread). */

/** Waits at least so many milliseconds. */
export function pause(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  for (let left = milliseconds; left > 0; left = end - performance.now()) {
    if (try_wait(left)) continue;
    busy_wait(end);
    return;
  }
}

function try_wait(milliseconds: number): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
    return true;
  } catch {
    // No SharedArrayBuffer, or a thread that must not block.
    return false;
  }
}

function busy_wait(end: number): void {
  while (performance.now() < end);
}
