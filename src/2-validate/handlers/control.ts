/** Blocks, branches and calls (spec 3.4.3, 3.4.4). */
import { OP } from '../../wasm/opcodes.ts';
import { FUNCREF, type FuncType, I32, refType, typeName, type ValType } from '../../wasm/types.ts';
import type { Body } from '../body.ts';
import type { Handler } from './index.ts';
import { useTable } from './variables.ts';

export function block(v: Body): void {
  const { params, results } = v.blockType();
  v.popAll(params);
  v.openFrame(v.reader.op, params, results);
}

function otherwise(v: Body): void {
  if (v.frame.op !== OP.if) v.reader.fail('else outside of if', v.reader.at);
  const { params, results } = v.closeFrame();
  v.openFrame(OP.else, params, results);
}

function end(v: Body): void {
  const f = v.closeFrame();
  if (f.op === OP.if && !sameTypes(v, f.params, f.results)) {
    v.fail('type mismatch: if without else must give the types it takes');
  }
  if (v.depth > 0) v.pushAll(f.results);
}

function sameTypes(v: Body, from: readonly ValType[], to: readonly ValType[]): boolean {
  return from.length === to.length && from.every((t, i) => v.types.matches(t, to[i]!));
}

function branch(v: Body): void {
  v.popAll(v.labelTypes(v.reader.index));
  v.setUnreachable();
}

function branchIf(v: Body): void {
  v.pop(I32);
  v.retype(v.labelTypes(v.reader.index));
}

function branchTable(v: Body): void {
  const { targets } = v.reader;
  v.pop(I32);
  const fallback = v.labelTypes(targets[targets.length - 1]!);
  v.checkTop(fallback);
  let checked: Set<readonly ValType[]> | undefined;
  for (let i = 0; i < targets.length - 1; i++) {
    const types = v.labelTypes(targets[i]!);
    if (types === fallback || checked?.has(types)) continue;
    if (types.length !== fallback.length) {
      v.fail(`type mismatch: br_table targets take ${fallback.length} and ${types.length} values`);
    }
    v.checkTop(types);
    checked = (checked ?? new Set()).add(types);
  }
  v.setUnreachable();
}

function call(v: Body, { params, results }: FuncType): void {
  v.popAll(params);
  v.pushAll(results);
}

function callee(v: Body): FuncType {
  return v.context.funcs[v.reader.index] ?? v.fail(`unknown function ${v.reader.index}`);
}

/** Pops the index into the table; gives the type called. */
function indirectCallee(v: Body): FuncType {
  const table = useTable(v, v.reader.index2);
  if (!v.types.matches(table.ref, FUNCREF)) {
    v.fail(`type mismatch: ${v.opName} expects a table of functions, found one of ${typeName(table.ref)}`);
  }
  const type = v.context.funcType(v.reader.index, v.reader.at);
  v.pop(table.address);
  return type;
}

/** Pops the function reference; gives the type called. */
function referredCallee(v: Body): FuncType {
  const type = v.context.funcType(v.reader.index, v.reader.at);
  v.pop(refType(v.types.canonical[v.reader.index]!, true));
  return type;
}

function tailCall(v: Body, type: FuncType): void {
  if (!sameTypes(v, type.results, v.results)) {
    v.fail(`type mismatch: ${v.opName} of a function whose results are not those of this one`);
  }
  v.popAll(type.params);
  v.setUnreachable();
}

function branchOnNull(v: Body): void {
  const heap = v.popHeap();
  v.retype(v.labelTypes(v.reader.index));
  v.push(refType(heap, false));
}

function lastOfLabel(v: Body): { rest: readonly ValType[]; last: ValType } {
  const types = v.labelTypes(v.reader.index);
  const last = types[types.length - 1];
  if (last === undefined || last < 0) v.fail(`type mismatch: the label of ${v.opName} must take a reference last`);
  return { rest: types.slice(0, -1), last };
}

function branchOnNonNull(v: Body): void {
  const { rest, last } = lastOfLabel(v);
  const heap = v.popHeap();
  expect(v, refType(heap, false), last);
  v.retype(rest);
}

/** That type `found` may stand where `expected` is. */
function expect(v: Body, found: ValType, expected: ValType): void {
  if (!v.types.matches(found, expected)) {
    v.fail(`type mismatch: ${v.opName} expects ${typeName(expected)}, found ${typeName(found)}`);
  }
}

/** Both casts: `from` the operand's type, `to` the one asked for, and what remains where the cast fails. */
function branchCast(v: Body, onFail: boolean): void {
  const r = v.reader;
  const { rest, last } = lastOfLabel(v);
  const from = refType(v.context.heapType(r.heap, r.at), r.nullable);
  const to = refType(v.context.heapType(r.heap2, r.at), r.nullable2);
  expect(v, to, from);
  const otherwise = refType(from >> 1, r.nullable && !r.nullable2);
  expect(v, onFail ? otherwise : to, last);
  v.pop(from);
  v.retype(rest);
  v.push(onFail ? to : otherwise);
}

export const control = {
  unreachable: (v) => v.setUnreachable(),
  block,
  loop: block,
  if: (v) => {
    v.pop(I32);
    block(v);
  },
  else: otherwise,
  end,
  br: branch,
  br_if: branchIf,
  br_table: branchTable,
  return: (v) => {
    v.popAll(v.results);
    v.setUnreachable();
  },
  call: (v) => call(v, callee(v)),
  call_indirect: (v) => call(v, indirectCallee(v)),
  call_ref: (v) => call(v, referredCallee(v)),
  return_call: (v) => tailCall(v, callee(v)),
  return_call_indirect: (v) => tailCall(v, indirectCallee(v)),
  return_call_ref: (v) => tailCall(v, referredCallee(v)),
  br_on_null: branchOnNull,
  br_on_non_null: branchOnNonNull,
  br_on_cast: (v) => branchCast(v, false),
  br_on_cast_fail: (v) => branchCast(v, true),
} satisfies Record<string, Handler>;
