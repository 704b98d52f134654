/**
 * Refuses, by name, what is valid but not translated yet: the first instruction, type, table, memory or tag that needs
 * a feature the back ends do not have. A module within the supported features passes without a look at its code.
 */
import { type LocalGroup, OperatorReader } from '../1-decode/operators.ts';
import { CompileError } from '../errors.ts';
import { FEATURE_LABELS, type Feature } from '../wasm/features.ts';
import type { ConstExpr, Func } from '../wasm/module.ts';
import { OP, OPS } from '../wasm/opcodes.ts';
import { type SubType, typeName, type ValType } from '../wasm/types.ts';
import { heapFeature, typeFeature } from './features.ts';
import type { TypedModule } from './typed.ts';
import { unpacked } from './types.ts';

/** What both back ends translate. */
const SUPPORTED: ReadonlySet<Feature> = new Set<Feature>([
  'mvp',
  'sign-extension',
  'saturating-float-to-int',
  'bulk-memory',
  'reference-types',
  'multi-value',
  'mutable-globals',
  'extended-const',
  'multi-memory',
  'wide-arithmetic',
  'tail-call',
  'exception-handling',
  'legacy-exceptions',
  'function-references',
  'gc',
  'memory64',
  'table64',
  'threads',
  'simd',
  'relaxed-simd',
]);

interface Where {
  offset?: number;
  func?: number;
  funcName?: string;
}

/** Throws CompileError('unsupported') that names the first use of a feature that is not supported. */
export function refuseUnsupported(typed: TypedModule): void {
  const missing = [...typed.features].filter((f) => !SUPPORTED.has(f));
  if (missing.length === 0) return;
  const scan = new Scan(typed);
  scan.functions();
  scan.definitions();
  refuse('the module', missing[0]!, {});
}

function refuse(what: string, feature: Feature, where: Where): void {
  if (SUPPORTED.has(feature)) return;
  const reason = `${what} needs ${FEATURE_LABELS[feature]}, which wasmelt does not translate yet`;
  throw new CompileError('unsupported', reason, where);
}

function refuseType(t: ValType, what: string, where: Where): void {
  refuse(`${what} ${typeName(t)}`, typeFeature(t), where);
}

class Scan {
  private readonly typed: TypedModule;
  private readonly reader: OperatorReader;

  constructor(typed: TypedModule) {
    this.typed = typed;
    this.reader = new OperatorReader(typed.module.bytes);
  }

  functions(): void {
    for (const f of this.typed.module.funcs) if (!f.import) this.body(f);
  }

  private body(f: Func): void {
    const funcName = this.typed.module.names.funcs.get(f.index);
    const where = { func: f.index, ...(funcName !== undefined && { funcName }) };
    const { start, groups } = this.reader.localGroups(f.start, f.end);
    this.locals(groups, { ...where, offset: f.start });
    this.operators(start, f.end, where);
  }

  private locals(groups: readonly LocalGroup[], where: Where): void {
    for (const g of groups) refuseType(g.type, 'a local of type', where);
  }

  private operators(start: number, end: number, where: Where): void {
    const r = this.reader;
    r.reset(start, end);
    while (r.next()) {
      const { name, feature, immediates } = OPS[r.op]!;
      const here = { ...where, offset: r.at };
      refuse(name, feature, here);
      if (immediates === 'block' && r.block === 'value') refuseType(r.type, `${name} of type`, here);
      if (immediates === 'types') for (const t of r.types) refuseType(t, 'select of type', here);
      if (r.op === OP['ref.null']) refuse('this ref.null', heapFeature(r.heap), here);
    }
  }

  private constant(x: ConstExpr | undefined): void {
    if (x) this.operators(x.start, x.end, {});
  }

  definitions(): void {
    const { types, tables, memories, globals, tags, elements } = this.typed.module;
    for (const [i, t] of types.entries()) this.type(t, i);
    tables.forEach((t, i) => {
      refuseType(t.type.ref, `table ${i} of type`, {});
      if (t.type.is64) refuse(`table ${i}`, 'table64', {});
      if (t.init) refuse(`the initial value of table ${i}`, 'function-references', { offset: t.init.start });
    });
    memories.forEach(({ type, import: from }, i) => {
      const where = from ? { offset: from.offset } : {};
      if (type.is64) refuse(`memory ${i}`, 'memory64', where);
      if (type.shared) refuse(`memory ${i}, which is shared,`, 'threads', where);
      if (type.pageSizeLog2 !== 16) refuse(`memory ${i}`, 'custom-page-sizes', where);
    });
    if (tags.length > 0) refuse('tag 0', 'exception-handling', {});
    globals.forEach((g, i) => {
      refuseType(g.type.type, `global ${i} of type`, g.init ? { offset: g.init.start } : {});
      this.constant(g.init);
    });
    elements.forEach((e, i) => {
      refuseType(e.type, `element segment ${i} of type`, e.offset ? { offset: e.offset.start } : {});
      for (const x of e.exprs ?? []) this.constant(x);
    });
  }

  private type({ composite: c, final, supers, groupSize }: SubType, i: number): void {
    if (c.kind !== 'func') refuse(`type ${i}, ${c.kind === 'array' ? 'an array' : 'a structure'} type,`, 'gc', {});
    if (groupSize > 1) refuse(`type ${i}, in a recursive group,`, 'gc', {});
    if (!final || supers.length > 0) refuse(`type ${i}, open to subtyping,`, 'gc', {});
    if (c.kind !== 'func') return;
    for (const t of [...c.params, ...c.results]) refuseType(unpacked(t), `function type ${i} with`, {});
  }
}
