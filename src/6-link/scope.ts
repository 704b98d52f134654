/** What one link collects: the names that generated code and the linker's own text take from the runtime. */

import type * as vm from '../../runtime/vm/index.ts';
import type { TypedModule } from '../2-validate/typed.ts';
import { addUses, type FuncCode, FuncScope, type ModuleScope } from '../5-emit/js/scope.ts';
import type { ExternKind } from '../wasm/module.ts';

type VmName = keyof typeof vm & string;

/** How the output has the bytes of data segments: as base64, as text that compresses well, or an expression that reads their file. */
export type DataForm = 'base64' | 'text' | { readonly file: string };

export class LinkScope extends FuncScope {
  readonly typed: TypedModule;
  readonly vm = new Set<string>();
  /** The body of `instantiate`, as far as it is written. */
  readonly lines: string[] = [];
  readonly dataForm: DataForm;
  private readonly exported: ReadonlySet<string>;
  private temporaries = 0;

  constructor(scope: ModuleScope, codes: readonly FuncCode[], dataForm: DataForm) {
    super(scope);
    this.typed = scope.typed;
    this.dataForm = dataForm;
    this.exported = new Set(this.typed.module.exports.map((e) => `${e.kind} ${e.index}`));
    // Functions that were compiled together share one record.
    for (const uses of new Set(codes.map((c) => c.uses))) addUses(this.uses, uses);
    for (const name of this.uses.objects) this.vm.add(name);
  }

  /** A function or class of runtime/vm. */
  name(name: VmName): string {
    this.vm.add(name);
    return name;
  }
  /** Code of this module may throw what is a trap outside: by its own accesses, or by functions that others give it. */
  get mayThrow(): boolean {
    const { funcs, tables } = this.typed.module;
    const isShared = (i: number): boolean => tables[i]!.import !== undefined || this.isExported('table', i);
    const own = this.uses.libcalls.has('trap_of');
    return own || funcs[0]?.import !== undefined || tables.some((_, i) => isShared(i));
  }
  /**
   * Statements that bring views up to date, where control comes from outside: of imported memories, which may be native ones that
   * someone else has made grow.
   */
  get refresh(): string {
    const { memories } = this.typed.module;
    const imported = [...this.uses.views].filter((i) => memories[i]!.import !== undefined && this.module.isViewed(i));
    return imported.map((i) => `${this.memory(i)}.refresh(); `).join('');
  }
  isExported(kind: ExternKind, index: number): boolean {
    return this.exported.has(`${kind} ${index}`);
  }
  line(text: string): void {
    this.lines.push(text);
  }
  /** Puts a value into a new variable. */
  temporary(value: string): string {
    const name = `k_${this.temporaries++}`;
    this.line(`var ${name} = ${value};`);
    return name;
  }
  /** The exported object of a global that generated code keeps in a variable. */
  cell(index: number): string {
    return `$g${index}$o`;
  }
}

/** The variable around `instantiate` that counts its instances, if it is one that asks. */
export const INSTANCES = '$instances$';

/** Any text as a JavaScript string literal, and any other JSON value as one, safe inside a `<script>` too. */
export function quote(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u2028\u2029<]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
