/**
 * Calls through closed tables: a function of the instance per table and type that switches over the index to direct calls,
 * which engines inline where no dynamic call could be. The index comes last, since WebAssembly evaluates it last.
 */
import { slot_count, split_type } from '../../../runtime/abi.ts';
import { addUses, type Callee, FuncScope } from '../js/scope.ts';
import { boundaryText, checkedFunc } from '../js/types.ts';

/** More targets than this are looked up in the table's array. */
const MAX_CASES = 128;

/** The name of the function that calls through a closed table at a type, declared on first use. */
export function closedCallee(scope: FuncScope, type: number, table: number, exact: boolean): string {
  const { callees } = scope.module;
  const key = `${table} ${scope.module.typed.types.canonical[type]!}`;
  let callee = callees.get(key);
  // Once for the module: tables may be large, and calls through them many.
  if (callee === undefined) callees.set(key, (callee = makeCallee(new FuncScope(scope.module), type, table, exact)));
  if (!scope.uses.accessors.has(callee.name)) addUses(scope.uses, callee.uses);
  return callee.name;
}

/** Declares the function in a scope of its own. */
function makeCallee(scope: FuncScope, type: number, table: number, exact: boolean): Callee {
  const { typed, facts } = scope.module;
  const { types } = typed;
  const canonical = types.canonical[type]!;
  const plain = typed.plainKey(type);
  const letters = plain !== undefined && /^\w*:\w*$/.test(plain) ? plain.replace(':', '_') : `y${canonical}`;
  const name = `$t${table}$${letters}`;
  const slots = slot_count(split_type(boundaryText(typed, type))[0]);
  const args = Array.from({ length: slots }, (_, i) => `a${i}`).join(', ');
  const byFunc = new Map<number, number[]>();
  for (const [index, func] of facts.closedTable(table)!.entries()) {
    if (func === undefined) continue;
    if (!types.matchesHeap(types.canonical[typed.module.funcs[func]!.type]!, canonical)) continue;
    const known = byFunc.get(func);
    if (known) known.push(index);
    else byFunc.set(func, [index]);
  }
  const element = `${scope.elems(table)}[k]`;
  const checked = `${exact ? checkedFunc(scope, element, type) : element}(${args})`;
  let body = `return ${checked};`;
  if (byFunc.size <= MAX_CASES) {
    const cases = Array.from(byFunc, ([func, indices]) => {
      return `${indices.map((i) => `case ${i}:`).join(' ')} return ${scope.func(func)}(${args});`;
    });
    body = `switch (k) { ${cases.join(' ')} } ${body}`;
  }
  scope.uses.accessors.set(name, `function ${name}(${args === '' ? '' : `${args}, `}k) { ${body} }`);
  return { name, uses: scope.uses };
}
