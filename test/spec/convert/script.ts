/** Script text → commands, by recursive descent. Modules stay text here: assemble.ts turns them into bytes. */
import type { Action, ActionKind, Command, RejectKind, Value } from './commands.ts';
import { F32_FORMAT, F64_FORMAT, floatBits, integerBits } from './numbers.ts';
import { Scanner } from './scanner.ts';

/** A module as written: bytes of `(module binary …)`, or latin-1 text of the other two forms. */
export type ModuleText = { readonly form: 'binary'; readonly bytes: Uint8Array } | TextModule;
export interface TextModule {
  readonly form: 'text' | 'quote';
  readonly text: string;
}
/** Commands whose modules are still text. */
export type RawCommand = Command extends infer C
  ? C extends { readonly module: unknown }
    ? Omit<C, 'module'> & { readonly module: ModuleText }
    : C extends { readonly commands: unknown }
      ? Omit<C, 'commands'> & { readonly commands: RawCommand[] }
      : C
  : never;

const REJECTS = new Set(['assert_invalid', 'assert_malformed', 'assert_invalid_custom', 'assert_malformed_custom']);
const ASSERT_ACTIONS = new Set([
  'assert_return',
  'assert_trap',
  'assert_exhaustion',
  'assert_exception',
  'assert_suspension',
]);
const COMMANDS = new Set([
  ...REJECTS,
  ...ASSERT_ACTIONS,
  'module',
  'register',
  'invoke',
  'get',
  'assert_unlinkable',
  'thread',
  'wait',
]);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws WastSyntaxError, naming the line. A file without any command is one module's fields (spec 6.6.16). */
export function parseScript(latin1: string): RawCommand[] {
  const s = new Scanner(latin1);
  if (s.peek() === '') return [];
  if (!COMMANDS.has(headOf(s))) return [bareModule(s)];
  const commands: RawCommand[] = [];
  while (s.peek() !== '') commands.push(command(s));
  return commands;
}

function headOf(s: Scanner): string {
  const start = s.pos;
  s.expect('(');
  const head = s.peekAtom();
  s.pos = start;
  return head;
}

function bareModule(s: Scanner): RawCommand {
  const text = `(module ${s.text}\n)`;
  return { kind: 'module', line: 1, module: { form: 'text', text } };
}

function command(s: Scanner): RawCommand {
  s.peek();
  const line = s.line();
  const start = s.pos;
  s.expect('(');
  const head = s.peekAtom();
  if (head === 'module') {
    s.pos = start;
    return moduleCommand(s, line);
  }
  if (head === 'invoke' || head === 'get') {
    s.pos = start;
    return { kind: 'action', line, action: action(s), expected: [], text: '' };
  }
  s.atom();
  const result = otherCommand(s, head, line);
  s.expect(')');
  return result;
}

function otherCommand(s: Scanner, head: string, line: number): RawCommand {
  if (REJECTS.has(head) || head === 'assert_unlinkable') {
    const module = moduleForm(s).module;
    return { kind: head as RejectKind, line, module, text: name(s) };
  }
  if (head === 'assert_trap' && headOf(s) === 'module') {
    return { kind: 'assert_uninstantiable', line, module: moduleForm(s).module, text: name(s) };
  }
  if (ASSERT_ACTIONS.has(head)) return assertAction(s, head as ActionKind, line);
  if (head === 'register') {
    const as = name(s);
    return { kind: 'register', line, as, ...optional('name', s.takeName()) };
  }
  if (head === 'thread') return thread(s, line);
  if (head === 'wait') return { kind: 'wait', line, name: s.atom() };
  return s.fail(`unknown command ${head}`);
}

function optional<K extends string, V>(key: K, value: V | undefined): { [k in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [k in K]: V });
}

function name(s: Scanner): string {
  return utf8.decode(s.string());
}

function assertAction(s: Scanner, kind: ActionKind, line: number): RawCommand {
  const subject = action(s);
  const expected: Value[] = [];
  while (s.peek() === '(') expected.push(value(s));
  return { kind, line, action: subject, expected, text: s.peek() === '"' ? name(s) : '' };
}

function thread(s: Scanner, line: number): RawCommand {
  const own = s.atom();
  const shared: string[] = [];
  const commands: RawCommand[] = [];
  while (s.peek() === '(') {
    if (headOf(s) !== 'shared') {
      commands.push(command(s));
      continue;
    }
    s.expect('(');
    s.atom();
    while (s.take('(')) {
      s.atom();
      shared.push(s.atom());
      s.expect(')');
    }
    s.expect(')');
  }
  return { kind: 'thread', line, name: own, shared, commands };
}

function moduleCommand(s: Scanner, line: number): RawCommand {
  const start = s.pos;
  s.expect('(');
  s.atom();
  if (s.takeAtom('instance')) {
    const first = s.takeName();
    const second = s.takeName();
    s.expect(')');
    // One name alone is the definition's.
    const pair = second === undefined ? [undefined, first] : [first, second];
    return { kind: 'instance', line, ...optional('name', pair[0]), ...optional('definition', pair[1]) };
  }
  s.pos = start;
  const form = moduleForm(s);
  return { kind: form.definition ? 'definition' : 'module', line, ...optional('name', form.name), module: form.module };
}

function moduleForm(s: Scanner): { definition: boolean; name: string | undefined; module: ModuleText } {
  s.expect('(');
  const start = s.pos - 1;
  if (s.atom() !== 'module') s.fail('expected a module');
  const headEnd = s.pos;
  const definition = s.takeAtom('definition');
  const rest = definition ? s.pos : headEnd;
  const own = s.takeName();
  if (s.takeAtom('binary')) {
    const bytes = s.strings();
    s.expect(')');
    return { definition, name: own, module: { form: 'binary', bytes } };
  }
  if (s.takeAtom('quote')) {
    const text = Buffer.from(s.strings([0x20])).toString('latin1');
    s.expect(')');
    return { definition, name: own, module: { form: 'quote', text } };
  }
  s.skipRest();
  const text = s.text.slice(start, headEnd) + s.text.slice(rest, s.pos);
  return { definition, name: own, module: { form: 'text', text } };
}

function action(s: Scanner): Action {
  s.expect('(');
  const type = s.atom();
  if (type !== 'invoke' && type !== 'get') s.fail(`unknown action ${type}`);
  const module = s.takeName();
  const field = name(s);
  const args: Value[] = [];
  while (s.peek() === '(') args.push(value(s));
  s.expect(')');
  return { type: type as Action['type'], ...optional('module', module), field, args };
}

/** A constant, or what a result is expected to be. */
function value(s: Scanner): Value {
  s.expect('(');
  const result = valueBody(s, s.atom());
  s.expect(')');
  return result;
}

function valueBody(s: Scanner, op: string): Value {
  if (op === 'i32.const' || op === 'i64.const' || op === 'f32.const' || op === 'f64.const') {
    const type = op.slice(0, 3) as 'i32';
    return { type, bits: literal(s.atom(), type) };
  }
  if (op === 'v128.const') {
    const lane = s.atom().replace(/x\d+$/, '');
    const bits: string[] = [];
    while (s.peek() !== ')') bits.push(literal(s.atom(), lane));
    return { type: 'v128', lane, bits };
  }
  if (op === 'either') {
    const values: Value[] = [];
    while (s.peek() === '(') values.push(value(s));
    return { type: 'either', values };
  }
  if (op === 'ref.null') return { type: 'ref', heap: s.peek() === ')' ? '' : s.atom(), value: 'null' };
  if (op === 'ref') return { type: 'ref', heap: '' };
  if (!op.startsWith('ref.')) s.fail(`unknown value ${op}`);
  const heap = op.slice(4) === 'host' ? 'any' : op.slice(4);
  if (s.peek() === ')') return { type: 'ref', heap };
  return { type: 'ref', heap, value: Number(integerBits(s.atom(), 32)) };
}

function literal(text: string, type: string): string {
  if (text === 'nan:canonical' || text === 'nan:arithmetic') return text;
  if (type === 'f32') return floatBits(text, F32_FORMAT).toString();
  if (type === 'f64') return floatBits(text, F64_FORMAT).toString();
  return integerBits(text, Number(type.slice(1))).toString();
}
