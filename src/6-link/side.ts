/**
 * Side modules (tool-conventions, DynamicLinking.md): what a loader has to know of one before it makes an instance. The output
 * carries that as data beside `instantiate`; the loader itself is `runtime/dynlink`.
 */
import type { SideInfo, SideItem } from '../../runtime/dynlink/side.ts';
import { OperatorReader } from '../1-decode/operators.ts';
import type { TypedModule } from '../2-validate/typed.ts';
import { CompileError } from '../errors.ts';
import type { ConstExpr, ExternKind } from '../wasm/module.ts';
import { OPS } from '../wasm/opcodes.ts';

/**
 * The description of a side module; `name` is what libraries that need it call it.
 * Throws CompileError where there is no `dylink.0` or `dylink` section, and where that contradicts the segments.
 */
export function sideInfo(typed: TypedModule, name: string): SideInfo {
  const { module } = typed;
  const { dylink } = module;
  if (dylink === undefined) {
    throw new CompileError('invalid', 'it is no side module: it has no well-formed dylink.0 or dylink section');
  }
  checkSizes(typed, dylink.memorySize, dylink.tableSize);
  return {
    name,
    dylink: { ...dylink, exports: [...dylink.exports] },
    imports: module.imports.map((i) => ({
      module: i.name.module,
      name: i.name.field,
      ...item(typed, i.kind, i.index),
    })),
    exports: module.exports.map((e) => ({ name: e.name, ...item(typed, e.kind, e.index) })),
  };
}

function item(typed: TypedModule, kind: ExternKind, index: number): SideItem {
  const { module } = typed;
  if (kind === 'func') {
    const type = typed.plainKey(module.funcs[index]!.type);
    return { kind: 'function', ...(type !== undefined && { type }) };
  }
  if (kind === 'tag') {
    const type = typed.plainKey(module.tags[index]!.type);
    return { kind, ...(type !== undefined && { type }) };
  }
  if (kind === 'global') {
    const { type, mutable } = module.globals[index]!.type;
    return { kind, type: typed.valueText(type), ...(mutable && { mutable }) };
  }
  const { limits, is64 } = kind === 'memory' ? module.memories[index]!.type : module.tables[index]!.type;
  const shared = kind === 'memory' && module.memories[index]!.type.shared;
  return {
    kind,
    min: Number(limits.min),
    ...(limits.max !== undefined && { max: Number(limits.max) }),
    ...(is64 && { is64 }),
    ...(shared && { shared }),
  };
}

/** What the segments at the module's bases fill must lie in what the section asks for: nothing else would notice. */
function checkSizes(typed: TypedModule, memorySize: number, tableSize: number): void {
  const { datas, elements } = typed.module;
  for (const { mode, offset, start, end } of datas) {
    const at = mode === 'active' ? fromBase(typed, offset!, '__memory_base') : undefined;
    if (at !== undefined && at + end - start > memorySize) {
      throw new CompileError(
        'invalid',
        `its data take ${at + end - start} bytes, and its dylink section asks for ${memorySize}`,
      );
    }
  }
  for (const { mode, offset, funcs, exprs } of elements) {
    const at = mode === 'active' ? fromBase(typed, offset!, '__table_base') : undefined;
    const end = (at ?? 0) + (funcs ?? exprs!).length;
    if (at !== undefined && end > tableSize) {
      throw new CompileError('invalid', `its elements take ${end} slots, and its dylink section asks for ${tableSize}`);
    }
  }
}

/** The constant that `expr` adds to the imported global `base`; undefined for any other expression. */
function fromBase(typed: TypedModule, expr: ConstExpr, base: string): number | undefined {
  const r = new OperatorReader(typed.module.bytes);
  r.reset(expr.start, expr.end);
  let based = false;
  let sum = 0;
  while (r.next()) {
    const { name } = OPS[r.op]!;
    if (name === 'global.get') based = typed.module.globals[r.index]!.import?.field === base;
    else if (name === 'i32.const') sum += r.value;
    else if (name !== 'i32.add' && name !== 'end') return undefined;
  }
  return based ? sum >>> 0 : undefined;
}
