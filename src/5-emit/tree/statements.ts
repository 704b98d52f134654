/** A node that runs by itself, as one statement: a store, an assignment, a call for its effects. */
import { type Frame, hasHighAddress, Ir, isStore, isTailCall, isWithinSpan, type Node } from '../../3-lower/ir.ts';
import { OP, OPS } from '../../wasm/opcodes.ts';
import type { Trees } from '../form/trees.ts';
import type { Variables } from '../form/variables.ts';
import { callLength, type StoreOp, store, storePair } from '../js/access.ts';
import type { FuncScope } from '../js/scope.ts';
import { viewedStore } from '../js/span.ts';
import type { Expressions } from './expressions.ts';

export function statement(n: Node, e: Expressions, trees: Trees, variables: Variables): string {
  const scope = e.names();
  if (n.op === OP['global.set']) return `${scope.global(n.imm)} = ${e.value(n.inputs[0]!).text};`;
  if (n.op === Ir.globalSetHigh) return `${scope.globalHigh(n.imm)} = ${e.value(n.inputs[0]!).text};`;
  if (n.op === Ir.varSet) return `${e.handlerVariable(n)} = ${e.value(n.inputs[0]!).text};`;
  if (n.op === Ir.globalSetLane) return `${scope.globalSlot(n.imm, n.imm2)} = ${e.value(n.inputs[0]!).text};`;
  if (n.op === Ir.globalSetBits) return `${scope.globalBits(n.imm, n.imm2)} = ${e.value(n.inputs[0]!).text};`;
  if (n.op === Ir.nanSet) return `${scope.nanCell(n.imm)} = ${e.value(n.inputs[0]!).text};`;
  if (isStore(n)) return storeStatement(n, e);
  if (isTailCall(n.op)) return `return ${e.compute(n).text};`;
  const { text } = trees.stored.has(n) ? e.unrounded(n) : e.compute(n);
  const name = trees.used[n.id] === 1 ? variables.nameOf(n) : undefined;
  return name === undefined ? `${text};` : `${name} = ${text};`;
}

/** `throw`: of an exception just made, of one that may have come from JavaScript, or of a reference that may be null. */
export function throwStatement(n: Node, e: Expressions): string {
  const exception = e.value(n.inputs[0]!);
  if (n.imm === 0) return `throw ${exception.text};`;
  return `throw ${e.names().libcall(n.imm === 1 ? 'exn_thrown' : 'exn_ref_thrown')}(${exception.text});`;
}

/** The end of a body: whoever comes here has come by an exception. */
export function handlerLines({ params: [caught] }: Frame, e: Expressions, variables: Variables): string[] {
  const name = caught && variables.nameOf(caught);
  const call = `${e.names().libcall('exn_caught')}(e);`;
  return ['} catch (e) {', ` ${name === undefined ? '' : `${name} = `}${call}`, '}'];
}

function storeStatement(n: Node, e: Expressions): string {
  const at = hasHighAddress(n) ? 2 : 1;
  const first = e.value(n.inputs[at]!);
  const second = n.op === Ir.storePair ? e.value(n.inputs[at + 1]!) : undefined;
  if (isWithinSpan(n)) return `${viewedStore(e.names(), OPS[n.op]!.name, e.value(n.inputs[0]!), first, n).text};`;
  const access = e.access(n);
  const address = e.address(n, access);
  if (second) {
    const text = storePair(e.names(), address, first, second, access, e.temps);
    if (e.savings) e.saves(n, text, callLength('i64_store', address, access, first, second));
    return text;
  }
  const op = OPS[n.op]!.symbol as StoreOp;
  const text = store(e.names(), op, address, first, access, e.temps);
  if (e.savings) e.saves(n, text, callLength(op, address, access, first));
  return text;
}

/** The cells of a result of several parts, its first one left out. */
export function resultCells(scope: FuncScope, parts: number): string[] {
  return parts === 2 ? [scope.high()] : [scope.lane(1), scope.lane(2), scope.lane(3)];
}
