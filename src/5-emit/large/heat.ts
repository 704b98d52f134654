/** How often each instruction of a large function runs, guessed from the branches. */

import { isCall } from '../../3-lower/effects.ts';
import { type Frame, type FuncIR, Ir, isTailCall, type Target } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';

/** Rounds of a loop. */
const ROUNDS = 8;
/** The share of a branch out of the loop, or towards a trap, where the other way stays: what is left for errors mostly. */
const RARELY = 1 / 16;
/**
 * The share of a branch to a call, where the other way gets along without: what is usual is written to be quick (Ball and Larus,
 * Branch Prediction for Free, 1993). Of the cases of a switch, those that call in any case get this part of the others.
 */
const CALLING = 1 / 8;

/** A loop that is open: what has left it so far. */
interface Round {
  readonly frame: Frame;
  readonly begin: number;
  readonly entered: number;
  readonly leaving: { readonly frame: Frame; readonly flow: number }[];
}

/** Each branch is as likely as not, unless it alone leaves the loop or calls; what leaves a loop is as much as has entered it. */
export function heatOf(ir: FuncIR): Float64Array {
  const { code } = ir;
  const { from, behind } = waysOf(ir);
  const result = scratch.doubles(code.length);
  const begin = new Map<Frame, number>([[ir.exit, -1]]);
  /** What branches bring to the end of a frame. */
  const arrivals = new Map<Frame, number>();
  const rounds: Round[] = [];
  /** By `if`: what flows past the arm that is being looked at. */
  const beside = new Map<Frame, number>();
  let now = 1;
  const go = (frame: Frame, flow: number): void => {
    const round = rounds[rounds.length - 1];
    if (round && begin.get(frame)! < round.begin) round.leaving.push({ frame, flow });
    else if (frame.kind !== 'loop') arrivals.set(frame, (arrivals.get(frame) ?? 0) + flow);
  };
  for (let i = 0; i < code.length; i++) {
    const n = code[i]!;
    result[i] = now;
    switch (n.op) {
      case Ir.block:
      case Ir.try:
        begin.set(n.frame!, i);
        break;
      case Ir.loop:
        begin.set(n.frame!, i);
        rounds.push({ frame: n.frame!, begin: i, entered: now, leaving: [] });
        now *= ROUNDS;
        break;
      case Ir.if: {
        begin.set(n.frame!, i);
        const taken = share(from[i + 1]!, from[i]! >> TAKEN);
        beside.set(n.frame!, now * (1 - taken));
        now *= taken;
        break;
      }
      case Ir.else: {
        const other = beside.get(n.frame!)!;
        beside.set(n.frame!, now);
        now = other;
        break;
      }
      case Ir.end: {
        const frame = n.frame!;
        if (frame.kind !== 'loop') {
          now += (beside.get(frame) ?? 0) + (arrivals.get(frame) ?? 0);
          // Only exceptions lead behind a `try`.
          if (frame.kind === 'try') now = RARELY * result[begin.get(frame)!]!;
          break;
        }
        const { entered, leaving } = rounds.pop()!;
        const all = leaving.reduce((sum, { flow }) => sum + flow, now);
        const scale = all > 0 ? entered / all : 1;
        now *= scale;
        for (const { frame: to, flow } of leaving) go(to, flow * scale);
        break;
      }
      case Ir.brIf: {
        const taken = n.targets![0]!.frame;
        const part = now * (taken.kind === 'loop' ? 1 - RARELY : share(from[i]! >> TAKEN, from[i + 1]!));
        go(taken, part);
        now -= part;
        break;
      }
      case Ir.trap:
      case Ir.throw:
        now = 0;
        break;
      default:
        if (n.targets) {
          const frames = [...new Set(n.targets.map((t) => t.frame))];
          const weights = frames.map((frame) => ((behind.get(frame) ?? 0) & CALLS ? CALLING : 1));
          const all = weights.reduce((sum, w) => sum + w, 0);
          for (const [k, frame] of frames.entries()) go(frame, (now * weights[k]!) / all);
          now = 0;
        } else if (isTailCall(n.op)) now = 0;
    }
  }
  return result;
}

/** The share of one way, by what it and the other surely do. */
function share(one: number, other: number): number {
  const differ = one ^ other;
  if (differ & LEAVES) return one & LEAVES ? RARELY : 1 - RARELY;
  if (differ & CALLS) return one & CALLS ? CALLING : 1 - CALLING;
  return 0.5;
}

/** What every way from a position does: it leaves the innermost loop or traps; it calls before it goes round or returns. */
const LEAVES = 1;
const CALLS = 2;
/** By so many bits to the left: what the branch, or the second arm, of what is at a position does. */
const TAKEN = 2;

interface Ways {
  /** By position, and one more. */
  readonly from: Uint8Array;
  /** By the frame whose end a branch goes to. */
  readonly behind: ReadonlyMap<Frame, number>;
}

function waysOf(ir: FuncIR): Ways {
  const { code } = ir;
  const from = scratch.bytes(code.length + 1);
  const open: Frame[] = [];
  const depth = new Map<Frame, number>([[ir.exit, -1]]);
  const behind = new Map<Frame, number>();
  const second = new Map<Frame, number>();
  /** Depth of the innermost loop, and those of the loops around it. */
  const loops: number[] = [];
  const targetDoes = ({ frame }: Target): number => {
    const loop = loops[loops.length - 1] ?? -1;
    const does = behind.get(frame) ?? 0;
    return depth.get(frame)! < loop ? does | LEAVES : does;
  };
  for (let i = code.length - 1; i >= 0; i--) {
    const n = code[i]!;
    const next = from[i + 1]! & (LEAVES | CALLS);
    let falling = next;
    let taken = 0;
    switch (n.op) {
      case Ir.end: {
        const frame = n.frame!;
        depth.set(frame, open.push(frame) - 1);
        second.set(frame, next);
        if (frame.kind === 'loop') loops.push(open.length - 1);
        else behind.set(frame, next);
        break;
      }
      case Ir.else:
        second.set(n.frame!, next);
        falling = behind.get(n.frame!)!;
        break;
      case Ir.if:
        open.pop();
        taken = second.get(n.frame!)!;
        falling = next & taken;
        break;
      case Ir.loop:
        loops.pop();
        open.pop();
        falling = next & CALLS;
        break;
      case Ir.block:
      case Ir.try:
        open.pop();
        break;
      case Ir.trap:
      case Ir.throw:
        falling = LEAVES | CALLS;
        break;
      case Ir.brIf:
        taken = targetDoes(n.targets![0]!);
        falling = next & taken;
        break;
      default:
        if (n.targets) falling = n.targets.reduce((all, t) => all & targetDoes(t), LEAVES | CALLS);
        else if (isCall(n)) falling |= CALLS;
    }
    from[i] = falling | (taken << TAKEN);
  }
  return { from, behind };
}
