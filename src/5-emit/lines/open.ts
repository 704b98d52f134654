/** The JavaScript statements that are open around a position while a function is printed, and their labels. */
import type { Frame } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';

export interface Open {
  readonly kind: 'block' | 'loop' | 'do' | 'if' | 'try' | 'switch';
  readonly frame: Frame;
  /** Line of the head, to be patched. */
  readonly head: number;
  readonly text: string;
  /** Number of its label, -1 without one; and the greatest of those on closed statements inside it. */
  label: number;
  inside: number;
  /** `if`: makes the head for an empty first arm, which few need; and the line of the else. */
  readonly negated: (() => string) | undefined;
  elseLine: number;
  /** `do`: its condition, and what runs after it. */
  readonly tail: { condition: string; after: string[] } | undefined;
}

/** The open statements, from the outermost in. What branches ask of them takes no longer in deep nests. */
export class OpenStatements {
  private readonly all: Open[] = [];
  /** By statement: the innermost one, itself included, that a bare `break` or `continue` refers to; -1 if there is none. */
  private readonly breaks: number[] = [];
  private readonly continues: number[] = [];
  /** By frame id: one more than the place of its statement. Only frames that are open are asked for. */
  private readonly places: Int32Array;

  constructor(places: Int32Array) {
    this.places = places;
  }
  get length(): number {
    return this.all.length;
  }
  get top(): Open | undefined {
    return this.all[this.all.length - 1];
  }
  at(place: number): Open {
    return this.all[place]!;
  }
  /** The place of a frame's statement, below 0 if it is not open. */
  placeOf(frame: Frame): number {
    const place = this.places[frame.id]! - 1;
    return this.all[place]?.frame === frame ? place : -1;
  }

  push(statement: Open): void {
    const { kind, frame } = statement;
    const place = this.all.push(statement) - 1;
    const loops = kind === 'loop' || kind === 'do';
    this.breaks.push(loops || kind === 'switch' ? place : (this.breaks[place - 1] ?? -1));
    this.continues.push(loops ? place : (this.continues[place - 1] ?? -1));
    if (frame.id >= 0) this.places[frame.id] = place + 1;
  }
  pop(): Open {
    this.breaks.pop();
    this.continues.pop();
    return this.all.pop()!;
  }
  /** Takes the innermost statement away, and leaves its labels to the one around it. */
  close(): void {
    const { label, inside } = this.pop();
    const around = this.top;
    if (around) around.inside = Math.max(around.inside, label, inside);
  }

  /** The innermost statement that a bare `break` leaves. */
  get breakable(): Open | undefined {
    return this.all[this.breaks[this.all.length - 1] ?? -1];
  }
  /** Does a bare `break` (or `continue`) refer to the statement at a place? */
  isBare(place: number, continues: boolean): boolean {
    return (continues ? this.continues : this.breaks)[this.all.length - 1] === place;
  }

  /**
   * The label of a statement, which gets one with this if it has none: the least number that no label around it has and
   * that is above those inside, so that the same code has the same labels wherever it stands.
   */
  labelOf(place: number): string {
    const { all } = this;
    const statement = all[place]!;
    if (statement.label < 0) {
      let label = 0;
      for (let j = place; j < all.length; j++) label = Math.max(label, all[j]!.inside + 1);
      const taken = scratch.bytes(all.length);
      for (const o of all) if (o.label >= label) taken[o.label - label] = 1;
      label += taken.indexOf(0);
      statement.label = label;
    }
    return `L${statement.label}`;
  }
}

/** The head of a statement, with its label. */
export const labelled = ({ label, text }: Open): string => (label < 0 ? text : `L${label}: ${text}`);
