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
/** Blocks one after another that the table does not lead to, between those of cases: where several of those go on. */
const MOST_OTHERS = 8;
/** Deeper than this, cases come together in any function. */
const DEEPEST = 400;
/** Numbers of cases that a table of their own may leave out, for each that it has. */
const SPARSE = 4;

/** What a parameter of a case receives through the entry of its group, where it is not the table alone that leads there. */
interface Slot {
  readonly type: IrType;
  readonly merge: Node;
}

interface Group {
  /** Blocks whose ends begin the cases, the innermost first. */
  readonly frames: readonly Frame[];
  readonly entry: Frame;
  readonly number: Node;
  readonly slots: readonly Slot[];
  /** Those that are entered from outside the group: what only its own cases lead to may take values from those. */
  readonly members: ReadonlyMap<Frame, Member>;
  /** What the table of the group leads to. */
  readonly numbers: Numbers;
  /** The function's table, and where it stands. */
  readonly table: Node;
  readonly tableAt: number;
  /** Positions at which frames are entered by way of the group: those before this one. */
  readonly before: number;
}
interface Member {
  /** One of its numbers in the table of the group. */
  readonly number: number;
  /** What the function's table passes, if nothing else leads there from outside the group; else the slots of its parameters. */
  readonly passed: readonly Node[] | undefined;
  readonly slots: readonly number[];
}
/** A case, and the bytes of its code. */
interface Sized {
  readonly frame: Frame;
  readonly size: number;
}
/** A table, where it stands, and what it passes to the frames that it leads to. */
interface Nest {
  readonly table: Node;
  readonly tableAt: number;
  readonly passed: ReadonlyMap<Frame, readonly Node[] | undefined>;
}
interface Numbers {
  readonly least: number;
  /** By number, from the least on; undefined for those that never arrive. */
  readonly frames: readonly (Frame | undefined)[];
  /** Are they those of the function's table? */
  readonly kept: boolean;
}

/** Are its frames nested so deeply that parsers might give up? Those that are `flat` are printed without braces of their own. */
export function isDeep({ code, frameCount }: FuncIR, flat: (frame: Frame) => boolean = () => false): boolean {
  if (frameCount <= DEEPEST) return false;
  let depth = 0;
  for (const { op, frame } of code) {
    const isEnd = op === Ir.end;
    if ((!isEnd && !isOpening(op)) || flat(frame!)) continue;
    depth += isEnd ? -1 : 1;
    if (depth > DEEPEST) return true;
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
  /** By frame: positions of what branches to it. */
  private readonly sites = new Map<Frame, number[]>();
  private readonly groupOf = new Map<Frame, Group>();
  /** Constants, which stand before all else: by type and value. */
  private readonly constants = new Map<string, Node>();

  constructor(ir: FuncIR, bytes: ArrayLike<number>) {
    this.ir = ir;
    this.bytes = bytes;
    for (const [i, n] of ir.code.entries()) {
      if (n.op === Ir.end) this.ends.set(n.frame!, i);
      if (!n.targets) continue;
      for (const { frame } of n.targets) {
        const sites = this.sites.get(frame);
        if (!sites) this.sites.set(frame, [i]);
        else if (sites[sites.length - 1] !== i) sites.push(i);
      }
    }
  }

  find(): number {
    const open: Frame[] = [];
    for (const [at, n] of this.ir.code.entries()) {
      if (isOpening(n.op)) open.push(n.frame!);
      else if (n.op === Ir.end) open.pop();
      else if (n.op === Ir.switch) this.around(n, at, open);
    }
    for (const group of wrongGroups(this.ir, new Set(this.groupOf.values()), this.ends))
      for (const frame of group.frames) this.groupOf.delete(frame);
    return this.groupOf.size;
  }

  /** Brings the cases of a table together, from the innermost of the blocks around it on. */
  private around(table: Node, tableAt: number, open: readonly Frame[]): void {
    if (table.targets!.length < FEWEST_CASES) return;
    const nest: Nest = { table, tableAt, passed: argumentsOf(table) };
    let group: Sized[] = [];
    let size = 0;
    let others = 0;
    for (let i = open.length - 1; i > 0 && this.isCase(open[i]!); i--) {
      const frame = open[i]!;
      others = nest.passed.has(frame) ? 0 : others + 1;
      if (others > MOST_OTHERS) break;
      const own = this.bytes[this.ends.get(open[i - 1]!)!]! - this.bytes[this.ends.get(frame)!]!;
      if (size + own > GROUP_BYTES || group.length === MOST_CASES) {
        const count = own > GROUP_BYTES ? group.length : this.cutAt(group, frame, table);
        this.close(nest, group.slice(0, count));
        group = group.slice(count);
        size = group.reduce((sum, c) => sum + c.size, 0);
      }
      if (own > GROUP_BYTES) continue;
      group.push({ frame, size: own });
      size += own;
    }
    this.close(nest, group);
  }
  /** How many of the cases come together, before one more: what the table alone leads to needs nothing passed as the first of a group. */
  private cutAt(group: readonly Sized[], next: Frame, table: Node): number {
    if (this.isTableOnly(next, table)) return group.length;
    for (let first = group.length - 1; first > group.length >> 1; first--)
      if (this.isTableOnly(group[first]!.frame, table)) return first;
    return group.length;
  }
  private isTableOnly(frame: Frame, table: Node): boolean {
    return this.sitesOf(frame).every((at) => this.ir.code[at] === table);
  }
  private sitesOf(frame: Frame): readonly number[] {
    return this.sites.get(frame) ?? [];
  }
  private isCase(frame: Frame): boolean {
    if (frame.kind !== 'block' || this.groupOf.has(frame)) return false;
    return frame.params.every(({ type }) => type !== Type.ref);
  }

  private close({ table, tableAt, passed }: Nest, cases: readonly Sized[]): void {
    const frames = cases.map(({ frame }) => frame);
    // What stands around all that the table leads to is no case.
    while (frames.length > 0 && !passed.has(frames[frames.length - 1]!)) frames.pop();
    if (frames.length < FEWEST_CASES) return;
    const entry = this.ir.frame('block');
    const number = this.ir.merge(entry, Type.i32);
    const slots: Slot[] = [];
    const members = new Map<Frame, Member>();
    const before = this.ends.get(frames[0]!)!;
    const entered = frames.filter((f, i) => i === 0 || this.sitesOf(f).some((at) => at < before));
    const numbers = numbersOf(table, entered);
    for (const frame of entered) {
      const isTableAlone = this.sitesOf(frame).every((at) => at >= before || this.ir.code[at] === table);
      const values = isTableAlone ? passed.get(frame) : undefined;
      members.set(frame, {
        number: numbers.least + numbers.frames.indexOf(frame),
        passed: values,
        slots: values ? [] : this.slotsOf(frame, slots, entry),
      });
    }
    const group: Group = { frames, entry, number, slots, members, numbers, table, tableAt, before };
    for (const frame of frames) this.groupOf.set(frame, group);
  }

  /** Slots for the parameters of a case, which others may have, too. */
  private slotsOf({ params }: Frame, slots: Slot[], entry: Frame): number[] {
    const taken = new Set<number>();
    for (const { type } of params) {
      let at = slots.findIndex((s, i) => s.type === type && !taken.has(i));
      if (at < 0) at = slots.push({ type, merge: this.ir.merge(entry, type) }) - 1;
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
        if (n.frame === group.frames[group.frames.length - 1]) code.push(ir.marker(Ir.block, group.entry));
      } else if (group && n.frame === group.frames[0]) {
        code.push(ir.marker(Ir.end, group.entry));
        for (let i = group.frames.length - 1; i >= 0; i--) code.push(ir.marker(Ir.block, group.frames[i]!));
        this.writeTable(group, code);
        code.push(n);
      } else code.push(n);
      if (n.targets) n.targets = n.targets.map((t, k) => this.redirected(n, k, t, at));
    }
    ir.code = [...this.constants.values(), ...code];
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
    table.targets = numbers.frames.map((frame = frames[0]!) => {
      const member = members.get(frame)!;
      return { frame, args: member.passed?.slice() ?? member.slots.map((s) => slots[s]!.merge) };
    });
    code.push(table);
  }

  /** Target `k` of the node at a position, by way of its group. */
  private redirected(n: Node, k: number, target: Target, at: number): Target {
    const group = this.groupOf.get(target.frame);
    if (!group || at >= group.before) return target;
    const { number, slots } = group.members.get(target.frame)!;
    // All cases that the function's table leads to have the same arguments, and so one label after the other.
    const keeps = n === group.table && group.numbers.kept && k < n.targets!.length - 1;
    const args: Node[] = [keeps ? n.inputs[0]! : this.constant(Type.i32, number)];
    for (const { type } of group.slots) args.push(this.constant(type, 0));
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

/** What a table passes to each frame that it leads to; undefined where that is not always the same. */
function argumentsOf({ targets }: Node): ReadonlyMap<Frame, readonly Node[] | undefined> {
  const passed = new Map<Frame, readonly Node[] | undefined>();
  for (const { frame, args } of targets!) {
    const known = passed.get(frame);
    if (!passed.has(frame)) passed.set(frame, args);
    else if (!known || args.some((a, i) => a !== known[i])) passed.set(frame, undefined);
  }
  return passed;
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
function wrongGroups(
  { code, nodeCount }: FuncIR,
  groups: ReadonlySet<Group>,
  ends: ReadonlyMap<Frame, number>,
): Set<Group> {
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
  const isAround = (frame: Frame | undefined, at: number): boolean =>
    frame === undefined || (begins.get(frame)! < at && ends.get(frame)! > at);
  const use = (v: Node, at: number): void => {
    const defined = definedAt[v.id]!;
    for (const { group, begin, first, end } of spans) {
      if (at < end || defined <= begin || defined >= end) continue;
      if (defined >= first || !isAround(home[v.id], group.tableAt)) wrong.add(group);
    }
  };
  for (const { members, before } of groups)
    for (const { passed } of members.values()) for (const v of passed ?? []) use(v, before);
  for (const [at, n] of code.entries()) {
    for (const v of n.inputs) use(v, at);
    if (n.op === Ir.loop) for (const v of n.frame!.init) use(v, at);
    if (n.targets) for (const { args } of n.targets) for (const v of args) use(v, at);
  }
  return wrong;
}
