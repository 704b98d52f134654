/**
 * FuncIR: structured SSA, kept linear.
 *
 * A function is one array of nodes in execution order. Control flow stays WebAssembly's: `block`, `loop` and `if` open a
 * frame, `end` closes it, so every pass is a loop over an array and deep nesting costs no stack. Values are SSA;
 * merges are parameters of frames (values after a block or an if, values at the head of a loop), and each branch
 * passes arguments. No frame is left by falling off its end: each body ends in a branch or trap.
 *
 * v128 exists as a type until the pass `simd` splits it into lanes, i64 until the pass `int64` splits it into halves, so
 * that range analysis and a choice of representation per value can come before; floats are numbers unless `float-bits` turns a value into its bits.
 */
import { type Carried, NOT_CARRIED } from '../2-validate/payloads/carried.ts';
import { OP, OPS } from '../wasm/opcodes.ts';

export type IrType = number;
/** Result types of nodes. A `tuple` is the flattened array of a call with several results. */
export const Type = { none: 0, i32: 1, i64: 2, f32: 3, f64: 4, ref: 5, tuple: 6, v128: 7 } as const;
export const TYPE_NAMES = ['none', 'i32', 'i64', 'f32', 'f64', 'ref', 'tuple', 'v128'] as const;

const FIRST = OPS.length;
/** Node kinds that WebAssembly has no instruction for; scalar instructions keep their number in `OP`. */
export const Ir = {
  /** Function parameter: the JavaScript parameter `imm`, of index `imm2` in the function's type. */
  param: FIRST,
  /** Parameter of frame `frame`. */
  merge: FIRST + 1,
  /** Value `imm` of a tuple, in the array; `imm2` is the number of the result. */
  project: FIRST + 2,
  block: FIRST + 3,
  loop: FIRST + 4,
  if: FIRST + 5,
  else: FIRST + 6,
  end: FIRST + 7,
  /** Branches: `targets[0]`; `brIf` takes the condition as its input. */
  br: FIRST + 8,
  brIf: FIRST + 9,
  /** `targets[input]`, the last one by default. */
  switch: FIRST + 10,
  /** Never returns: traps with `unreachable`. */
  trap: FIRST + 12,
  /** Carry out of the unsigned sum of two i32: 0 or 1. A third input, if there is one, is their sum as an i32. */
  carry: FIRST + 13,
  /** Borrow of the unsigned difference of two i32: 0 or 1. */
  borrow: FIRST + 14,
  /** High half of the unsigned product of two i32. A third input, if there is one, is its low half. */
  mulHigh: FIRST + 15,
  /** The negation of a float, where all NaN are the same to those who take it. */
  minus: FIRST + 22,
  /** Runtime function `name` with `effects` of its own. */
  libcall: FIRST + 16,
  /** High half of the i64 result of the call that is its input. */
  high: FIRST + 17,
  /** The high half of i64 global `imm`: read, and written. */
  globalHigh: FIRST + 18,
  globalSetHigh: FIRST + 19,
  /** i64 store of its two halves: address, low, high. */
  storePair: FIRST + 20,
  /** Call of type `imm` through the closed table `imm2`; the index is the last input. */
  callClosed: FIRST + 21,
  /** Word `imm` of the cells in which calls leave the payloads of NaNs, as i32 or (with the next word) i64; and writing it. */
  nanGet: FIRST + 50,
  nanSet: FIRST + 51,
  /** The bits beside float global `imm`, word `imm2` of them: read, and written. */
  globalBits: FIRST + 52,
  globalSetBits: FIRST + 53,
  /** The high i64 of the wide sum, difference or product that is its input; before `int64` only. */
  wideHigh: FIRST + 60,
  /** Opens a frame that is only left by branches to frames around it; an exception thrown inside arrives at its end. */
  try: FIRST + 40,
  /** Throws its input, never to return. `imm`: 0 an exception just made, 1 one that was caught, 2 one that may be null. */
  throw: FIRST + 11,
  /** An exception with tag `imm` and its inputs for a payload. */
  exception: FIRST + 41,
  /** Has the exception tag `imm`? 0 or 1. */
  exnIs: FIRST + 42,
  /** The payload of an exception, from place `imm` on. */
  exnGet: FIRST + 43,
  /** A local as the handlers of exceptions find it, `imm`; of an i64 the high half has `imm2` 1, of a v128 a lane its own. Read, and written. */
  varGet: FIRST + 44,
  varSet: FIRST + 45,
  /** High half of an i64 field, or lane `lanes[0]` of a v128, that a `struct.get` before it has read. */
  fieldHigh: FIRST + 70,
  /** The same of an array's element. */
  elementHigh: FIRST + 71,
  /** An i64 made of its two halves: low, high. */
  pair: FIRST + 90,
  /** Lane `imm` + 1 of the v128 result of the call that is its input. */
  lane: FIRST + 91,
  /** Lane `imm2` of v128 global `imm`, from 1 on: read, and written. */
  globalLane: FIRST + 92,
  globalSetLane: FIRST + 93,
  /** The i32 address of `lanes[0]` bytes in bounds, at its input plus `imm` in memory `imm2`; traps if they are not. */
  span: FIRST + 94,
  /**
   * The element index of an i32 address, for elements of 2^`imm` bytes. `imm2`: what is known of it, 0 nothing (unaligned
   * addresses have an index beyond every memory), 1 that it is aligned, 2 and 3 as 1 and 0, and the index is to be signed.
   */
  index: FIRST + 96,
  /** The address of an access, the second input, with its element index: the first input plus `imm`. */
  place: FIRST + 97,
  /** The address of an access, its input: one that is known to be a place in memory. */
  known: FIRST + 98,
  /** Byte of a constant table of 16 bytes (`lanes`: four words) at its input, which is 0 to 255; 0 from 16 on. */
  lookup: FIRST + 95,
} as const;
/** One more than the greatest number of a kind, for tables by it. */
export const NODE_KINDS = Math.max(...Object.values(Ir)) + 1;
const IR_NAMES = new Map<number, string>(Object.entries(Ir).map(([name, op]) => [op, name]));

/** Where a branch goes, and the values of that frame's parameters. */
export interface Target {
  frame: Frame;
  args: Node[];
}

/** The one list of all nodes without operands, which are a third: it stays empty. */
const NO_INPUTS: Node[] = [];

export class Node {
  /** Its number in the function it stands in; changes when that becomes part of another. */
  id: number;
  op: number;
  type: IrType;
  inputs: Node[];
  /** Immediates: constant (i32 signed; f32 bits; i64 and f64 low half), index, static offset of an access. */
  imm: number;
  /** Second immediate: high half of a constant, memory or table index. */
  imm2: number;
  /**
   * v128: the four words of a constant; the 16 lanes of a shuffle; the lane of an access to one; the bytes of a span.
   */
  lanes: readonly number[] | undefined = undefined;
  /** Memory accesses: log2 of the alignment they promise. */
  align = 2;
  frame: Frame | undefined;
  targets: Target[] | undefined;
  /** Libcall name. */
  name: string;
  /** References: the value type of WebAssembly, as far as it is known; otherwise -1. */
  refType = -1;
  /** Effect bits of a libcall or call (`Effect`), otherwise those of the opcode table. */
  effects: number;
  /** Calls: what their callee takes and leaves in the cells. `global.get` and `global.set`: whether there are bits beside. */
  carried: Carried | undefined = undefined;
  /** What it was replaced by, while a pass rewrites. */
  forward: Node | undefined = undefined;

  constructor(id: number, op: number, type: IrType, inputs: Node[], imm = 0, imm2 = 0) {
    this.id = id;
    this.op = op;
    this.type = type;
    this.inputs = inputs.length === 0 ? NO_INPUTS : inputs;
    this.imm = imm;
    this.imm2 = imm2;
    this.frame = undefined;
    this.targets = undefined;
    this.name = '';
    this.effects = OPS[op]?.effects ?? 0;
  }
}

export type FrameKind = 'block' | 'loop' | 'if' | 'try' | 'exit';

/**
 * A structured region. `params` are the values after it (block, if) or at its head (loop, with `init`). That of a `try` is
 * what an exception thrown inside has become, and no branch goes to it.
 * The one `exit` frame of a function has no nodes of its own: a branch to it returns its arguments.
 */
export class Frame {
  /** As a node's. */
  id: number;
  kind: FrameKind;
  params: Node[] = [];
  /** Loop only: the parameters' values on entry. */
  init: Node[] = [];

  constructor(id: number, kind: FrameKind) {
    this.id = id;
    this.kind = kind;
  }
}

export class FuncIR {
  readonly index: number;
  readonly params: Node[] = [];
  /** Result types, i64 not yet split. */
  results: IrType[] = [];
  /** What the function itself takes and leaves in the cells of payloads. */
  carried: Carried = NOT_CARRIED;
  code: Node[] = [];
  readonly exit = new Frame(-1, 'exit');
  private nodes = 0;
  private frames = 0;

  constructor(index: number) {
    this.index = index;
  }
  get nodeCount(): number {
    return this.nodes;
  }
  get frameCount(): number {
    return this.frames;
  }
  node(op: number, type: IrType, inputs: Node[], imm = 0, imm2 = 0): Node {
    return new Node(this.nodes++, op, type, inputs, imm, imm2);
  }
  frame(kind: FrameKind): Frame {
    return new Frame(this.frames++, kind);
  }
  merge(frame: Frame, type: IrType): Node {
    const n = this.node(Ir.merge, type, []);
    n.frame = frame;
    frame.params.push(n);
    return n;
  }
  /** Makes the nodes and frames of another function this one's own, by numbers of this one. */
  adopt(other: FuncIR): void {
    for (const n of other.code) {
      n.id = this.nodes++;
      if (n.frame === undefined || n.op === Ir.else || n.op === Ir.end) continue;
      n.frame.id = this.frames++;
      for (const p of n.frame.params) p.id = this.nodes++;
    }
  }
  /** What opens a frame, turns to its other arm or closes it. */
  marker(op: number, frame: Frame): Node {
    const n = this.node(op, Type.none, []);
    n.frame = frame;
    return n;
  }
  i32(value: number): Node {
    return this.node(OP['i32.const'], Type.i32, [], value | 0);
  }
  libcall(name: string, type: IrType, inputs: Node[], effects: number): Node {
    const n = this.node(Ir.libcall, type, inputs);
    n.name = name;
    n.effects = effects;
    return n;
  }
}

/**
 * A function's code as it is written anew, in an array of the old one's length from the start: one that grows by pushes is
 * allocated many times over, and where it is large each time from the system.
 */
export class CodeWriter {
  private readonly code: Node[];
  private length = 0;

  constructor(old: readonly Node[]) {
    this.code = old.slice();
  }
  get last(): Node | undefined {
    return this.length > 0 ? this.code[this.length - 1] : undefined;
  }
  push(n: Node): void {
    this.code[this.length++] = n;
  }
  pop(): void {
    this.length--;
  }
  /** The code as far as it has been written; the writer is done. */
  finish(): Node[] {
    this.code.length = this.length;
    return this.code;
  }
}

/** Drops the nodes of a list for which `keep` is false, in place. */
export function retain(code: Node[], keep: (n: Node) => boolean): void {
  let to = 0;
  for (let i = 0; i < code.length; i++) {
    const n = code[i]!;
    if (keep(n)) code[to++] = n;
  }
  code.length = to;
}

export function opName(op: number): string {
  return OPS[op]?.name ?? IR_NAMES.get(op) ?? `?${op}`;
}

/** A reference that is never null, by its type. */
export const isNonNull = (n: Node): boolean => n.refType >= 0 && (n.refType & 1) === 0;

export const isConst = (n: Node): boolean =>
  n.op === OP['i32.const'] || n.op === OP['i64.const'] || n.op === OP['f32.const'] || n.op === OP['f64.const'];
export const isI32Const = (n: Node): boolean => n.op === OP['i32.const'];

/** Loads and stores that are printed as accesses to views; atomic ones are calls. */
const PLAIN_ACCESS = OPS.map((o) => o.width > 0 && o.feature !== 'threads');
export const isAccess = (n: Node): boolean => n.op === Ir.storePair || PLAIN_ACCESS[n.op] === true;
/** True for stores to memory of any kind, but atomic ones. */
export const isStore = (n: Node): boolean => n.type === Type.none && isAccess(n);

/** Operands of an instruction with an address of 32 bits, once i64 are split; for all others more than any node has. */
const ACCESS_SLOTS = OPS.map(({ width, signature }) =>
  width === 0 ? Number.POSITIVE_INFINITY : signature!.params.replace(/I/g, 'ii').length,
);
/** Is it a load or store of a 64-bit memory, whose second input then is the high half of the address (once i64 are split)? */
export function hasHighAddress(n: Node): boolean {
  if (n.op === Ir.storePair) return n.inputs.length > 3;
  return n.op < FIRST && n.inputs.length > ACCESS_SLOTS[n.op]!;
}

/** Calls whose results are the function's, and which so end it. */
export const isTailCall = (op: number): boolean =>
  op === OP.return_call || op === OP.return_call_indirect || op === OP.return_call_ref;

/** True for a load or store within bytes that are known to be in bounds. */
export const isWithinSpan = (n: Node): boolean => n.inputs[0]?.op === Ir.span && (OPS[n.op]?.width ?? 0) > 0;

/** True for nodes after which control does not go on. */
export const isTerminator = (op: number): boolean =>
  op === Ir.br || op === Ir.switch || op === Ir.trap || op === Ir.throw || isTailCall(op);

/** True for nodes that open a frame. */
export const isOpening = (op: number): boolean => op === Ir.block || op === Ir.loop || op === Ir.if || op === Ir.try;

/** Follows replacements to the node that stands now, shortening the path. */
export function resolve(n: Node): Node {
  let to = n;
  while (to.forward) to = to.forward;
  while (n.forward && n.forward !== to) {
    const next: Node = n.forward;
    n.forward = to;
    n = next;
  }
  return to;
}

/** Rewrites every operand and branch argument of the function to what it was replaced by. */
export function resolveAll(ir: FuncIR): void {
  for (const n of ir.code) resolveOperands(n);
}

/** The same for one node: all that is to be done where each is replaced before it is used. */
export function resolveOperands(n: Node): void {
  resolveList(n.inputs);
  if (n.targets) for (const t of n.targets) resolveList(t.args);
  if (n.op === Ir.loop) resolveList(n.frame!.init);
}

/** The same for one list of values, in place. */
export function resolveList(list: Node[]): void {
  for (let i = 0; i < list.length; i++) {
    const n = list[i]!;
    if (n.forward) list[i] = resolve(n);
  }
}

const DOUBLE = new Float64Array(1);
const WORDS = new Int32Array(DOUBLE.buffer);
const SINGLE = new Float32Array(1);
const SINGLE_BITS = new Int32Array(SINGLE.buffer);

/** The number that an f32 or f64 constant stands for (NaN payloads are only in the bits). */
export function floatValue(n: Node): number {
  if (n.type === Type.f32) {
    SINGLE_BITS[0] = n.imm;
    return SINGLE[0]!;
  }
  WORDS[0] = n.imm;
  WORDS[1] = n.imm2;
  return DOUBLE[0]!;
}
export function f64Const(ir: FuncIR, value: number): Node {
  DOUBLE[0] = value;
  return ir.node(OP['f64.const'], Type.f64, [], WORDS[0]!, WORDS[1]!);
}
export function f32Const(ir: FuncIR, value: number): Node {
  SINGLE[0] = value;
  return ir.node(OP['f32.const'], Type.f32, [], SINGLE_BITS[0]!);
}
