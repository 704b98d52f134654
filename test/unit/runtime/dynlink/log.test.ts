/** The link log: a second set of instances over the same memory, in this thread and in another one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { createDynlink } from '../../../../runtime/dynlink/create.ts';
import { RTLD_GLOBAL, RTLD_LAZY, RTLD_NOW } from '../../../../runtime/dynlink/loader.ts';
import type { LinkEntry } from '../../../../runtime/dynlink/log.ts';
import { Memory } from '../../../../runtime/vm/memory.ts';
import { transpile } from '../../../../src/index.ts';
import { factory, side, TRANSLATED } from './engines.ts';
import { assemble, MAIN, SIDE } from './texts.ts';

const SHARED = MAIN().replace(
  '(memory (export "memory") 2 200)',
  '(import "env" "memory" (memory 2 200 shared)) (export "memory" (memory 0))',
);
const body = (text: string): string =>
  SIDE('(mem-info (memory 16 4) (table 1 0))', text).replace('(memory 0)', '(memory 0 65536 shared)');
/** Counts in memory; its constructor begins at 100. */
const COUNTER = body(`
  (import "GOT.func" "late" (global $late (mut i32)))
  (global (export "count") i32 (i32.const 4))
  (func $hidden (result i32) (i32.load offset=4 (global.get $memory)))
  (elem (global.get $table) func $hidden)
  (data (global.get $memory) "\\00\\00\\00\\00\\05\\00\\00\\00")
  (func (export "__wasm_call_ctors") (i32.store offset=4 (global.get $memory) (i32.const 100)))
  (func $bump (export "bump") (result i32)
    (i32.store offset=4 (global.get $memory) (i32.add (call $hidden) (i32.const 1)))
    (call $hidden))
  (func (export "where") (result i32) (global.get $late))`);
const LATE = body(
  '(func $f (result i32) (i32.const 55)) (elem (global.get $table) func $f) (func (export "late") (result i32) (i32.const 66))',
);

describe.each(TRANSLATED)('on %s', (backend) => {
  async function world(memory: Memory) {
    const libraries = {
      'counter.wasm': side(backend, 'counter.wasm', await assemble(COUNTER)),
      'late.wasm': side(backend, 'late.wasm', await assemble(LATE)),
    };
    const dynlink = createDynlink({ libraries });
    const { exports } = factory(backend, await assemble(SHARED))({ env: { ...dynlink.env, memory } });
    dynlink.start(exports);
    return { ...dynlink, call: (exports as { call: (index: number) => number }).call };
  }

  it('gives another set of instances the same libraries and slots', async () => {
    const memory = new Memory({ initial: 2, maximum: 200, shared: true });
    const first = await world(memory);
    const counter = first.open('counter.so', RTLD_LAZY);
    const bump = first.symbol(counter, 'bump');
    expect([first.call(bump), first.call(counter.tableBottom)]).toEqual([101, 101]);
    const second = await world(memory);
    const sent = JSON.parse(JSON.stringify(first.loader.log)) as LinkEntry[];
    second.replay(sent);
    expect([second.call(bump), second.call(counter.tableBottom), first.call(bump)]).toEqual([102, 102, 103]);
    const theirs = second.loader.libraries[1]!;
    expect(second.symbol(theirs, 'count')).toBe(first.symbol(counter, 'count'));
    expect(second.symbol(theirs, 'bump')).toBe(bump);
    // A function that came later, in the slot that was kept for it.
    const late = first.open('late.so', RTLD_NOW | RTLD_GLOBAL);
    const slot = (counter.exports.where as () => number)();
    second.replay(first.loader.log.slice(sent.length));
    expect([first.call(slot), second.call(slot)]).toEqual([66, 66]);
    const seen = first.loader.log.length;
    first.close(late);
    first.close(counter);
    second.replay(first.loader.log.slice(seen));
    expect(second.loader.libraries.length).toBe(1);
    expect(() => second.call(bump)).toThrow('null function or function signature mismatch');
    expect(second.loader.log).toEqual(first.loader.log);
  });

  it('goes to a thread', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wasmelt-log-'));
    try {
      const texts = { main: SHARED, counter: COUNTER, late: LATE };
      for (const [name, text] of Object.entries(texts)) {
        const { code } = transpile(await assemble(text), { name: `${name}.wasm`, backend });
        writeFileSync(join(folder, `${name}.mjs`), code);
      }
      const runtime = fileURLToPath(new URL('../../../../runtime/index.ts', import.meta.url));
      writeFileSync(
        join(folder, 'thread.mjs'),
        `import { parentPort, workerData } from 'node:worker_threads';
         import { createDynlink, Memory } from ${JSON.stringify(runtime)};
         import { instantiate } from './main.mjs';
         import * as counter from './counter.mjs';
         import * as late from './late.mjs';
         const dynlink = createDynlink({ libraries: { 'counter.so': counter, 'late.so': late } });
         const { exports } = instantiate({ env: { ...dynlink.env, memory: Memory.from(workerData.memory) } });
         dynlink.start(exports);
         dynlink.replay(workerData.log);
         parentPort.postMessage(workerData.slots.map((slot) => exports.call(slot)));`,
      );
      const outfile = join(folder, 'all.mjs');
      const entryPoints = [join(folder, 'thread.mjs')];
      buildSync({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'silent' });
      const memory = new Memory({ initial: 2, maximum: 200, shared: true });
      const here = await world(memory);
      const counter = here.open('counter.so', RTLD_LAZY);
      here.open('late.so', RTLD_NOW | RTLD_GLOBAL);
      const slots = [here.symbol(counter, 'bump'), counter.tableBottom, (counter.exports.where as () => number)()];
      const worker = new Worker(outfile, { workerData: { memory: memory.handle(), log: here.loader.log, slots } });
      const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      expect(answer).toEqual([101, 101, 66]);
      expect(here.call(slots[0]!)).toBe(102);
      await worker.terminate();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
