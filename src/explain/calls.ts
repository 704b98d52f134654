/**
 * What becomes of the calls of a function, and why not more: which callees stand in it, which tables are closed, which tail
 * calls are loops or jumps. Read from the body, as the facts about the module are that decide it (`3-lower/facts.ts`).
 */
import { OperatorReader } from '../1-decode/operators.ts';
import type { TypedModule } from '../2-validate/typed.ts';
import type { ModuleFacts } from '../3-lower/facts.ts';
import type { Note } from '../notes.ts';
import type { Func, WasmModule } from '../wasm/module.ts';
import { OP } from '../wasm/opcodes.ts';

/** A function as messages name it: its index, and its name if it has one. */
export function label(module: WasmModule, func: number): string {
  const name = module.names.funcs.get(func) ?? module.exports.find((e) => e.kind === 'func' && e.index === func)?.name;
  return name === undefined ? String(func) : `${func} ${JSON.stringify(name)}`;
}

export function tellCalls(typed: TypedModule, facts: ModuleFacts, func: Func, note: Note): void {
  const { module } = typed;
  const reader = new OperatorReader(module.bytes, func.start, func.end);
  reader.reset(reader.localGroups(func.start, func.end).start, func.end);
  while (reader.next()) {
    const { op, index, index2 } = reader;
    if (op === OP.call) direct(module, facts, index, note);
    else if (op === OP.call_indirect) throughTable(facts, index2, note);
    else if (op === OP.call_ref) note('calls of references, which are known at run time only', 1);
    else if (op === OP.return_call) note(TAILS[facts.tails.direct(func.index, index)], label(module, index));
    else if (op === OP.return_call_indirect || op === OP.return_call_ref) {
      const form = facts.tails.indirect(func.index, index, op === OP.return_call_ref ? undefined : index2);
      note(TAILS[form], op === OP.return_call_ref ? 'references' : `table ${index2}`);
    }
  }
}

function direct(module: WasmModule, facts: ModuleFacts, callee: number, note: Note): void {
  const why = facts.calls.whyNot(callee);
  if (why === undefined) note('stands here, with no function of its own', label(module, callee));
  else note(`stays a call, since ${why}`, label(module, callee));
}

function throughTable(facts: ModuleFacts, table: number, note: Note): void {
  const why = facts.whyOpen(table);
  if (why === undefined)
    note('a switch over the functions that it may reach, since its table is closed', `table ${table}`);
  else note(`looked up and checked at run time, since ${why}`, `table ${table}`);
}

const TAILS = {
  self: 'tail calls that go round a loop',
  jump: 'tail calls in a cycle: a branch if its members are one function, else a jump',
  either: 'tail calls that may be in a cycle: a jump if the callee can',
  call: 'tail calls in no cycle, which are ordinary calls',
} as const;
