/**
 * Copies within a memory and fills, most of which are short: names, numbers, structures. To reach their routines for typed arrays
 * takes engines longer than a loop takes for all of it, so the instance has functions of its own with loops over words:
 * SQLite 0.9. What is longer, not in bounds or above 2 GiB goes on to the libcall.
 */
import { atom, call, type Js } from './expr.ts';
import type { FuncScope } from './scope.ts';

/** Bytes up to which a loop is faster. */
const SHORT = 64;

/** `memory.copy` within a memory, or `memory.fill`, with 32-bit addresses. */
export function bulk(scope: FuncScope, op: 'memory_copy' | 'memory_fill', memory: number, args: readonly Js[]): Js {
  const size = args[2]!.value;
  const object = atom(scope.memory(memory));
  const [to, second, count] = args as [Js, Js, Js];
  const libcall = scope.libcall(op);
  if (scope.module.engine === 'interpreter' || (size !== undefined && size >>> 0 > SHORT))
    return op === 'memory_copy' ? call(libcall, object, to, object, second, count) : call(libcall, object, ...args);
  const name = `${op}_${memory}`;
  if (!scope.uses.accessors.has(name)) {
    const text = op === 'memory_copy' ? copyText : fillText;
    const [u8, dv] = [scope.currentView('u8', memory), scope.currentView('dv', memory)];
    scope.uses.accessors.set(name, text(name, object.text, u8, dv));
  }
  return call(name, ...args);
}

/** Are `n` bytes at each of these addresses in bounds, and is no sum of an address and `n` above 2^31? */
const inBounds = (addresses: readonly string[]): string => {
  const small = addresses.flatMap((a) => [a, `${a} + ${SHORT}`]).join(' | ');
  return `n >>> 0 <= ${SHORT} && (${small}) >= 0 && ${addresses.map((a) => `${a} <= b.length - n`).join(' && ')}`;
};

/**
 * Words by a view that does not ask for alignment, which engines compile to plain moves; the last one overlaps that before it.
 * Backwards where the destination begins within the source, so that nothing is overwritten unread.
 */
function copyText(name: string, object: string, u8: string, dv: string): string {
  const move = (at: string): string => `w.setInt32(k + ${at}, w.getInt32(${at}, true), true)`;
  return `function ${name}(d, s, n) {
 const b = ${u8};
 if (${inBounds(['d', 's'])}) {
  const k = d - s;
  if (n >= 4) {
   const w = ${dv}, e = s + n - 4, l = w.getInt32(k >>> 0 >= n ? e : s, true);
   if (k >>> 0 >= n) { for (let i = s; i < e; i += 4) ${move('i')}; w.setInt32(k + e, l, true); }
   else { for (let i = e; i > s; i -= 4) ${move('i')}; w.setInt32(d, l, true); }
  } else if (k >>> 0 >= n) for (let i = s; i < s + n; i++) b[k + i] = b[i];
  else for (let i = s + n - 1; i >= s; i--) b[k + i] = b[i];
  return;
 }
 memory_copy(${object}, d, ${object}, s, n);
}`;
}

function fillText(name: string, object: string, u8: string, dv: string): string {
  return `function ${name}(d, v, n) {
 const b = ${u8};
 if (${inBounds(['d'])}) {
  if (n >= 4) {
   const w = ${dv}, e = d + n - 4, x = Math.imul(v & 255, 16843009);
   for (let i = d; i < e; i += 4) w.setInt32(i, x, true);
   w.setInt32(e, x, true);
  } else for (let i = d; i < d + n; i++) b[i] = v;
  return;
 }
 memory_fill(${object}, d, v, n);
}`;
}
