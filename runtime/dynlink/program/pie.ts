/**
 * Programs that are position-independent themselves: side modules with a `main`, such as `wasm-ld -pie` and Emscripten make. They
 * import memory, table and stack, which are made here: the stack first, so that its overflow traps, then the data of the program
 * and of all it needs, then the heap.
 */

import type { SideImport, SideModule } from '../side.ts';
import { align_up, type Exports, type MemoryLike, type TableLike } from './guest.ts';
import { type Classes, Program } from './program.ts';

export interface PieOptions {
  /** Bytes of the stack; default 1 MiB. */
  readonly stackSize?: number;
  /** The memory and the table, if they are not to be made anew. */
  readonly memory?: MemoryLike;
  readonly table?: TableLike;
}

/** Nothing lies below: null points there. */
const BOTTOM = 1024;
const PAGE = 65536;

/** The program before it has an instance; `arena` allots from the bottom on until `Program.settle`. */
export function pie_program(side: SideModule, classes: Classes, options: PieOptions): Program {
  const stackTop = align_up(BOTTOM + (options.stackSize ?? 1048576), 4);
  const wanted = (kind: string): SideImport | undefined => side.imports.find((i) => i.kind === kind);
  const memory = options.memory ?? make_memory(classes, wanted('memory'), stackTop);
  const table = options.table ?? make_table(classes, wanted('table'));
  const stack = new classes.Global({ value: 'i32', mutable: true }, stackTop);
  const exports: Exports = { memory, __indirect_function_table: table, __stack_pointer: stack };
  const program = new Program(exports, classes, true);
  program.arena.fix(stackTop);
  program.constants = new Map([
    ['__stack_low', () => BOTTOM],
    ['__stack_high', () => stackTop],
    ['__heap_base', () => align_up(program.arena.top, 4)],
    ['__heap_end', () => align_up(program.arena.top, 16)],
  ]);
  return program;
}

function make_memory(
  { Memory }: Classes,
  { min = 0, max, shared }: Partial<SideImport> = {},
  bottom: number,
): MemoryLike {
  const initial = Math.max(min, Math.ceil(bottom / PAGE));
  return new Memory({ initial, ...(max !== undefined && { maximum: max }), ...(shared && { shared }) });
}
/** Index 0 is the null pointer. */
function make_table({ Table }: Classes, { min = 0, max }: Partial<SideImport> = {}): TableLike {
  return new Table({ element: 'anyfunc', initial: Math.max(min, 1), ...(max !== undefined && { maximum: max }) });
}
