/**
 * How wavm prints instructions on references and objects, and which of their operands may be printed in place. Reading a
 * field of null is the trap because `x ?? trap_null()` stands for the object; an element that is not there is undefined,
 * which `??` tells as well.
 */
import { Ir, isNonNull, type Node } from '../../3-lower/ir.ts';
import { byOp, OP } from '../../wasm/opcodes.ts';
import type { StorageType } from '../../wasm/types.ts';
import { assign, atom, binary, call, comma, conditional, int, type Js, Prec, within } from '../js/expr.ts';
import {
  arrayOf,
  checkedElement,
  defaultParts,
  type ElementKind,
  elementAt,
  elementKind,
  extended,
  fieldNames,
  fillOf,
  fixedElements,
  isTestedOnce,
  member,
  newElements,
  newObject,
  nonNull,
  refTest,
  structOf,
} from '../js/objects.ts';
import { fromBool } from '../js/scalar.ts';
import type { Expressions } from '../tree/expressions.ts';
import type { Term } from './term.ts';

const values = (e: Expressions, nodes: readonly Node[]): Js[] => nodes.map((n) => e.value(n));
const object = (e: Expressions, n: Node): Js => nonNull(e.names(), e.value(n.inputs[0]!), isNonNull(n.inputs[0]!));
const types = (e: Expressions) => e.names().module.typed.module.types;
const element = (e: Expressions, n: Node): StorageType => arrayOf(types(e), n.imm).field.type;
const kindOf = (e: Expressions, n: Node): ElementKind => elementKind(element(e, n));

function get(e: Expressions, n: Node): Js {
  const { type } = structOf(types(e), n.imm).fields[n.imm2]!;
  return extended(member(object(e, n), fieldNames(type, n.imm2)[0]!), type, n.op === OP['struct.get_s'], false);
}
function set(e: Expressions, n: Node): Js {
  const { type } = structOf(types(e), n.imm).fields[n.imm2]!;
  const names = fieldNames(type, n.imm2);
  const [ref, ...parts] = values(e, n.inputs) as [Js, ...Js[]];
  const first = nonNull(e.names(), ref, isNonNull(n.inputs[0]!));
  return comma(...parts.map((part, i) => assign(member(i === 0 ? first : ref, names[i]!).text, part)));
}
function getElement(e: Expressions, n: Node): Js {
  const value = checkedElement(e.names(), member(object(e, n), 'v'), e.value(n.inputs[1]!), kindOf(e, n));
  return extended(value, element(e, n), n.op === OP['array.get_s'], true);
}
function setElement(e: Expressions, n: Node): Js {
  const scope = e.names();
  const kind = kindOf(e, n);
  const [ref, index, ...parts] = values(e, n.inputs) as [Js, Js, ...Js[]];
  const v = member(nonNull(scope, ref, isNonNull(n.inputs[0]!)), 'v');
  if (kind.host) return call(scope.libcall('array_put'), v, index, parts[0]!);
  const again = member(ref, 'v');
  const stores = parts.map((part, i) => assign(elementAt(again, index, kind, i).text, part));
  const missing = binary('===', elementAt(v, index, kind), atom('undefined'));
  const store = stores.length === 1 ? stores[0]! : atom(`(${comma(...stores).text})`);
  return conditional(missing, call(scope.libcall('trap_array')), store);
}

function create(e: Expressions, n: Node, elements: Js): Js {
  return newObject(e.names(), n.imm, [elements]);
}
function cast(e: Expressions, n: Node): Js {
  const ref = e.value(n.inputs[0]!);
  return conditional(refTest(e.names(), ref, n.imm), ref, call(e.names().libcall('trap_cast')));
}
function fill(e: Expressions, n: Node): Js {
  return e.libcall(n, fillOf(element(e, n)));
}
function callRef(e: Expressions, n: Node): Js {
  const args = n.inputs.slice();
  const callee = args.pop()!;
  const ref = nonNull(e.names(), e.value(callee), isNonNull(callee));
  return call(within(ref, Prec.call), ...values(e, args));
}

const TERMS = byOp<Term | undefined>(
  {
    call_ref: callRef,
    'ref.as_non_null': object,
    'ref.eq': (e, n) => fromBool(binary('===', e.value(n.inputs[0]!), e.value(n.inputs[1]!))),
    'ref.test': (e, n) => fromBool(refTest(e.names(), e.value(n.inputs[0]!), n.imm)),
    'ref.cast': cast,
    'ref.i31': (e, n) => binary('>>', binary('<<', e.value(n.inputs[0]!), int(1)), int(1)),
    'i31.get_s': object,
    'i31.get_u': (e, n) => binary('&', object(e, n), int(0x7fffffff)),
    'struct.new': (e, n) => newObject(e.names(), n.imm, values(e, n.inputs)),
    'struct.new_default': (e, n) => {
      const parts = structOf(types(e), n.imm).fields.flatMap((f) => defaultParts(f.type));
      return newObject(e.names(), n.imm, parts);
    },
    'struct.get': get,
    'struct.get_s': get,
    'struct.get_u': get,
    'struct.set': set,
    'array.new': (e, n) => {
      const parts = values(e, n.inputs);
      const count = parts.pop()!;
      return create(e, n, newElements(e.names(), kindOf(e, n), parts, count));
    },
    'array.new_default': (e, n) => {
      const count = e.value(n.inputs[0]!);
      return create(e, n, newElements(e.names(), kindOf(e, n), defaultParts(element(e, n)), count));
    },
    'array.new_fixed': (e, n) => create(e, n, fixedElements(kindOf(e, n), values(e, n.inputs))),
    'array.new_data': (e, n) => {
      const { elements, bytes } = kindOf(e, n);
      return create(e, n, e.libcall(n, 'array_data', elements, String(bytes), e.names().data(n.imm2)));
    },
    'array.new_elem': (e, n) => create(e, n, e.libcall(n, 'array_elements', e.names().element(n.imm2))),
    'array.get': getElement,
    'array.get_s': getElement,
    'array.get_u': getElement,
    'array.set': setElement,
    'array.len': (e, n) => member(object(e, n), 'n'),
    'array.fill': fill,
    'array.copy': (e, n) => e.libcall(n, 'array_copy'),
    'array.init_data': (e, n) => e.libcall(n, 'array_init_data', String(kindOf(e, n).bytes), e.names().data(n.imm2)),
    'array.init_elem': (e, n) => e.libcall(n, 'array_init_elements', e.names().element(n.imm2)),
  },
  undefined,
);
/** The high half of an i64, or a lane of a v128. */
const partOf = (n: Node): number => n.lanes?.[0] ?? 1;
TERMS[Ir.fieldHigh] = (e, n) => {
  const { type } = structOf(types(e), n.imm).fields[n.imm2]!;
  return member(e.value(n.inputs[0]!), fieldNames(type, n.imm2)[partOf(n)]!);
};
TERMS[Ir.elementHigh] = (e, n) =>
  elementAt(member(e.value(n.inputs[0]!), 'v'), e.value(n.inputs[1]!), kindOf(e, n), partOf(n));
export const GC_TERMS = TERMS;

/** How an operand may be printed in place: anything, only what has no effects, or only a name or constant. */
type Place = 'in order' | 'pure' | 'name';

/** Operands of `n` that are printed twice, or after something that WebAssembly does later. */
export function placeOf(n: Node, i: number): Place {
  switch (n.op) {
    case OP['struct.set']:
      return i > 0 ? 'pure' : n.inputs.length > 2 ? 'name' : 'in order';
    case OP['array.set']:
      return i < 2 ? 'name' : 'pure';
    case OP['array.get']:
    case OP['array.get_s']:
    case OP['array.get_u']:
      return i === 1 ? 'pure' : 'in order';
    case OP['ref.cast']:
      return 'name';
    case OP['ref.test']:
      return isTestedOnce(n.imm) ? 'in order' : 'name';
    case OP.call_ref:
      return i < n.inputs.length - 1 ? 'pure' : 'in order';
    default:
      return 'in order';
  }
}
export const PLACED: ReadonlySet<number> = new Set(
  (
    ['struct.set', 'array.set', 'array.get', 'array.get_s', 'array.get_u', 'ref.cast', 'ref.test', 'call_ref'] as const
  ).map((name) => OP[name]),
);
