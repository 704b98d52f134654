/** The queue that threads share: every function once, the large ones early, and nothing behind a failure. */
import { describe, expect, it } from 'vitest';
import { Queue } from '../../../src/jobs/queue.ts';
import type { Func, WasmModule } from '../../../src/wasm/module.ts';

/** A module of one import and functions with bodies of these sizes. */
function moduleOf(...sizes: number[]): WasmModule {
  const funcs: Partial<Func>[] = [{ index: 0, start: 0, end: 0 }];
  for (const size of sizes) funcs.push({ index: funcs.length, start: 100, end: 100 + size });
  return { funcs, importedFuncs: 1 } as unknown as WasmModule;
}
function rest(queue: Queue): number[] {
  const taken: number[] = [];
  for (let func = queue.take(); func !== undefined; func = queue.take()) taken.push(func);
  return taken;
}

describe('Queue', () => {
  it('gives each function that has a body once, whichever thread asks', () => {
    const queue = Queue.of(moduleOf(5, 90, 5, 40));
    const other = new Queue(queue.memory);
    expect([queue.total, other.total]).toEqual([4, 4]);
    expect([queue.take(), other.take(), queue.take(), other.take(), queue.take()]).toEqual([1, 2, 3, 4, undefined]);
  });
  it('gives the large ones, the largest first, after a megabyte of small ones', () => {
    const small = Array.from({ length: 300 }, () => 5000);
    const taken = rest(Queue.of(moduleOf(20_000, ...small, 1_000_000, 10_000)));
    expect(taken.slice(0, 2)).toEqual([2, 3]);
    expect(taken.slice(199, 204)).toEqual([201, 302, 1, 303, 202]);
    expect(taken.at(-1)).toBe(301);
  });
  it('counts what is done over all threads', () => {
    const queue = Queue.of(moduleOf(1, 1));
    expect([queue.done(), new Queue(queue.memory).done()]).toEqual([1, 2]);
  });
  it('after a failure gives only functions that come before it in the module', () => {
    const queue = Queue.of(moduleOf(1, 2, 3, 4));
    expect(queue.take()).toBe(1);
    new Queue(queue.memory).fail(3);
    queue.fail(4);
    expect(rest(queue)).toEqual([2]);
  });
});
