/** Copies and fills by loops of the instance's own: every way through them, and every edge, against native WebAssembly. */
import { describe, expect, it } from 'vitest';
import { loadEngine, type Namespace } from '../../../spec/engines.ts';
import { assemble } from '../../../support/func-ir.ts';
import { emitted } from '../tree/emitted.ts';

const PAGE = 65536;
const MODULE = `(module (memory (export "memory") 1)
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "grow") (drop (memory.grow (i32.const 1)))))`;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  copy(d: number, s: number, n: number): void;
  fill(d: number, v: number, n: number): void;
  grow(): void;
}
async function start(name: 'native' | 'wavm'): Promise<Exports> {
  const engine: Namespace = await loadEngine(name);
  const { exports } = new engine.Instance(new engine.Module(await assemble(MODULE)), {});
  return exports as unknown as Exports;
}
const SIZES = [...Array(21).keys(), 24, 28, 60, 63, 64, 65, 68, 200, -1];

/** What a call did: a trap's message, or the bytes around where it wrote. */
function outcome({ memory, ...exports }: Exports, op: 'copy' | 'fill', d: number, x: number, n: number): string {
  new Uint8Array(memory.buffer).forEach((_, i, bytes) => void (bytes[i] = (i * 7) ^ (i >> 8)));
  let trap = '';
  try {
    exports[op](d, x, n);
  } catch (error) {
    trap = (error as Error).message;
  }
  return `${trap} ${Buffer.from(memory.buffer).toString('latin1')}`;
}

describe('short copies and fills', () => {
  it.each(['copy', 'fill'] as const)('%s what native WebAssembly does', async (op) => {
    const [native, wavm] = [await start('native'), await start('wavm')];
    for (const exports of [native, wavm]) exports.grow();
    const end = 2 * PAGE;
    const places =
      op === 'copy'
        ? [
            [40, 40],
            [40, 41],
            [41, 40],
            [44, 40],
            [40, 44],
            [101, 300],
            [300, 103],
            [end - 64, 8],
            [8, end - 16],
            [end - 3, end - 8],
            [-8, 8],
            [8, -8],
            [0x7fffffe0, 8],
            [8, 0x7ffffffc],
          ]
        : [
            [40, 0x1ff],
            [41, -1],
            [end - 64, 7],
            [end - 16, 7],
            [end - 3, 7],
            [end, 7],
            [-4, 7],
            [0x7fffffe0, 7],
          ];
    for (const [d, x] of places as [number, number][]) {
      for (const n of SIZES) {
        const same = outcome(wavm, op, d, x, n) === outcome(native, op, d, x, n);
        expect(same, `${op}(${d}, ${x}, ${n})`).toBe(true);
      }
    }
  });
  it('are calls of the runtime where that is known to be faster', async () => {
    const text = (n: string): Promise<string> =>
      emitted(`(memory 1) (func $f (param i32) (memory.copy (local.get 0) (i32.const 8) ${n}))`);
    expect(await text('(i32.const 64)')).toContain('memory_copy_0(p0, 8, 64)');
    expect(await text('(i32.const 65)')).toContain('memory_copy($m0$, p0, $m0$, 8, 65)');
  });
});
