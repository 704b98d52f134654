/** What a node may do besides computing its value, and whether two nodes may trade places. */
import { Effect, OP, OPS } from '../wasm/opcodes.ts';
import { Ir, isTerminator, NODE_KINDS, type Node } from './ir.ts';

/** Reads and writes of the cells that carry the high half of an i64 result, and lanes of a v128 result. */
export const READS_HIGH = 1 << 16;
export const WRITES_HIGH = 1 << 17;
/** Reads and writes of the variables that handlers of exceptions find locals in. */
const READS_VARIABLE = 1 << 18;
const WRITES_VARIABLE = 1 << 19;
/** The same of the cells of payloads. */
const READS_NAN = 1 << 20;
const WRITES_NAN = 1 << 21;
const EVERYTHING =
  Effect.trap |
  Effect.readMemory |
  Effect.writeMemory |
  Effect.growMemory |
  Effect.readGlobal |
  Effect.writeGlobal |
  Effect.readTable |
  Effect.writeTable |
  Effect.readObject |
  Effect.writeObject |
  Effect.call |
  READS_HIGH |
  WRITES_HIGH |
  READS_NAN |
  WRITES_NAN;
const WRITES =
  Effect.writeMemory |
  Effect.growMemory |
  Effect.writeGlobal |
  Effect.writeTable |
  Effect.writeObject |
  WRITES_HIGH |
  WRITES_NAN;
const OBSERVABLE = WRITES & ~WRITES_HIGH & ~WRITES_NAN;

export const isCall = (n: Node): boolean =>
  n.op === OP.call || n.op === OP.call_indirect || n.op === OP.call_ref || n.op === Ir.callClosed;

/** By kind: effects that do not depend on the node; -1 where they do. */
const FIXED = new Int32Array(NODE_KINDS).fill(-1);
for (const op of [OP.call, OP.call_indirect, OP.call_ref, Ir.callClosed]) FIXED[op] = EVERYTHING;
for (const op of [OP.return_call, OP.return_call_indirect, OP.return_call_ref]) FIXED[op] = EVERYTHING;
for (const op of [Ir.globalHigh, Ir.globalLane, Ir.globalBits]) FIXED[op] = Effect.readGlobal;
for (const op of [Ir.globalSetHigh, Ir.globalSetLane, Ir.globalSetBits]) FIXED[op] = Effect.writeGlobal;
FIXED[Ir.nanGet] = READS_NAN;
FIXED[Ir.nanSet] = WRITES_NAN;
FIXED[Ir.high] = FIXED[Ir.lane] = READS_HIGH;
FIXED[Ir.varGet] = READS_VARIABLE;
FIXED[Ir.varSet] = WRITES_VARIABLE;
FIXED[Ir.fieldHigh] = FIXED[Ir.elementHigh] = Effect.readObject;
FIXED[Ir.trap] = Effect.trap;

/** Effect bits of a node. `exact` false: out-of-bounds and arithmetic traps do not count. */
export function effectsOf(n: Node, exact: boolean): number {
  const fixed = FIXED[n.op]!;
  if (fixed >= 0) return fixed;
  const effects = n.effects;
  if ((effects & Effect.trap) === 0) return effects;
  if (!exact && droppable(n)) return effects & ~Effect.trap;
  return trapsNever(n) ? effects & ~Effect.trap : effects;
}

/** Traps that `--traps none` drops: memory accesses, division, conversion. */
function droppable(n: Node): boolean {
  if (ON_REFERENCES.has(OPS[n.op]?.feature ?? '')) return false;
  return (n.effects & (Effect.readTable | Effect.writeTable | Effect.call)) === 0 && n.op !== Ir.trap;
}
const ON_REFERENCES: ReadonlySet<string> = new Set(['function-references', 'gc']);

/** Division by a constant that is neither 0 nor, for signed quotients, -1. */
function trapsNever(n: Node): boolean {
  const { op } = n;
  const signed = op === OP['i32.div_s'];
  if (!signed && op !== OP['i32.div_u'] && op !== OP['i32.rem_s'] && op !== OP['i32.rem_u']) return false;
  const divisor = n.inputs[1]!;
  return divisor.op === OP['i32.const'] && divisor.imm !== 0 && !(signed && divisor.imm === -1);
}

/** True if the node must stay even when nobody uses its value. */
export function mustStay(n: Node, exact: boolean): boolean {
  if (IS_CONTROL[n.op] === 1) return true;
  return (effectsOf(n, exact) & (WRITES | Effect.trap | Effect.call) & ~WRITES_HIGH) !== 0;
}

export const isFrameMarker = (op: number): boolean => (op >= Ir.block && op <= Ir.end) || op === Ir.try;

const IS_CONTROL = Uint8Array.from({ length: NODE_KINDS }, (_, op) =>
  op === Ir.brIf || isFrameMarker(op) || isTerminator(op) ? 1 : 0,
);

/** May a node with effects `a`, earlier in the program, run after one with effects `b`? */
export function commute(a: number, b: number): boolean {
  if (a === 0 || b === 0) return true;
  if ((a | b) & Effect.call) return false;
  if (conflicts(a, b) || conflicts(b, a)) return false;
  const trapA = (a & Effect.trap) !== 0;
  const trapB = (b & Effect.trap) !== 0;
  if (trapA && (b & OBSERVABLE) !== 0) return false;
  if (trapB && (a & OBSERVABLE) !== 0) return false;
  // Two loads trap alike, so their order cannot be seen.
  return !(trapA && trapB) || (isLoad(a) && isLoad(b));
}

const isLoad = (effects: number): boolean => effects === (Effect.trap | Effect.readMemory);

/** Does `writer` write what `other` reads or writes? Each resource's write bit is next to its read bit. */
function conflicts(writer: number, other: number): boolean {
  if (writer & (Effect.writeMemory | Effect.growMemory)) {
    if (other & (Effect.readMemory | Effect.writeMemory | Effect.growMemory)) return true;
  }
  if (writer & Effect.writeGlobal && other & (Effect.readGlobal | Effect.writeGlobal)) return true;
  if (writer & Effect.writeTable && other & (Effect.readTable | Effect.writeTable)) return true;
  if (writer & Effect.writeObject && other & (Effect.readObject | Effect.writeObject)) return true;
  if (writer & WRITES_VARIABLE && other & (READS_VARIABLE | WRITES_VARIABLE)) return true;
  if (writer & WRITES_NAN && other & (READS_NAN | WRITES_NAN)) return true;
  return (writer & WRITES_HIGH) !== 0 && (other & (READS_HIGH | WRITES_HIGH)) !== 0;
}
