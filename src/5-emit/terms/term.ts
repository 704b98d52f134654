/** What a family of operators brings to wavm: for each, how its node is printed as an expression. */
import type { Node } from '../../3-lower/ir.ts';
import type { Js } from '../js/expr.ts';
import type { Expressions } from '../tree/expressions.ts';

export type Term = (e: Expressions, n: Node) => Js;
