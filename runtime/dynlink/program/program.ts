/** What all libraries share: the memory, the table, the stack, and the tags of exceptions. */
import { Tag } from '../../vm/exception.ts';
import { Global } from '../../vm/global.ts';
import { Memory } from '../../vm/memory.ts';
import { Table } from '../../vm/table.ts';
import { dl_fail } from '../errors.ts';
import type { AnyFunction, Exports, GlobalLike, MemoryLike, TableLike } from './guest.ts';
import { Arena } from './memory.ts';
import { Slots } from './slots.ts';

/** Classes of the namespace that the program's modules belong to; ours if not given. */
export interface Classes {
  readonly Global: new (descriptor: { value: 'i32'; mutable: boolean }, value: number) => GlobalLike;
  readonly Memory: new (descriptor: { initial: number; maximum?: number; shared?: boolean }) => MemoryLike;
  readonly Table: new (descriptor: { element: 'anyfunc'; initial: number; maximum?: number }) => TableLike;
  readonly Tag: new (descriptor: { parameters: string[] }) => object;
  /** Makes a function that a table takes of a host function of this type (`bind_all`); ours take those as they are. */
  readonly wrap?: (func: AnyFunction, type: string) => AnyFunction;
}
export const OURS: Classes = { Global, Memory, Table, Tag } as unknown as Classes;

export class Program {
  readonly memory: MemoryLike;
  readonly arena: Arena;
  /** The stack pointer, where the program exports it. */
  readonly stack: GlobalLike | undefined;
  readonly exports: Exports;
  /** Addresses that the loader knows and no module exports, by name. */
  constants: ReadonlyMap<string, () => number> = new Map();
  private readonly classes: Classes;
  private readonly tags = new Map<string, object>();
  private table: Slots | undefined;

  /**
   * `exports` are those of the program's module; `fromPages`: libraries get pages, also if the program has a malloc.
   * Throws DlError where it exports no memory.
   */
  constructor(exports: Exports, classes: Classes, fromPages: boolean) {
    const { memory, __stack_pointer: stack } = exports;
    if (memory === undefined) dl_fail('the program exports no memory');
    this.exports = exports;
    this.classes = classes;
    this.memory = memory as MemoryLike;
    this.stack = stack as GlobalLike | undefined;
    this.arena = new Arena(this.memory, fromPages ? {} : exports);
  }

  /** The table's slots. Throws DlError where the program was not linked so that libraries can join it. */
  get slots(): Slots {
    const { __indirect_function_table: table } = this.exports;
    if (table === undefined) {
      dl_fail('the program exports no __indirect_function_table: link it with --export-table and --growable-table');
    }
    this.table ??= new Slots(table as TableLike);
    return this.table;
  }
  /** Ends the layout at fixed addresses: from here on memory comes from the program's own malloc, if it has one. */
  settle(exports: Exports): void {
    this.arena.settle(exports);
  }
  /** A new mutable global of an i32. */
  cell(value: number): GlobalLike {
    return new this.classes.Global({ value: 'i32', mutable: true }, value | 0);
  }
  /** A function of the host for the table. */
  wrap(func: AnyFunction, type: string): AnyFunction {
    return this.classes.wrap?.(func, type) ?? func;
  }
  /** The program's tag of this name, whose payload is of type `type`. */
  tag(name: string, type: string): object {
    let tag = this.tags.get(name);
    if (tag === undefined) {
      const words: Readonly<Record<string, string>> = { i: 'i32', I: 'i64', f: 'f32', F: 'f64', e: 'externref' };
      const parameters = [...type.slice(0, type.indexOf(':'))].map(
        (letter) => words[letter] ?? dl_fail(`tag ${name}: ${type}`),
      );
      tag = new this.classes.Tag({ parameters });
      this.tags.set(name, tag);
    }
    return tag;
  }
}
