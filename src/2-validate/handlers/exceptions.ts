/** Exceptions (spec 3.4.3) and the legacy proposal's try blocks. */
import { OP } from '../../wasm/opcodes.ts';
import { EXNREF, type FuncType, Heap, refType, type ValType } from '../../wasm/types.ts';
import type { Body } from '../body.ts';
import { block } from './control.ts';
import type { Handler } from './index.ts';

/** What a caught exception reference is: never null. */
const CAUGHT = refType(Heap.exn, false);

function tag(v: Body, index: number): FuncType {
  return v.context.tags[index] ?? v.fail(`unknown tag ${index}`);
}

function throwTag(v: Body): void {
  v.popAll(tag(v, v.reader.index).params);
  v.setUnreachable();
}

/** Each clause's label, outside of the block, must take what the clause delivers. */
function tryTable(v: Body): void {
  for (const { kind, tag: index, label } of v.reader.catches) {
    const values: ValType[] = kind < 2 ? [...tag(v, index).params] : [];
    if (kind === 1 || kind === 3) values.push(CAUGHT);
    const types = v.labelTypes(label);
    if (types.length !== values.length || !values.every((t, i) => v.types.matches(t, types[i]!))) {
      v.fail(`type mismatch: catch clause delivers other values than label ${label} takes`);
    }
  }
  block(v);
}

function catchTag(v: Body): void {
  const { params } = tag(v, v.reader.index);
  arm(v, OP.catch);
  v.pushAll(params);
}

/** Ends the try block or the clause before, and opens a clause. */
function arm(v: Body, op: number): void {
  if (v.frame.op !== OP.try && v.frame.op !== OP.catch) v.reader.fail(`${v.opName} outside of try`, v.reader.at);
  const { results } = v.closeFrame();
  v.openFrame(op, [], results);
}

function rethrow(v: Body): void {
  const { op } = v.label(v.reader.index);
  if (op !== OP.catch && op !== OP.catch_all) v.fail(`invalid rethrow label ${v.reader.index}: not a catch`);
  v.setUnreachable();
}

function delegate(v: Body): void {
  if (v.frame.op !== OP.try) v.reader.fail('delegate outside of try', v.reader.at);
  const { results } = v.closeFrame();
  if (v.depth === 0) v.reader.fail('delegate outside of try', v.reader.at);
  v.label(v.reader.index);
  v.pushAll(results);
}

export const exceptions = {
  throw: throwTag,
  throw_ref: (v) => {
    v.pop(EXNREF);
    v.setUnreachable();
  },
  try_table: tryTable,
  try: block,
  catch: catchTag,
  catch_all: (v) => arm(v, OP.catch_all),
  rethrow,
  delegate,
} satisfies Record<string, Handler>;
