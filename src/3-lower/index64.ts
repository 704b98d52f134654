/**
 * Instructions on whole memories and tables, lowered by the address types of what they work on (memory64, table64).
 *
 * A size is below 2^32 whatever its type, so that a 64-bit one is the extension of a 32-bit one. No table has 2^32 - 1
 * elements: an index or count that does not fit in 32 bits becomes that number, and fails as it must.
 */
import { OP, type OpName } from '../wasm/opcodes.ts';
import { type Node, Type } from './ir.ts';
import type { ValueBuilder } from './values.ts';

type Handler = (b: ValueBuilder) => void;

const op = (b: ValueBuilder, name: OpName, type: number, ...inputs: Node[]): Node =>
  b.emit(b.ir.node(OP[name], type, inputs));

/** An i64 index or count of table elements as an i32. */
export function narrowed(b: ValueBuilder, index: Node): Node {
  if (index.type !== Type.i64) return index;
  const high = op(
    b,
    'i32.wrap_i64',
    Type.i32,
    op(b, 'i64.shr_u', Type.i64, index, b.emit(b.ir.node(OP['i64.const'], Type.i64, [], 32))),
  );
  return op(b, 'select', Type.i32, b.emit(b.ir.i32(-1)), op(b, 'i32.wrap_i64', Type.i32, index), high);
}

const widened = (b: ValueBuilder, n: Node): Node => (n.type === Type.i64 ? n : op(b, 'i64.extend_i32_u', Type.i64, n));

/** The size before or now: `extend` makes it 64 bits wide where addresses are. */
function sized(kind: 'memory' | 'table', operands: number, extend: OpName): Handler {
  return (b) => {
    if (kind === 'table') narrowOperands(b, operands);
    b.indexed(operands, Type.i32);
    if (b.is64(kind)) b.push(op(b, extend, Type.i64, b.pop()));
  };
}

/** Makes the i64 among the top operands i32. A value of a table is never an i64. */
function narrowOperands(b: ValueBuilder, operands: number): void {
  for (const n of b.popMany(operands)) b.push(narrowed(b, n));
}

/** An instruction on a table. */
function onTable(operands: number, type: number): Handler {
  return (b) => {
    narrowOperands(b, operands);
    b.indexed(operands, type);
  };
}

/** A copy between memories of which one has 64-bit addresses takes all as 64 bits. */
function memoryCopy(b: ValueBuilder): void {
  const operands = b.popMany(3);
  const wide = operands.some((n) => n.type === Type.i64);
  for (const n of operands) b.push(wide ? widened(b, n) : n);
  b.indexed(3, Type.none);
}

export const INDEXED: Partial<Record<OpName, Handler>> = {
  'memory.size': sized('memory', 0, 'i64.extend_i32_u'),
  'memory.grow': sized('memory', 1, 'i64.extend_i32_s'),
  'memory.copy': memoryCopy,
  'table.size': sized('table', 0, 'i64.extend_i32_u'),
  'table.grow': sized('table', 2, 'i64.extend_i32_s'),
  'table.get': onTable(1, Type.ref),
  'table.set': onTable(2, Type.none),
  'table.init': onTable(3, Type.none),
  'table.copy': onTable(3, Type.none),
  'table.fill': onTable(3, Type.none),
};
