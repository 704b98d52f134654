/**
 * The views through which generated code reads and writes a memory: over the memory, no more, and made anew when that grows.
 *
 * V8 takes what it finds in a constant object for a constant too, as long as it has never seen it change. A typed array
 * that is a constant costs a stencil two thirds of the time of one in a variable: its length, its address and its
 * hidden class are in the machine code. So the views are properties of a prototype, which on growth are deleted and defined
 * again. V8 then takes that for another object: optimised code is thrown away, what replaces it has the new views for
 * constants, and inline caches keep seeing one hidden class, that of the object in front.
 *
 * V8 knows constant objects only in functions of which there is one closure. Where a module is instantiated again, its
 * functions come to see more than one memory; that costs least where the objects have one hidden class.
 */
import type { Watcher } from './memory.ts';

export interface Views {
  i8: Int8Array;
  u8: Uint8Array;
  i16: Int16Array;
  u16: Uint16Array;
  i32: Int32Array;
  f32: Float32Array;
  f64: Float64Array;
  dv: DataView;
}

interface Watched {
  watch(watcher: Watcher): void;
}

const made = (buffer: ArrayBufferLike, size: number): Views => ({
  i8: new Int8Array(buffer, 0, size),
  u8: new Uint8Array(buffer, 0, size),
  i16: new Int16Array(buffer, 0, size / 2),
  u16: new Uint16Array(buffer, 0, size / 2),
  i32: new Int32Array(buffer, 0, size / 4),
  f32: new Float32Array(buffer, 0, size / 4),
  f64: new Float64Array(buffer, 0, size / 8),
  dv: new DataView(buffer, 0, size),
});

/** An object whose properties are at any time the views of `memory`. `first`: of the first instance of its module. */
export function memory_views(memory: Watched, first: boolean): Views {
  let views: Views | undefined;
  if (!first) {
    memory.watch((buffer, size) => {
      if (views === undefined) views = made(buffer, size);
      else Object.assign(views, made(buffer, size));
    });
    return views!;
  }
  const holder: Partial<Views> = Object.create(null);
  views = Object.create(holder) as Views;
  memory.watch((buffer, size) => {
    // All that needs room on the stack or the heap comes first.
    const next = made(buffer, size);
    for (const kind of Object.keys(next) as (keyof Views)[]) delete holder[kind];
    Object.assign(holder, next);
    // The first access by an inline cache makes the holder fast again.
    void views!.u8;
  });
  return views;
}

/**
 * Calls `set` with the views of `memory`, now and whenever they change: for engines without a compiler, where a property of a
 * prototype is no constant, and variables are read in fewer steps.
 */
export function watch_views(memory: Watched, set: (views: Views) => void): void {
  memory.watch((buffer, size) => set(made(buffer, size)));
}
