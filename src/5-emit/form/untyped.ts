/**
 * Values of which an engine does not know that they are numbers: parameters, results of calls, variables of the module. Where one
 * merges with others, as a variable of a loop does, the merge is of no known type either: V8 keeps it as a tagged value, tags and
 * checks it at each assignment, allocates it if it is a double, and asks five questions where it is a condition. `| 0` and `+x`
 * there say what it is, once. In a loop around a switch, where each case is a way round that would tag all variables, that takes
 * 0.84 to 0.95 of the time; elsewhere it can cost more than it saves, as in a function that mostly passes such values to calls.
 * So does one that such a function reads in a loop and that is from outside of it, as the frame's address in what was the
 * stack's pointer: each case of the switch would check it again, and each of its sums for overflow. The machine of a stack in
 * memory takes 0.8 of the time. Not one that is read in one place, which would take a register from all others.
 */
import { isCall } from '../../3-lower/effects.ts';
import { type FuncIR, Ir, NODE_KINDS, type Node, Type } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import { OP } from '../../wasm/opcodes.ts';
import { atom, type Js, unary } from '../js/expr.ts';
import { toInt32 } from '../js/scalar.ts';

const UNTYPED = new Uint8Array(NODE_KINDS);
for (const op of [
  Ir.param,
  OP.call,
  OP.call_indirect,
  OP.call_ref,
  Ir.callClosed,
  Ir.high,
  Ir.project,
  OP['global.get'],
  Ir.globalHigh,
])
  UNTYPED[op] = 1;

/**
 * By node id: 1 for a value of unknown type that a branch passes, or the entry to a loop, or of which a loop that it comes into
 * does more than pass it on, in several places. undefined without a loop around a switch.
 */
export function untypedToSay(ir: FuncIR): Uint8Array | undefined {
  if (!dispatches(ir)) return undefined;
  const marked = scratch.bytes(ir.nodeCount);
  const mark = (v: Node): void => {
    if (UNTYPED[v.op] === 1) marked[v.id] = 1;
  };
  const depths = scratch.words(ir.nodeCount);
  const readers = scratch.words(ir.nodeCount);
  let loops = 0;
  for (const n of ir.code) {
    if (n.targets) for (const t of n.targets) if (t.frame !== ir.exit) t.args.forEach(mark);
    if (n.op === Ir.loop) {
      n.frame!.init.forEach(mark);
      loops++;
    } else if (n.op === Ir.end && n.frame!.kind === 'loop') loops--;
    else if (!isCall(n)) {
      for (const v of n.inputs) if (depths[v.id]! < loops && ++readers[v.id]! > 1) mark(v);
    }
    depths[n.id] = loops;
  }
  return marked;
}

/** Is there a switch in a loop? */
function dispatches({ code }: FuncIR): boolean {
  let loops = 0;
  for (const { op, frame } of code) {
    if (op === Ir.loop) loops++;
    else if (op === Ir.end && frame!.kind === 'loop') loops--;
    else if (op === Ir.switch && loops > 0) return true;
  }
  return false;
}

/** A value that is a number of the type anyway, so that an engine knows it. */
export function typed(js: Js, type: number): Js {
  if (type === Type.i32) return toInt32(js);
  return type === Type.f64 || type === Type.f32 ? unary('+', js) : js;
}

/** The statement that assigns a value to a variable and says of which type it is; by default the variable's own. */
export function typing(name: string, type: number, value = name): string {
  return `${name} = ${typed(atom(value), type).text};`;
}
