/** How the text of a function starts: its name, its parameters, what it declares, and what it says of its parameters' types. */
import { Type } from '../../3-lower/ir.ts';
import { typing } from '../form/untyped.ts';
import { ADDRESS, INDEX } from './expressions.ts';
import type { PrintInput } from './print-input.ts';

/**
 * @param cells where it finds its parameters; undefined: they are passed
 * @param temporaries how many variables `x0`, `x1`… copies took
 * @param locals variables for views that are read again
 */
export function head(
  input: PrintInput,
  name: string,
  cells: readonly string[] | undefined,
  temporaries: number,
  locals: readonly string[],
): string {
  const { variables, views, expressions } = input;
  const fromCells = cells ? variables.parameters.map((p, i) => `${p} = ${cells[i]}`) : [];
  const declared = [...fromCells, ...variables.declared, ...views.declared];
  declared.push(...[...expressions.handlerVariables].sort());
  if (expressions.usesAddress) declared.push(ADDRESS);
  if (expressions.usesIndex) declared.push(INDEX);
  for (let i = 0; i < temporaries; i++) declared.push(`x${i}`);
  declared.push(...locals);
  const vars = declared.length === 0 ? '' : `\n var ${declared.join(', ')};`;
  return `function ${name}(${cells ? '' : variables.parameters.join(', ')}) {${vars}${typedParameters(input)}`;
}

function typedParameters({ ir, untyped, variables }: PrintInput): string {
  if (!untyped) return '';
  const merged = ir.params.filter((p) => untyped[p.id] === 1 && p.type !== Type.ref);
  return merged.map((p) => `\n ${typing(variables.nameOf(p)!, p.type)}`).join('');
}
