/** A program that is position-independent itself: its layout, what it needs, what it opens. */
import { describe, expect, it } from 'vitest';
import { ENGINES, linker, side } from './engines.ts';
import { sideOf } from './texts.ts';

describe.each(ENGINES)('on %s', (engine) => {
  it('runs with the library that it needs and one that it opens', () => {
    const dynlink = linker(engine);
    const program = side(engine, 'pie.wasm');
    expect(program.dylink.needed).toEqual(['libpielib.wasm']);
    const exports = dynlink.startSide(program, { stackSize: 65536 });
    const { run, same, pie_value } = exports as { run: (x: number) => number; same: () => number; pie_value: object };
    // local(1) + square(2) * 4 + shared + constructor + step(1, 8) + depth + heap base.
    expect(run(1)).toBe(2 + 8 * 4 + 1500 + 70 + 280 + 50 + 1);
    expect(run(2)).toBe(8 + 8 * 4 + 1500 + 70 + 280 + 50 + 1);
    expect(same()).toBe(1);
    expect(pie_value).toBeDefined();
    const [main, library] = dynlink.loader.libraries;
    expect(main!.path).toBe('');
    expect(main!.dataBottom).toBeGreaterThanOrEqual(1024 + 65536);
    expect(library!.dataBottom).toBeGreaterThanOrEqual(1024 + 65536);
    const apart = library!.memoryTop <= main!.memoryBottom || main!.memoryTop <= library!.memoryBottom;
    expect(apart).toBe(true);
    expect(main!.tableBottom).toBeGreaterThan(0);
  });

  it('says what it lacks', async () => {
    const dynlink = linker(engine, { resolvers: [] });
    const program = await sideOf(engine, 'main.wasm', '(mem-info (memory 8 2) (table 0 0)) (needed "libgone.so")', '');
    expect(() => dynlink.startSide(program)).toThrow('libgone.so: not found, and the program needs it');
  });
});
