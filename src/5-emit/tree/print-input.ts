/** What a function's printer is given, and what it gives. */
import type { FuncIR } from '../../3-lower/ir.ts';
import type { Shape } from '../form/shape.ts';
import type { SwitchPlan } from '../form/switches.ts';
import type { Trees } from '../form/trees.ts';
import type { Variables } from '../form/variables.ts';
import type { Part } from '../large/outline.ts';
import type { Expressions } from './expressions.ts';
import type { LoopViews } from './views.ts';

export interface PrintInput {
  readonly ir: FuncIR;
  readonly trees: Trees;
  readonly variables: Variables;
  readonly shape: Shape;
  readonly switches: SwitchPlan;
  readonly views: LoopViews;
  readonly expressions: Expressions;
  /** The result is one i64: its high half goes to the cell. */
  readonly wideResult: boolean;
  /** `--optimize size`: assignments join the statements behind them. */
  readonly small: boolean;
  /** Views that are read again are in local variables. */
  readonly reuses: boolean;
  /** By node id: values that are to say of which type they are. undefined: none. */
  readonly untyped: Uint8Array | undefined;
  /** Regions that become functions of their own, by their first position. */
  readonly parts: ReadonlyMap<number, Part>;
}

/** A function as it was printed. */
export interface PrintedText {
  /** Length of its text, without indentation. */
  readonly characters: number;
  readonly text: string;
  /** The functions that were cut out of it. */
  readonly parts: string;
}
