/** What is noted for `--explain` of how a function was printed: its size against what V8 optimises, and its variables. */
import { isCall } from '../../3-lower/effects.ts';
import { type FuncIR, Ir, isAccess, type Node, Type } from '../../3-lower/ir.ts';
import type { FuncNotes } from '../../notes.ts';
import type { Trees } from '../form/trees.ts';
import type { Variables } from '../form/variables.ts';
import { allAccesses } from '../large/accesses.ts';
import type { Region } from '../large/candidates.ts';
import { variablesIn } from '../large/names.ts';
import { bytecodeEstimate, OPTIMISED_LIMIT } from '../large/size.ts';

export function tellLowered(notes: FuncNotes, ir: FuncIR): void {
  const { note } = notes.begin('lower');
  const count = (is: (n: Node) => boolean): number => ir.code.filter(is).length;
  note('nodes', ir.code.length);
  note('loops', count(isLoop));
  note('accesses to memory', count(isAccess));
  note('calls', count(isCall));
}

export function tellVariables(notes: FuncNotes, ir: FuncIR, trees: Trees, variables: Variables): void {
  const { note } = notes.begin('variables');
  const values = ir.code.filter((n) => n.type !== Type.none);
  const inside = values.filter((n) => trees.inline[n.id] === 1).length;
  note('values that are part of an expression', inside);
  note('values in variables of their own or shared ones', variables.values.length);
  note('variables', variables.parameters.length + variables.declared.length);
}

/** Notes the form that has just been printed, in place of the ones before; the first is what all others are compared with. */
export function tellSize(
  notes: FuncNotes,
  ir: FuncIR,
  text: string,
  compact: ReadonlySet<Node>,
  regions: readonly Region[],
): void {
  const { note } = notes.begin('size', true);
  notes.bytes = Math.round(
    Math.max(
      ...text
        .split(/^(?=function )/m)
        .map((part) => bytecodeEstimate(characters(part), part, variablesIn(part).length)),
    ),
  );
  if (notes.spelledOut === 0) notes.spelledOut = notes.bytes;
  const stays = notes.bytes > OPTIMISED_LIMIT;
  notes.isTooLarge = stays;
  note(`bytes of bytecode as estimated, of ${OPTIMISED_LIMIT} up to which V8 surely optimises`, notes.spelledOut);
  note('cases brought together under tables of their own', notes.gathered);
  note('accesses that are calls', compact.size);
  if (notes.spelledOut <= OPTIMISED_LIMIT) return;
  const reason =
    regions.length > 0 ? ', in what was cut out or since they run most often' : ', since they run most often';
  note(`accesses that stay spelled out${reason}`, allAccesses(ir).size - compact.size);
  note('regions that became functions', regions.length);
  note('bytes of bytecode of the largest function that is left', notes.bytes);
  if (stays)
    note('it stays above the limit: no other region of a size worth a function of its own leaves by branches only');
}

/** Length without indentation. */
const characters = (text: string): number => text.replace(/^ +|\n/gm, '').length;
const isLoop = (n: Node): boolean => n.op === Ir.loop;
