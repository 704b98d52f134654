/**
 * Text of tail calls, for both generators (runtime/README.md, "Tail calls"). A function in a cycle is two: its body
 * `name$tail`, which finds its parameters in the cells, and its entry `name`, the ordinary raw function, which runs bodies
 * until there is a result. A jump is an expression like a call: its value, the cells' object, is returned as a result.
 */
import { memberParam, ofCallee, paramCell } from '../../2-validate/payloads/carried.ts';
import { F32, F64, type FuncType, I64, V128, type ValType } from '../../wasm/types.ts';
import { type FuncScope, type ModuleScope, plus } from './scope.ts';

/** How many JavaScript values a parameter of this type is. */
export function slotsOf(type: ValType): number {
  if (type === V128) return 4;
  return type === I64 ? 2 : 1;
}

function constant(scope: FuncScope, name: string, value: string): string {
  scope.uses.accessors.set(name, `const ${name} = ${value};`);
  return name;
}
/** The object of the cells, which stands for "a jump" as a result. */
function cells(scope: FuncScope): string {
  return constant(scope, '$$tail', scope.libcall('tail_cells'));
}

/** Where the parameters of a function lie, one cell for each JavaScript value. */
export function parameterCells(scope: FuncScope, { params }: FuncType): string[] {
  const used = { i: 0, f: 0, r: 0 };
  return params.flatMap((type) => {
    const kind = type >= 0 ? 'r' : type === F32 || type === F64 ? 'f' : 'i';
    const array = constant(scope, `$$tail_${kind}`, `${scope.libcall('tail_cells')}.${kind}`);
    return Array.from({ length: slotsOf(type) }, () => `${array}[${used[kind]++}]`);
  });
}

const argumentNames = (count: number): string[] => Array.from({ length: count }, (_, i) => `a${i}`);
function stores(places: readonly string[]): string {
  return places.map((cell, i) => `${cell} = a${i}; `).join('');
}

/** The name of a function's body. */
export function bodyName(module: ModuleScope, func: number): string {
  return `${module.func(func)}$tail`;
}
/** The entry of a function that has a body for jumps: its declaration. */
export function entryText(scope: FuncScope, func: number): string {
  const places = parameterCells(scope, scope.module.typed.typeOf(func));
  const body = bodyName(scope.module, func);
  const tail = cells(scope);
  scope.uses.bodies = plus(scope.uses.bodies, func);
  return [
    `function ${scope.module.func(func)}(${argumentNames(places.length).join(', ')}) {`,
    ` ${stores(places)}var r = ${body}();`,
    ` while (r === ${tail}) r = ${tail}.next();`,
    ' return r;',
    '}\n',
  ].join('\n');
}

/** A function that jumps to function `func`: takes its arguments. */
export function jumpTo(scope: FuncScope, func: number): string {
  const places = parameterCells(scope, scope.module.typed.typeOf(func));
  const name = `${scope.module.func(func)}$jump`;
  const tail = cells(scope);
  const jump = `${stores(places)}${tail}.next = ${bodyName(scope.module, func)}; return ${tail};`;
  scope.uses.accessors.set(name, `function ${name}(${argumentNames(places.length).join(', ')}) { ${jump} }`);
  return name;
}

/**
 * A function that calls its last argument, a raw function of this type, with the others: JavaScript evaluates the callee
 * first, WebAssembly last. With `jump`, it jumps if the callee has a body for that.
 */
export function callLast(scope: FuncScope, type: number, jump: boolean): string {
  const signature = scope.module.typed.funcType(type);
  const args = argumentNames(signature.params.reduce((sum, t) => sum + slotsOf(t), 0));
  const name = `$$${jump ? 'jump' : 'call'}${type}`;
  let text = `return g(${args.join(', ')});`;
  if (jump) {
    const tail = cells(scope);
    text = `const f = g.tail; if (f === undefined) ${text} ${stores(parameterCells(scope, signature))}${tail}.next = f; return ${tail};`;
  }
  scope.uses.accessors.set(name, `function ${name}(${[...args, 'g'].join(', ')}) { ${text} }`);
  return name;
}

/** How a function is a part of another one: `state` tells that which, `places` gives a parameter or -1 for each of its own. */
export interface MemberEntry {
  readonly slots: readonly ValType[];
  readonly state: number;
  readonly places: readonly number[];
}

/** Moves the payloads of a member's arguments to the cells where the whole function looks for those of its parameters. */
function payloadMoves(scope: FuncScope, func: number, { slots, places }: MemberEntry): string {
  const carried = ofCallee(scope.module.typed, func).params;
  return slots
    .map((type, slot) => {
      const from = places[slot]!;
      if (from < 0 || (type !== F32 && type !== F64)) return '';
      const known = carried.includes(from);
      const to = paramCell(memberParam(slot));
      const low = known ? scope.nanCell(paramCell(from)) : type === F32 ? 0x7fc00000 : 0;
      const first = `${scope.nanCell(to)} = ${low}; `;
      if (type === F32) return first;
      return `${first}${scope.nanCell(to + 1)} = ${known ? scope.nanCell(paramCell(from) + 1) : 0x7ff80000}; `;
    })
    .join('');
}

/** The entry of function `func`, which is part of function `whole`: its declaration. */
export function memberEntry(scope: FuncScope, func: number, whole: string, entry: MemberEntry): string {
  const { params } = scope.module.typed.typeOf(func);
  const name = scope.module.func(func);
  const first: number[] = [];
  let count = 0;
  for (const type of params) {
    first.push(count);
    count += slotsOf(type);
  }
  const args = entry.slots.flatMap((type, i) => {
    const from = first[entry.places[i]!];
    const absent = type >= 0 ? 'null' : '0';
    return Array.from({ length: slotsOf(type) }, (_, k) => (from === undefined ? absent : `a${from + k}`));
  });
  const moves = payloadMoves(scope, func, entry);
  return `function ${name}(${argumentNames(count).join(', ')}) {\n  ${moves}return ${whole}(${[entry.state, ...args].join(', ')});\n}\n`;
}
