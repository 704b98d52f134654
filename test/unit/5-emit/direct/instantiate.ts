/**
 * The smallest linker that can run what a generator makes of one module: functions, memories, tables, globals and segments,
 * no conversions. Exports are raw functions; imported functions are given as such.
 */

import * as core from '../../../../runtime/core/index.ts';
import { Memory } from '../../../../runtime/vm/memory.ts';
import { memory_views } from '../../../../runtime/vm/views.ts';
import { decode } from '../../../../src/1-decode/index.ts';
import { OperatorReader } from '../../../../src/1-decode/operators.ts';
import { validate } from '../../../../src/2-validate/index.ts';
import type { TypedModule } from '../../../../src/2-validate/typed.ts';
import { compileDirect } from '../../../../src/5-emit/direct/index.ts';
import { addUses, FuncScope, ModuleScope, Uses } from '../../../../src/5-emit/js/scope.ts';
import type { Backend } from '../../../../src/backends.ts';
import { type Options, settings } from '../../../../src/options.ts';
import type { ConstExpr } from '../../../../src/wasm/module.ts';
import { OPS } from '../../../../src/wasm/opcodes.ts';
import { I64 } from '../../../../src/wasm/types.ts';

export type Raw = (...args: unknown[]) => unknown;
export interface Running {
  readonly exports: Readonly<Record<string, Raw>>;
  readonly memories: readonly Memory[];
  readonly text: string;
}

/** The text of all functions, and what they use together. */
export function generate(typed: TypedModule, options: Options, backend: Backend = compileDirect): [string[], Uses] {
  const scope = new ModuleScope(typed);
  const uses = new Uses();
  const codes = typed.module.funcs
    .filter((f) => !f.import)
    .map((f) => {
      const code = backend(typed, f, scope, settings(options));
      addUses(uses, code.uses);
      return code.code;
    });
  return [codes, uses];
}

/** Compiles and instantiates a module. `imports` are raw functions by field name. */
export function instantiate(bytes: Uint8Array, options: Options = {}, imports: Record<string, Raw> = {}): Running {
  const typed = validate(decode(bytes));
  const { module } = typed;
  const [codes, uses] = generate(typed, options);
  const scope = new FuncScope(new ModuleScope(typed));
  const memories = module.memories.map(
    (m) =>
      new Memory({
        initial: Number(m.type.limits.min),
        maximum: m.type.limits.max === undefined ? undefined : Number(m.type.limits.max),
      }),
  );
  const lines: string[] = [`const {${[...uses.libcalls].join(', ')}} = core;`];
  lines.push(...uses.accessors.values());
  for (const [i] of memories.entries()) {
    lines.push(`const ${scope.memory(i)} = memories[${i}];`);
    lines.push(`const ${scope.module.views(i)} = memory_views(${scope.memory(i)}, true);`);
  }
  module.tables.forEach((t, i) => {
    lines.push(`const ${scope.elems(i)} = Array(${t.type.limits.min}).fill(null);`);
    lines.push(`const ${scope.table(i)} = table(${scope.elems(i)}, ${t.type.limits.max ?? 1e7});`);
  });
  module.globals.forEach((g, i) => {
    const [low, high] = g.init ? constant(typed, scope, g.init) : ['666', '0'];
    const isCell = scope.module.globalPlace(i) === 'cell';
    const name = scope.module.global(i);
    if (isCell) lines.push(`const ${name} = { v: ${low}, h: ${high} };`);
    else lines.push(`let ${name} = ${low}${g.type.type === I64 ? `, ${scope.module.globalHigh(i)} = ${high}` : ''};`);
  });
  for (const f of module.funcs) {
    const name = scope.func(f.index);
    if (f.import) lines.push(`const ${name} = imports[${JSON.stringify(f.import.field)}] ?? (() => {});`);
    lines.push(`${name}.t = ${JSON.stringify(typed.typeKey(f.type))};`);
  }
  lines.push(...codes, ...segments(typed, scope));
  const exported = module.exports
    .filter((e) => e.kind === 'func')
    .map((e) => `${JSON.stringify(e.name)}: ${scope.func(e.index)}`);
  if (module.start !== undefined) lines.push(`${scope.func(module.start)}();`);
  lines.push(`return { ${exported.join(', ')} };`);
  const text = lines.join('\n');
  const make = new Function('core', 'memories', 'imports', 'table', 'bytes', 'memory_views', text) as (
    ...args: unknown[]
  ) => unknown;
  const raw = make(core, memories, imports, table, bytes, memory_views) as Record<string, Raw>;
  const exports = Object.fromEntries(Object.entries(raw).map(([name, run]) => [name, trapping(run)]));
  return { exports, memories, text: codes.join('\n') };
}

/** As an exported function: what a caller sees of what it throws. */
function trapping(run: Raw): Raw {
  return (...args) => {
    try {
      return run(...args);
    } catch (error) {
      throw core.trap_of(error);
    }
  };
}

function table(elems: unknown[], maximum: number): object {
  return {
    elems,
    grow_by(count: number, value: unknown): number {
      const old = elems.length;
      if (old + count > maximum) return -1;
      for (let i = 0; i < count; i++) elems.push(value);
      return old;
    },
  };
}

function constant(typed: TypedModule, scope: FuncScope, at: ConstExpr): [string, string] {
  const r = new OperatorReader(typed.module.bytes, at.start, at.end);
  r.next();
  switch (OPS[r.op]!.name) {
    case 'i32.const':
      return [String(r.value), '0'];
    case 'i64.const':
      return [String(r.low), String(r.high)];
    case 'f32.const':
      return [`core.f32_reinterpret_i32(${r.value})`, '0'];
    case 'f64.const':
      return [`core.f64_reinterpret_i64(${r.low}, ${r.high})`, '0'];
    case 'ref.func':
      return [scope.func(r.index), '0'];
    case 'global.get':
      return [scope.global(r.index), '0'];
    default:
      return ['null', '0'];
  }
}

function segments({ module, ...typed }: TypedModule, scope: FuncScope): string[] {
  const lines: string[] = [];
  const all = { module, ...typed } as TypedModule;
  module.elements.forEach((e, i) => {
    const items = e.funcs
      ? [...e.funcs].map((f) => scope.func(f))
      : (e.exprs ?? []).map((x) => constant(all, scope, x)[0]);
    lines.push(`const ${scope.element(i)} = { v: [${items.join(', ')}] };`);
    if (e.mode === 'passive') return;
    if (e.mode === 'active') {
      const [start] = constant(all, scope, e.offset!);
      lines.push(`core.table_init(${scope.table(e.table)}, ${scope.element(i)}, ${start}, 0, ${items.length});`);
    }
    lines.push(`${scope.element(i)}.v = [];`);
  });
  module.datas.forEach((d, i) => {
    lines.push(`const ${scope.data(i)} = { v: bytes.subarray(${d.start}, ${d.end}) };`);
    if (d.mode === 'passive') return;
    const [start] = constant(all, scope, d.offset!);
    lines.push(
      `core.memory_init(${scope.memory(d.memory)}, ${scope.data(i)}, ${start}, 0, ${d.end - d.start}); ${scope.data(i)}.v = new Uint8Array(0);`,
    );
  });
  return lines;
}
