/**
 * Branch tables → `switch`. The usual nest of blocks around a table, one per case, becomes the cases themselves: where a
 * block is reached only from the table and by falling off the case before it, its `end` prints as case labels.
 */
import { type Frame, type FuncIR, Ir, type Node, type Target } from '../../3-lower/ir.ts';
import { fallsInto, type Shape } from './shape.ts';
import type { Variables } from './variables.ts';

interface Arm {
  readonly labels: string;
  readonly target: Target;
}
interface Nest {
  /** Blocks whose end starts a case. */
  readonly inner: ReadonlySet<Frame>;
  /** The block that is left by leaving the switch. */
  readonly last: Frame;
}

export interface SwitchPlan {
  nestOf(n: Node): Nest | undefined;
  /** True for a block that prints no braces of its own because it is part of a switch. */
  absorbs(frame: Frame): boolean;
  /** The case labels to print at the end of a block, if it is a case. */
  caseAt(frame: Frame): string | undefined;
  /** Cases that only jump. */
  arms(n: Node): readonly Arm[];
}

const NO_SWITCHES: SwitchPlan = {
  nestOf: () => undefined,
  absorbs: () => false,
  caseAt: () => undefined,
  arms: () => [],
};

export function planSwitches(ir: FuncIR, shape: Shape, variables: Variables): SwitchPlan {
  const { code } = ir;
  const switches: number[] = [];
  for (let i = 0; i < code.length; i++) if (code[i]!.op === Ir.switch) switches.push(i);
  if (switches.length === 0) return NO_SWITCHES;
  const nests = new Map<Node, Nest>();
  const known = new Map<Node, readonly Arm[]>();
  const groupsOf = (n: Node): readonly Arm[] => {
    let arms = known.get(n);
    if (!arms) known.set(n, (arms = groups(n)));
    return arms;
  };
  const absorbed = new Set<Frame>();
  const cases = new Map<Frame, string>();
  const sites = branchSites(ir);
  for (const at of switches) {
    const n = code[at]!;
    const nest = findNest(ir, shape, variables, sites, at, absorbed);
    if (!nest) continue;
    nests.set(n, nest);
    absorbed.add(nest.last);
    for (const frame of nest.inner) {
      absorbed.add(frame);
      cases.set(frame, '');
    }
    for (const { labels, target } of groupsOf(n)) if (nest.inner.has(target.frame)) cases.set(target.frame, labels);
  }
  return {
    nestOf: (n) => nests.get(n),
    absorbs: (frame) => absorbed.has(frame),
    caseAt: (frame) => cases.get(frame),
    arms: (n) => {
      const nest = nests.get(n);
      if (!nest) return groupsOf(n);
      return groupsOf(n).filter(({ labels, target }) => {
        if (nest.inner.has(target.frame)) return false;
        // No case at all leaves the switch too.
        return !(labels === 'default:' && target.frame === nest.last && passesNothing(target, variables));
      });
    },
  };
}

/** Does the branch need no assignment? */
export function passesNothing(t: Target, variables: Variables): boolean {
  return t.args.every((a, i) => {
    const name = variables.nameOf(a);
    return name !== undefined && name === variables.nameOf(t.frame.params[i]!);
  });
}

/** The table's targets, equal ones together; the default's explicit cases are left out. */
function groups(n: Node): Arm[] {
  const targets = n.targets!;
  const byKey = new Map<string | number, { labels: string[]; target: Target }>();
  const key = ({ frame, args }: Target): string | number =>
    args.length === 0 ? frame.id : `${frame.id}:${args.map((a) => a.id).join(',')}`;
  for (const [i, target] of targets.entries()) {
    const k = key(target);
    const group = byKey.get(k);
    const label = i === targets.length - 1 ? 'default:' : `case ${i}:`;
    if (group) group.labels.push(label);
    else byKey.set(k, { labels: [label], target });
  }
  return Array.from(byKey.values(), ({ labels, target }) => ({
    labels: labels.includes('default:') ? 'default:' : labels.join(' '),
    target,
  }));
}

function branchSites(ir: FuncIR): Map<Frame, { at: number; target: Target }[]> {
  const sites = new Map<Frame, { at: number; target: Target }[]>();
  for (const [at, n] of ir.code.entries()) {
    if (!n.targets) continue;
    for (const target of n.targets) {
      const list = sites.get(target.frame);
      if (list) list.push({ at, target });
      else sites.set(target.frame, [{ at, target }]);
    }
  }
  return sites;
}

function findNest(
  ir: FuncIR,
  shape: Shape,
  variables: Variables,
  sites: ReadonlyMap<Frame, readonly { at: number; target: Target }[]>,
  at: number,
  taken: ReadonlySet<Frame>,
): Nest | undefined {
  const free = (frame: Frame): boolean => !taken.has(frame) && !shape.loopOfBlock.has(frame);
  const first = ir.code[at + 1];
  if (first?.op !== Ir.end || first.frame!.kind !== 'block' || !free(first.frame!)) return undefined;
  const falls = (site: number, frame: Frame): boolean =>
    ir.code[site]!.op === Ir.br && fallsInto(ir, shape, site, frame);
  const isCase = (frame: Frame): boolean =>
    (sites.get(frame) ?? []).every((s) => passesNothing(s.target, variables) && (s.at === at || falls(s.at, frame)));
  const inner = new Set<Frame>();
  let last = first.frame!;
  while (isCase(last)) {
    const around = ir.code[shape.begin.get(last)! - 1];
    if (around?.op !== Ir.block || !free(around.frame!)) break;
    inner.add(last);
    last = around.frame!;
  }
  while ((sites.get(last) ?? []).some((s) => s.at < at)) {
    const before = [...inner].pop();
    if (before === undefined) return undefined;
    inner.delete(before);
    last = before;
  }
  return { inner, last };
}
