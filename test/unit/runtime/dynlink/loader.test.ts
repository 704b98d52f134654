/** The loader over modules of text: regions, alignment, slots, what programs must export, and Faasm's records and quirks. */
import { describe, expect, it } from 'vitest';
import { createDynlink } from '../../../../runtime/dynlink/create.ts';
import { FAASM } from '../../../../runtime/dynlink/library.ts';
import { RTLD_GLOBAL, RTLD_NOW } from '../../../../runtime/dynlink/loader.ts';
import { bytes_of } from '../../../../runtime/dynlink/program/guest.ts';
import * as got from '../../../../runtime/dynlink/symbols/got.ts';
import { ENGINES, TRANSLATED } from './engines.ts';
import { assemble, MAIN, sideOf, started } from './texts.ts';

/** Data of 100 bytes in its own order, bss behind them, two functions in the table. */
const DATA = `
  (global (export "words") i32 (i32.const 4))
  (func $nine (result i32) (i32.const 9))
  (func $ten (export "ten") (result i32) (i32.const 10))
  (elem (global.get $table) func $nine $ten)
  (data (global.get $memory) "\\01\\02\\03\\04\\05\\06\\07\\08")
  (func (export "first") (result i32) (i32.load (global.get $memory)))
  (func (export "last") (result i32) (i32.load offset=96 (global.get $memory)))
  (func (export "spoil") (i32.store offset=96 (global.get $memory) (i32.const -1)))`;
const SECTION = '(mem-info (memory 100 6) (table 2 1))';

describe.each(ENGINES)('on %s', (engine) => {
  it('places data and functions where the section asks', async () => {
    const lib = await sideOf(engine, 'lib.wasm', SECTION, DATA);
    const { open, symbol, loader, exports } = await started(engine, MAIN('', '5'), [lib]);
    const library = open('lib.so');
    expect(library.dataBottom % 64).toBe(0);
    expect(library.tableBottom).toBe(6);
    expect([library.dataTop - library.dataBottom, library.tableTop - library.tableBottom]).toEqual([100, 2]);
    expect(symbol(library, 'words')).toBe(library.dataBottom + 4);
    expect(symbol(library, 'ten')).toBe(7);
    expect([exports.call!(6), exports.call!(7), exports.call!(1)]).toEqual([9, 10, 7]);
    expect(loader.program.memory.buffer.byteLength).toBe(3 * 65536);
  });

  it('gives memory and slots again, the memory all zero', async () => {
    const lib = await sideOf(engine, 'lib.wasm', SECTION, DATA);
    const { open, symbol, close, loader, exports } = await started(engine, MAIN(), [lib]);
    const before = open('lib.so');
    exports.call!(symbol(before, 'first'));
    (before.exports.spoil as () => void)();
    expect(exports.call!(symbol(before, 'last'))).toBe(-1);
    const { dataBottom, tableBottom } = before;
    const length = loader.program.slots.length;
    close(before);
    expect(() => exports.call!(tableBottom)).toThrow('null function or function signature mismatch');
    const after = open('lib.so');
    expect(exports.call!(symbol(after, 'last'))).toBe(0);
    expect([after.dataBottom, after.tableBottom, loader.program.slots.length]).toEqual([
      dataBottom,
      tableBottom,
      length,
    ]);
  });

  it('takes memory from the program’s own malloc', async () => {
    const malloc = `
      (global $top (mut i32) (i32.const 66000))
      (global (export "freed") (mut i32) (i32.const 0))
      (func (export "malloc") (param i32) (result i32) (local i32)
        (local.set 1 (global.get $top))
        (global.set $top (i32.add (global.get $top) (local.get 0)))
        (i32.store (local.get 1) (i32.const -1))
        (local.get 1))
      (func (export "free") (param i32) (global.set 2 (local.get 0)))`;
    const lib = await sideOf(engine, 'lib.wasm', '(mem-info (memory 100 6) (table 2 0))', DATA);
    const { open, close, exports, loader } = await started(engine, MAIN(malloc), [lib]);
    const library = open('lib.so');
    expect(library.dataBottom).toBe(66048);
    expect(bytes_of(loader.program.memory).length).toBe(2 * 65536);
    expect((library.exports.first as () => number)()).toBe(0x04030201);
    close(library);
    expect((exports as unknown as { freed: { value: number } }).freed.value).toBe(66000);
  });

  it('leaves nothing of what cannot be linked', async () => {
    const bad = await sideOf(engine, 'bad.wasm', SECTION, DATA);
    const trapping = {
      ...bad,
      instantiate: () => {
        throw new RangeError('as if');
      },
    };
    const { open, loader } = await started(engine, MAIN(), [trapping]);
    const { length } = loader.program.slots;
    expect(() => open('bad.so')).toThrow('bad.so: as if');
    expect(() => open('bad.so')).toThrow('bad.so: as if');
    expect(loader.program.slots.length).toBeLessThanOrEqual(length + 2);
    expect(got.getDynamicModuleCount(loader)).toBe(0);
  });

  it('says what the program lacks', async () => {
    const plain = '(module (memory (export "memory") 1))';
    const lib = await sideOf(engine, 'lib.wasm', SECTION, DATA);
    const bare = await started(engine, plain, [lib]);
    expect(() => bare.open('lib.so')).toThrow(
      'the program exports no __indirect_function_table: link it with --export-table and --growable-table',
    );
    const fixed = await started(engine, MAIN('', '4 4'), [lib]);
    expect(() => fixed.open('lib.so')).toThrow(
      'no room for 2 functions more in the table: link the program with --growable-table',
    );
    const large = await sideOf(engine, 'lib.wasm', '(mem-info (memory 20000000 0) (table 2 0))', DATA);
    const small = await started(engine, MAIN(), [large]);
    expect(() => small.open('lib.so')).toThrow('no room for 20000000 bytes: the memory may not grow by 306 pages');
    const stack = await sideOf(
      engine,
      'lib.wasm',
      SECTION,
      `(import "env" "__stack_pointer" (global (mut i32)))${DATA}`,
    );
    const without = await started(engine, MAIN().replace('(export "__stack_pointer")', ''), [stack]);
    expect(() => without.open('lib.so')).toThrow('the program exports no __stack_pointer');
    expect(() => createDynlink().open('lib.so')).toThrow('the program has no instance yet');
  });

  it('has the regions of Faasm, with a stack and guards', async () => {
    const body = `(import "env" "__stack_pointer" (global $stack (mut i32)))
      (func (export "stack") (result i32) (global.get $stack))${DATA}`;
    const lib = await sideOf(engine, 'lib.wasm', '(mem-info (memory 100 4) (table 2 0))', body);
    const { open, loader } = await started(engine, MAIN(), [lib], { layout: FAASM });
    const l = open('lib.so');
    const bottom = 2 * 65536 + 655360;
    expect([l.memoryBottom, l.memoryTop]).toEqual([bottom, bottom + 66 * 65536]);
    expect([l.stackTop, l.dataBottom, l.stackPointer]).toEqual([bottom + 2097152, l.stackTop, l.stackTop - 16]);
    expect([l.dataTop, l.heapBottom]).toEqual([l.dataBottom + 100, l.dataTop]);
    expect(bytes_of(loader.program.memory).length).toBe(l.memoryTop + 655360);
    expect((l.exports.stack as () => number)()).toBe(l.stackPointer);
    expect(l.validate(bytes_of(loader.program.memory))).toBeUndefined();
    bytes_of(loader.program.memory)[l.memoryTop + 5] = 1;
    expect(l.validate(bytes_of(loader.program.memory))).toBe('a guard region of lib.so was written to');
  });

  it('answers as Faasm does', async () => {
    const lib = await sideOf(engine, 'lib.wasm', SECTION, DATA);
    const { open, loader, exports } = await started(engine, MAIN(), [lib]);
    expect(() => got.getNextMemoryBase(loader)).toThrow('No dynamic modules loaded');
    expect(got.getDynamicModuleCount(loader)).toBe(0);
    const handle = got.dynamicLoadModule(loader, 'lib.so');
    const library = open('lib.so');
    expect(library.handle).toBe(handle);
    expect(got.getDynamicModuleCount(loader)).toBe(1);
    expect([got.getNextMemoryBase(loader), got.getNextTableBase(loader), got.getNextStackPointer(loader)]).toEqual([
      library.dataBottom,
      library.tableBottom,
      0,
    ]);
    expect(got.getFunctionOffsetFromGOT(loader, 'ten')).toBe(library.tableBottom + 1);
    expect(got.getFunctionOffsetFromGOT(loader, 'seven')).toBe(1);
    expect(got.getDataOffsetFromGOT(loader, 'words')).toBe(library.dataBottom + 4);
    expect(() => got.getFunctionOffsetFromGOT(loader, 'words')).toThrow('Function not found in GOT: words');
    expect(() => got.getDataOffsetFromGOT(loader, 'ten')).toThrow('Memory not found in GOT: ten');
    expect(got.getDynamicModuleFunction(loader, handle, 'ten')).toBe(library.tableBottom + 1);
    expect(() => got.getDynamicModuleFunction(loader, 77, 'ten')).toThrow('Missing dynamic module');
    expect(() => got.getDynamicModuleFunction(loader, handle, 'no')).toThrow('Missing dynamic module function');
    const index = got.addFunctionToTable(loader, exports.seven!);
    expect([index, exports.call!(index)]).toEqual([loader.program.slots.length - 1, 7]);
  });

  it('has Faasm’s quirks if asked for', async () => {
    const one = await sideOf(engine, 'one.wasm', SECTION, DATA);
    const two = await sideOf(engine, 'two.wasm', SECTION, DATA);
    const { open, symbol, close, env, loader } = await started(engine, MAIN(), [one, two], { faasmQuirks: true });
    expect([open().handle, open('one.so').handle, open('two.so').handle, open('one.so').handle]).toEqual([
      999, 2, 3, 2,
    ]);
    const library = open('one.so');
    expect(library.stackPointer).toBe(library.stackTop - 1);
    const { length } = loader.program.slots;
    expect([symbol(library, 'ten'), symbol(library, 'ten')]).toEqual([length, length + 1]);
    close(library);
    expect(got.getDynamicModuleCount(loader)).toBe(2);
    expect(() => env.dlsym!(77, 0)).toThrow('invalid handle 77');
    const text = env.dlerror!() as number;
    expect(Buffer.from(bytes_of(loader.program.memory).slice(text, text + 36)).toString()).toBe(
      'Wasm dynamic linking error. See logs',
    );
  });

  it('shares tags, and initialises thread-local variables', async () => {
    const thrower = await sideOf(
      engine,
      'thrower.wasm',
      '(mem-info (memory 0 0) (table 0 0)) (export-info "counter" tls)',
      `(import "env" "failure" (tag $failure (param i32)))
       (global (export "counter") i32 (i32.const 4))
       (global (export "__tls_size") i32 (i32.const 16))
       (global (export "__tls_align") i32 (i32.const 8))
       (global $tls (mut i32) (i32.const 0))
       (func (export "__wasm_init_tls") (param i32)
         (global.set $tls (local.get 0))
         (i32.store offset=4 (local.get 0) (i32.const 99)))
       (func (export "where") (result i32) (i32.add (global.get $tls) (i32.const 4)))`,
    );
    const { open, symbol, loader } = await started(engine, MAIN(), [thrower]);
    const library = open('thrower.so', RTLD_NOW | RTLD_GLOBAL);
    const at = symbol(library, 'counter');
    expect(at).toBe((library.exports.where as () => number)());
    expect(bytes_of(loader.program.memory)[at]).toBe(99);
  });
});

describe('what a section says', () => {
  it.each(TRANSLATED)('must hold the data and the elements (%s)', async (engine) => {
    await expect(sideOf(engine, 'lib.wasm', '(mem-info (memory 7 0) (table 2 0))', DATA)).rejects.toThrow(
      'its data take 8 bytes, and its dylink section asks for 7',
    );
    await expect(sideOf(engine, 'lib.wasm', '(mem-info (memory 8 0) (table 1 0))', DATA)).rejects.toThrow(
      'its elements take 2 slots, and its dylink section asks for 1',
    );
    await expect(
      assemble('(module)').then((bytes) => import('./engines.ts').then((e) => e.side(engine, 'x', bytes))),
    ).rejects.toThrow('it is no side module');
  });
});
