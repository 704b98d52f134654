/**
 * `br_table` as a `switch` whose cases hold the code itself.
 *
 * Compilers put a block around the table for each case, and the code of the case after the block's end. Where a block's
 * label serves the table alone, its end becomes `case n:` inside the switch, and neither block nor branch remains: less
 * text, and nesting that does not grow with the number of cases, which host parsers limit to a few thousand levels.
 * Whether a label has other users is known when its block ends, which is when the lines printed before are corrected.
 */
import type { Js } from '../js/expr.ts';
import type { Frame, FunctionEmitter } from './function.ts';

/** A switch that may still take in code. */
export interface OpenSwitch {
  /** The construct whose end decides next, as a place in `frames`. */
  next: number;
  /** By construct: the line that jumps there, and the labels in front of the jump. */
  readonly cases: ReadonlyMap<Frame, { readonly line: number; readonly labels: string }>;
  /** The line that closes the switch, until it has taken in a case. */
  readonly closing: number;
  open: boolean;
}

/** Prints a switch that jumps: `cases` are constructs and their labels, `jump` gives the statement that goes there. */
export function writeSwitch(
  f: FunctionEmitter,
  selector: Js,
  cases: ReadonlyMap<Frame, readonly string[]>,
  jump: (frame: Frame) => string,
): void {
  f.out.opens(`switch (${selector.text}) {`);
  const lines = new Map<Frame, { line: number; labels: string }>();
  for (const [frame, parts] of cases) {
    const labels = parts.join(' ');
    lines.set(frame, { line: f.out.length, labels });
    f.line(`${labels} ${jump(frame)}`);
  }
  f.out.closes();
  f.switches.push({ next: f.frames.length - 1, cases: lines, closing: f.out.length - 1, open: false });
}

/** At the end of the innermost construct, while it is still open: true where a switch has taken in its label. */
export function endsInSwitch(f: FunctionEmitter, frame: Frame): boolean {
  const depth = f.frames.length - 1;
  for (let s = f.switches.at(-1); s?.next === depth; s = f.switches.at(-1)) {
    if (takeIn(f, frame, s)) {
      for (const other of f.switches) if (other.next === depth) other.next--;
      return true;
    }
    f.switches.pop();
    if (s.open) f.out.closes();
  }
  return false;
}

function takeIn(f: FunctionEmitter, frame: Frame, s: OpenSwitch): boolean {
  const own = s.cases.get(frame);
  if (frame.kind !== 'block' || frame.uses !== (own === undefined ? 0 : 1)) return false;
  if (frame.params.length > 0 || frame.results.length > 0) return false;
  f.out.removeAt(frame.opener);
  if (own === undefined) return true;
  if (!s.open) f.out.removeAt(s.closing);
  s.open = true;
  f.out.removeAt(own.line);
  f.line(own.labels);
  return true;
}
