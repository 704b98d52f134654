/**
 * Copies within a memory and fills, most of which are short: names, numbers, structures. To reach their routines for typed arrays
 * takes engines longer than a loop takes for all of it, so the instance has functions of its own with loops over bytes, or over
 * words where addresses and size are aligned: SQLite 0.95. What is longer, not in bounds or above 2 GiB goes on to the libcall.
 */
import { atom, call, type Js } from './expr.ts';
import type { FuncScope } from './scope.ts';

/** Bytes up to which loops over bytes, and over words, are faster. */
const BYTES = 16;
const WORDS = 64;

/** `memory.copy` within a memory, or `memory.fill`, with 32-bit addresses. */
export function bulk(scope: FuncScope, op: 'memory_copy' | 'memory_fill', memory: number, args: readonly Js[]): Js {
  const size = args[2]!.value;
  const object = atom(scope.memory(memory));
  const [to, second, count] = args as [Js, Js, Js];
  const libcall = scope.libcall(op);
  if (scope.module.engine === 'interpreter' || (size !== undefined && size >>> 0 > WORDS))
    return op === 'memory_copy' ? call(libcall, object, to, object, second, count) : call(libcall, object, ...args);
  const name = `${op}_${memory}`;
  if (!scope.uses.accessors.has(name)) {
    const text = op === 'memory_copy' ? copyText : fillText;
    const [u8, i32] = [scope.currentView('u8', memory), scope.currentView('i32', memory)];
    scope.uses.accessors.set(name, text(name, object.text, u8, i32));
  }
  return call(name, ...args);
}

/** Are `n` bytes at each of these addresses in bounds, and is no sum of an address and `n` above 2^31? */
const inBounds = (addresses: readonly string[]): string => {
  const small = addresses.flatMap((a) => [a, `${a} + ${WORDS}`]).join(' | ');
  return `n >>> 0 <= ${WORDS} && (${small}) >= 0 && ${addresses.map((a) => `${a} <= b.length - n`).join(' && ')}`;
};

/** Backwards where the destination begins within the source, so that nothing is overwritten unread. */
function copyText(name: string, object: string, u8: string, i32: string): string {
  const loops = (cells: string, shift: number): string => {
    const scaled = (text: string): string => (shift === 0 ? text : `${text} >> ${shift}`);
    const [from, by, count] = [scaled('s'), scaled('d - s'), scaled('n')];
    const forward = `for (let i = ${from}, e = i + (${count}), k = ${by}; i < e; i++) ${cells}[k + i] = ${cells}[i];`;
    const back = `for (let e = ${from}, i = e + (${count}) - 1, k = ${by}; i >= e; i--) ${cells}[k + i] = ${cells}[i];`;
    return `if (d - s >>> 0 >= n) ${forward} else ${back} return;`;
  };
  return `function ${name}(d, s, n) {
 const b = ${u8};
 if (${inBounds(['d', 's'])}) {
  if (((d | s | n) & 3) === 0) { const w = ${i32}; ${loops('w', 2)} }
  if (n <= ${BYTES}) { ${loops('b', 0)} }
 }
 memory_copy(${object}, d, ${object}, s, n);
}`;
}

function fillText(name: string, object: string, u8: string, i32: string): string {
  return `function ${name}(d, v, n) {
 const b = ${u8};
 if (${inBounds(['d'])}) {
  if (((d | n) & 3) === 0) { const w = ${i32}, x = Math.imul(v & 255, 16843009); for (let i = d >> 2, e = i + (n >> 2); i < e; i++) w[i] = x; return; }
  if (n <= ${BYTES}) { for (let i = d, e = d + n; i < e; i++) b[i] = v; return; }
 }
 memory_fill(${object}, d, v, n);
}`;
}
