/**
 * Functions around one large branch table, such as the state machines that Go's compiler makes of functions that may be suspended:
 * thousands of small cases in as many nested blocks. Parsers give up at such a depth (V8's at less than 2000), and if each case
 * becomes a function, so many calls remain that V8 optimises them no more. Here cases that follow one another are brought
 * together behind one block, with a table of their own:
 *
 *     block B2, block B1, block B0, switch → B0 B1 B2, end B0, case 0, end B1, case 1, end B2, case 2
 *
 * becomes, for cases 0 and 1,
 *
 *     block B2, block E(n), switch → E(n) E(n) B2, end E,
 *       block B1, block B0, switch n → B0 B1, end B0, case 0, end B1, case 1,
 *     end B2, case 2
 *
 * and what lies between the ends of E and B2 has one entry: a region like any other.
 */
import {
  type Frame,
  type FuncIR,
  f32Const,
  f64Const,
  Ir,
  type IrType,
  isOpening,
  type Node,
  type Target,
  Type,
} from '../../3-lower/ir.ts';
import { OP } from '../../wasm/opcodes.ts';

/** Bytes of bytecode of cases that come together, as they are guessed: far enough below what V8 optimises. */
const GROUP_BYTES = 30_000;
/** How many may come together, and for how few a table is not worth it. */
const MOST_CASES = 150;
const FEWEST_CASES = 3;
/** Deeper than this, cases come together in any function. */
const DEEPEST = 400;
/** Numbers of cases that a table of their own may leave out, for each that it has. */
const SPARSE = 4;

/** What a case's parameters receive on the way through the entry of its group. */
interface Slot {
  readonly type: IrType;
  /** What the function's table passes; undefined if no case is reached from there. */
  readonly passed: Node | undefined;
  readonly merge: Node;
}

interface Group {
  /** Blocks whose ends begin the cases, the innermost first. */
  readonly frames: readonly Frame[];
  readonly entry: Frame;
  readonly number: Node;
  readonly slots: readonly Slot[];
  readonly members: ReadonlyMap<Frame, Member>;
  /** What the table of the group leads to. */
  readonly numbers: Numbers;
  /** The function's table, and the frames around it. */
  readonly table: Node;
  readonly around: ReadonlySet<Frame>;
  /** Positions at which frames are entered by way of the group: those before this one. */
  readonly before: number;
}
interface Member {
  /** One of its numbers in the table of the group. */
  readonly number: number;
  /** By parameter: the slot that it is passed through. */
  readonly slots: readonly number[];
}
interface Numbers {
  readonly least: number;
  /** By number, from the least on; undefined for those that never arrive. */
  readonly frames: readonly (Frame | undefined)[];
  /** Are they those of the function's table? */
  readonly kept: boolean;
}

/** Are its frames nested so deeply that parsers might give up? */
export function isDeep(ir: FuncIR): boolean {
  if (ir.frameCount <= DEEPEST) return false;
  let depth = 0;
  for (const { op } of ir.code) {
    if (op === Ir.end) depth--;
    else if (isOpening(op) && ++depth > DEEPEST) return true;
  }
  return false;
}

/**
 * @param bytes size of the text before each position, about
 * @returns the cases that have been brought together; if none, the function is as it was
 */
export function groupCases(ir: FuncIR, bytes: ArrayLike<number>): number {
  const grouping = new Grouping(ir, bytes);
  const cases = grouping.find();
  if (cases > 0) grouping.rewrite();
  return cases;
}

class Grouping {
  private readonly ir: FuncIR;
  private readonly bytes: ArrayLike<number>;
  private readonly ends = new Map<Frame, number>();
  private readonly groupOf = new Map<Frame, Group>();
  /** Constants, which stand before all else: by type and value. */
  private readonly constants = new Map<string, Node>();

  constructor(ir: FuncIR, bytes: ArrayLike<number>) {
    this.ir = ir;
    this.bytes = bytes;
    for (const [i, n] of ir.code.entries()) if (n.op === Ir.end) this.ends.set(n.frame!, i);
  }

  find(): number {
    const open: Frame[] = [];
    for (const n of this.ir.code) {
      if (isOpening(n.op)) open.push(n.frame!);
      else if (n.op === Ir.end) open.pop();
      else if (n.op === Ir.switch) this.around(n, open);
    }
    for (const group of wrongGroups(this.ir, new Set(this.groupOf.values())))
      for (const frame of group.frames) this.groupOf.delete(frame);
    return this.groupOf.size;
  }

  /** Brings the cases of a table together, from the innermost of the blocks around it on. */
  private around(table: Node, open: readonly Frame[]): void {
    const around = new Set(open);
    let group: Frame[] = [];
    let size = 0;
    for (let i = open.length - 1; i > 0; i--) {
      const frame = open[i]!;
      if (!this.isCase(frame)) break;
      const own = this.bytes[this.ends.get(open[i - 1]!)!]! - this.bytes[this.ends.get(frame)!]!;
      if (size + own > GROUP_BYTES || group.length === MOST_CASES) {
        this.close(table, group, around);
        group = [];
        size = 0;
      }
      if (own > GROUP_BYTES) continue;
      group.push(frame);
      size += own;
    }
    this.close(table, group, around);
  }
  private isCase(frame: Frame): boolean {
    return frame.kind === 'block' && !this.groupOf.has(frame) && frame.params.every(({ type }) => type !== Type.ref);
  }

  private close(table: Node, frames: readonly Frame[], around: ReadonlySet<Frame>): void {
    if (frames.length < FEWEST_CASES) return;
    const { ir } = this;
    const entry = ir.frame('block');
    const number = ir.merge(entry, Type.i32);
    const slots: Slot[] = [];
    const members = new Map<Frame, Member>();
    const numbers = numbersOf(table, frames);
    for (const frame of frames) {
      const passed = table.targets!.find((t) => t.frame === frame)?.args;
      const member = numbers.least + numbers.frames.indexOf(frame);
      members.set(frame, { number: member, slots: this.slotsOf(frame, passed, slots, entry) });
    }
    const before = this.ends.get(frames[0]!)!;
    const group: Group = { frames, entry, number, slots, members, numbers, table, around, before };
    for (const frame of frames) this.groupOf.set(frame, group);
  }

  /** Slots for the parameters of a case: shared with those of others for which the table passes the same. */
  private slotsOf({ params }: Frame, passed: readonly Node[] | undefined, slots: Slot[], entry: Frame): number[] {
    const taken = new Set<number>();
    for (const [k, { type }] of params.entries()) {
      const value = passed?.[k];
      let at = slots.findIndex((s, i) => s.type === type && s.passed === value && !taken.has(i));
      if (at < 0) at = slots.push({ type, passed: value, merge: this.ir.merge(entry, type) }) - 1;
      taken.add(at);
    }
    return [...taken];
  }

  rewrite(): void {
    const { ir } = this;
    const code: Node[] = [];
    for (const [at, n] of ir.code.entries()) {
      const group = n.frame && n.op !== Ir.merge ? this.groupOf.get(n.frame) : undefined;
      if (group && n.op === Ir.block) {
        if (n.frame === group.frames[group.frames.length - 1]) code.push(this.marker(Ir.block, group.entry));
      } else if (group && n.frame === group.frames[0]) {
        code.push(this.marker(Ir.end, group.entry));
        for (let i = group.frames.length - 1; i >= 0; i--) code.push(this.marker(Ir.block, group.frames[i]!));
        this.writeTable(group, code);
        code.push(n);
      } else code.push(n);
      if (n.targets) n.targets = n.targets.map((t, k) => this.redirected(n, k, t, at));
    }
    ir.code = [...this.constants.values(), ...code];
  }

  private marker(op: number, frame: Frame): Node {
    const n = this.ir.node(op, Type.none, []);
    n.frame = frame;
    return n;
  }

  /** The table of a group, at its entry. */
  private writeTable({ frames, number, slots, members, numbers }: Group, code: Node[]): void {
    const { ir } = this;
    const { least } = numbers;
    let input = number;
    if (least !== 0) {
      input = ir.node(OP['i32.sub'], Type.i32, [number, this.constant(Type.i32, least)]);
      code.push(input);
    }
    const table = ir.node(Ir.switch, Type.none, [input]);
    // Where a number would go that never arrives makes no difference.
    table.targets = numbers.frames.map((frame = frames[0]!) => ({
      frame,
      args: members.get(frame)!.slots.map((s) => slots[s]!.merge),
    }));
    code.push(table);
  }

  /** Target `k` of the node at a position, by way of its group. */
  private redirected(n: Node, k: number, target: Target, at: number): Target {
    const group = this.groupOf.get(target.frame);
    if (!group || at >= group.before) return target;
    const { number, slots } = group.members.get(target.frame)!;
    const isTable = n === group.table;
    // All cases that the function's table leads to have the same arguments, and so one label after the other.
    const keeps = isTable && group.numbers.kept && k < n.targets!.length - 1;
    const args: Node[] = [keeps ? n.inputs[0]! : this.constant(Type.i32, number)];
    for (const { type, passed } of group.slots) args.push((isTable && passed) || this.constant(type, 0));
    for (const [i, slot] of slots.entries()) args[slot + 1] = target.args[i]!;
    return { frame: group.entry, args };
  }

  private constant(type: IrType, value: number): Node {
    const key = `${type} ${value}`;
    let n = this.constants.get(key);
    if (!n) {
      const { ir } = this;
      n = type === Type.i32 ? ir.i32(value) : type === Type.f32 ? f32Const(ir, value) : f64Const(ir, value);
      this.constants.set(key, n);
    }
    return n;
  }
}

/** Numbers for cases: those that the function's table has for them, if they are near one another. */
function numbersOf(table: Node, frames: readonly Frame[]): Numbers {
  const wanted = new Set(frames);
  const kept = new Map<number, Frame>();
  for (const [i, { frame }] of table.targets!.slice(0, -1).entries()) if (wanted.has(frame)) kept.set(i, frame);
  const all = [...kept.keys()];
  const least = all[0] ?? 0;
  const most = all[all.length - 1] ?? 0;
  if (kept.size === 0 || most - least >= SPARSE * frames.length) return { least: 0, frames, kept: false };
  const numbered: (Frame | undefined)[] = [];
  for (let i = least; i <= most; i++) numbered.push(kept.get(i));
  // What only branches lead to follows.
  for (const frame of frames) if (!numbered.includes(frame)) numbered.push(frame);
  return { least, frames: numbered, kept: true };
}

/**
 * Groups that cannot be: a value that a case takes from what runs before it would not be there on all ways through the entry. It has
 * to be computed on the way to the table, before anything leads to a case.
 */
function wrongGroups({ code, nodeCount }: FuncIR, groups: ReadonlySet<Group>): Set<Group> {
  const wrong = new Set<Group>();
  if (groups.size === 0) return wrong;
  /** By node id: where a value is defined, and in which frame. */
  const definedAt = new Int32Array(nodeCount).fill(-1);
  const home: (Frame | undefined)[] = [];
  const begins = new Map<Frame, number>();
  /** By frame: the first branch to it. */
  const firstTo = new Map<Frame, number>();
  const open: Frame[] = [];
  const define = (v: Node, at: number): void => {
    definedAt[v.id] = at;
    home[v.id] = open[open.length - 1];
  };
  for (const [at, n] of code.entries()) {
    if (n.op === Ir.end) {
      open.pop();
      if (n.frame!.kind !== 'loop') for (const p of n.frame!.params) define(p, at);
    } else if (isOpening(n.op)) {
      open.push(n.frame!);
      begins.set(n.frame!, at);
      if (n.op === Ir.loop) for (const p of n.frame!.params) define(p, at);
    } else define(n, at);
    if (n.targets) for (const { frame } of n.targets) if (!firstTo.has(frame)) firstTo.set(frame, at);
  }
  const spans = Array.from(groups, (group) => ({
    group,
    begin: begins.get(group.frames[group.frames.length - 1]!)!,
    first: Math.min(...group.frames.map((f) => firstTo.get(f) ?? group.before)),
    end: group.before,
  }));
  const use = (v: Node, at: number): void => {
    const defined = definedAt[v.id]!;
    for (const { group, begin, first, end } of spans) {
      if (at < end || defined <= begin || defined >= end) continue;
      if (defined >= first || !group.around.has(home[v.id]!)) wrong.add(group);
    }
  };
  for (const [at, n] of code.entries()) {
    for (const v of n.inputs) use(v, at);
    if (n.op === Ir.loop) for (const v of n.frame!.init) use(v, at);
    if (n.targets) for (const { args } of n.targets) for (const v of args) use(v, at);
  }
  return wrong;
}
