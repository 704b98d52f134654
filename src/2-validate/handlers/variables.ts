/** Locals, globals, tables, copies between memories, drop and select (spec 3.4.2 to 3.4.11). */
import { BOT, I32, isRef, typeName, type ValType } from '../../wasm/types.ts';
import type { Body } from '../body.ts';
import { smaller, useElement, useMemory } from './immediates.ts';
import type { Handler } from './index.ts';

function globalGet(v: Body): void {
  const { index } = v.reader;
  const g = v.context.globals[index];
  const { visibleGlobals } = v;
  if (g === undefined || (visibleGlobals >= 0 && index >= visibleGlobals)) v.fail(`unknown global ${index}`);
  if (visibleGlobals >= 0) {
    if (g.mutable) v.fail(`constant expression required: global ${index} is mutable`);
    if (index >= v.context.module.importedGlobals) v.context.features.add('extended-const');
  }
  v.push(g.type);
}

function globalSet(v: Body): void {
  const { index } = v.reader;
  const g = v.context.globals[index] ?? v.fail(`unknown global ${index}`);
  if (!g.mutable) v.fail(`global ${index} is immutable`);
  v.pop(g.type);
}

function localType(v: Body, index: number): ValType {
  return v.locals.type(index) ?? v.fail(`unknown local ${index}`);
}

function localGet(v: Body): void {
  const { index } = v.reader;
  const t = localType(v, index);
  if (!v.locals.isSet(index)) v.fail(`uninitialized local ${index}`);
  v.push(t);
}

function localTee(v: Body): void {
  const { index } = v.reader;
  const t = localType(v, index);
  v.pop(t);
  v.locals.set(index);
  v.push(t);
}

function localSet(v: Body): void {
  const { index } = v.reader;
  v.pop(localType(v, index));
  v.locals.set(index);
}

/** Without types: both operands of the same number or vector type. */
function select(v: Body): void {
  v.pop(I32);
  const second = v.popAny();
  const first = v.popAny();
  for (const t of [first, second]) {
    if (isRef(t)) v.fail(`type mismatch: select of ${typeName(t)} must say its type`);
  }
  if (first !== second && first !== BOT && second !== BOT) {
    v.fail(`type mismatch: select of ${typeName(first)} and ${typeName(second)}`);
  }
  v.push(first === BOT ? second : first);
}

function selectTyped(v: Body): void {
  const { types, at } = v.reader;
  if (types.length !== 1) v.fail(`invalid result arity: select gives one value, not ${types.length}`);
  const t = v.context.valType(types[0]!, at);
  v.pop(I32);
  v.pop(t);
  v.pop(t);
  v.push(t);
}

export function useTable(v: Body, index: number): { ref: ValType; address: ValType } {
  return v.context.tables[index] ?? v.fail(`unknown table ${index}`);
}

function memoryCopy(v: Body): void {
  const { index, index2 } = v.reader;
  useMemory(v, index);
  const to = v.address;
  useMemory(v, index2);
  const from = v.address;
  v.pop(smaller(to, from));
  v.pop(from);
  v.pop(to);
}

function tableCopy(v: Body): void {
  const to = useTable(v, v.reader.index);
  const from = useTable(v, v.reader.index2);
  checkElements(v, from.ref, to.ref);
  v.pop(smaller(to.address, from.address));
  v.pop(from.address);
  v.pop(to.address);
}

function tableInit(v: Body): void {
  const table = useTable(v, v.reader.index2);
  checkElements(v, useElement(v, v.reader.index), table.ref);
  v.pop(I32);
  v.pop(I32);
  v.pop(table.address);
}

function checkElements(v: Body, from: ValType, to: ValType): void {
  if (!v.types.matches(from, to)) {
    v.fail(`type mismatch: ${v.opName} of ${typeName(from)} into a table of ${typeName(to)}`);
  }
}

export const variables = {
  drop: (v) => {
    v.popAny();
  },
  select,
  select_t: selectTyped,
  'local.get': localGet,
  'local.set': localSet,
  'local.tee': localTee,
  'global.get': globalGet,
  'global.set': globalSet,
  'memory.copy': memoryCopy,
  'table.get': (v) => {
    const table = useTable(v, v.reader.index);
    v.pop(table.address);
    v.push(table.ref);
  },
  'table.set': (v) => {
    const table = useTable(v, v.reader.index);
    v.pop(table.ref);
    v.pop(table.address);
  },
  'table.size': (v) => v.push(useTable(v, v.reader.index).address),
  'table.grow': (v) => {
    const table = useTable(v, v.reader.index);
    v.pop(table.address);
    v.pop(table.ref);
    v.push(table.address);
  },
  'table.fill': (v) => {
    const table = useTable(v, v.reader.index);
    v.pop(table.address);
    v.pop(table.ref);
    v.pop(table.address);
  },
  'table.copy': tableCopy,
  'table.init': tableInit,
} satisfies Record<string, Handler>;
