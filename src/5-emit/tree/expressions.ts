/** Nodes → JavaScript expressions, by recursion over the values that were absorbed into their user. */

import { floatValue, hasHighAddress, Ir, isI32Const, isWithinSpan, type Node, Type } from '../../3-lower/ir.ts';
import { isBoolean } from '../../4-optimise/fold/known.ts';
import { Effect, OP, OPS, type OpInfo, type OpName } from '../../wasm/opcodes.ts';
import type { Trees } from '../form/trees.ts';
import { typed } from '../form/untyped.ts';
import type { Variables } from '../form/variables.ts';
import { callLength, type LoadOp, load, type Temps, withHigh } from '../js/access.ts';
import type { Access } from '../js/element.ts';
import { atom, binary, call, conditional, int, isSimple, type Js, loose, num, unary } from '../js/expr.ts';
import type { Libcall } from '../js/libcall.ts';
import { fromBool, isQuiet, not, plus, scalar, toInt32, truth, unsigned, unsignedOrder } from '../js/scalar.ts';
import type { FuncScope } from '../js/scope.ts';
import { span, viewedLoad } from '../js/span.ts';
import { checkedFunc } from '../js/types.ts';
import { isViewed } from '../js/viewed.ts';
import { HIGH_WORDS } from '../large/names.ts';
import { ATOMICS } from '../terms/atomics.ts';
import { BULK } from '../terms/bulk.ts';
import { EXCEPTIONS } from '../terms/exceptions.ts';
import { GC_TERMS } from '../terms/gc.ts';
import { SIMD } from '../terms/simd.ts';
import { TAILS } from '../terms/tails.ts';
import type { Term } from '../terms/term.ts';
import { closedCallee } from './closed.ts';
import { elementOf, indexOf } from './elements.ts';
import { type Addend, i32Sum, sum } from './sums.ts';

/** Name of the variable that holds addresses inside expressions. */
export const ADDRESS = 't';
/** Name of the variable that holds the element index of a store. */
export const INDEX = 'u';
/** More int32 terms than this are not added without an intermediate `| 0`. */
const MAX_TERMS = 6;
/** For an interpreter a `| 0` is one step more: this many are exact, and the texts of their carries still short. */
const MAX_ADDENDS = 64;

const INVERSE: Partial<Record<number, OpName>> = {
  [OP['i32.eq']]: 'i32.ne',
  [OP['i32.ne']]: 'i32.eq',
  [OP['i32.lt_s']]: 'i32.ge_s',
  [OP['i32.ge_s']]: 'i32.lt_s',
  [OP['i32.gt_s']]: 'i32.le_s',
  [OP['i32.le_s']]: 'i32.gt_s',
  [OP['i32.lt_u']]: 'i32.ge_u',
  [OP['i32.ge_u']]: 'i32.lt_u',
  [OP['i32.gt_u']]: 'i32.le_u',
  [OP['i32.le_u']]: 'i32.gt_u',
};

export interface Style {
  /** All traps of the specification. */
  readonly exact: boolean;
  /** The smallest output. */
  readonly small: boolean;
  /** Memory accesses that are calls, because the function is very large. */
  readonly compact: ReadonlySet<Node>;
  /** The function whose tail calls are printed; -1: calls all. */
  readonly tailsFrom: number;
  /** By node id: values that are to say of which type they are. undefined: none. */
  readonly untyped: Uint8Array | undefined;
  /** By node id, to be filled: characters that an access is longer than it were as a call. undefined: nobody asks. */
  readonly savings: Int32Array | undefined;
}

export class Expressions {
  private readonly scope: FuncScope;
  private readonly trees: Trees;
  private readonly variables: Variables;
  private readonly exact: boolean;
  private readonly small: boolean;
  private readonly compact: ReadonlySet<Node>;
  readonly tailsFrom: number;
  private readonly untyped: Uint8Array | undefined;
  readonly savings: Int32Array | undefined;
  usesAddress = false;
  usesIndex = false;
  readonly temps: Temps = {
    address: ADDRESS,
    index: () => {
      this.usesIndex = true;
      return INDEX;
    },
  };
  /** Variables in which handlers of exceptions find locals. */
  readonly handlerVariables = new Set<string>();

  constructor(scope: FuncScope, trees: Trees, variables: Variables, style: Style) {
    this.scope = scope;
    this.trees = trees;
    this.variables = variables;
    this.exact = style.exact;
    this.small = style.small;
    this.compact = style.compact;
    this.tailsFrom = style.tailsFrom;
    this.untyped = style.untyped;
    this.savings = style.savings;
  }

  /** May what is faster be longer? */
  get spellsOut(): boolean {
    return !this.small;
  }

  /** A value where it is used: its variable, or the expression itself. */
  value(n: Node): Js {
    if (this.trees.inline[n.id] === 1) return this.compute(n);
    const name = this.variables.nameOf(n);
    return name === undefined ? this.compute(n) : atom(name);
  }
  values(list: readonly Node[]): Js[] {
    const values: Js[] = [];
    for (let i = 0; i < list.length; i++) values.push(this.value(list[i]!));
    return values;
  }

  /** The expression that computes a node. */
  compute(n: Node): Js {
    return this.untyped?.[n.id] === 1 ? typed(this.plainly(n), n.type) : this.plainly(n);
  }
  private plainly(n: Node): Js {
    const special = SPECIAL[n.op];
    if (special) return special(this, n);
    const info = OPS[n.op];
    if (info && info.width > 0) return this.load(n, info);
    // Behind a test of its operands a division has no trap left.
    const exact = this.exact && (n.effects & Effect.trap) !== 0;
    const values = this.values(n.inputs);
    return scalar(n.op, this.scope, values, exact) ?? call(this.scope.libcall(info!.symbol as Libcall), ...values);
  }

  private load(n: Node, { name, symbol }: OpInfo): Js {
    if (isWithinSpan(n)) return viewedLoad(this.scope, name, this.value(n.inputs[0]!), n);
    const access = this.access(n);
    const op = symbol as LoadOp;
    const address = this.address(n, access);
    const js = load(this.scope, op, address, access, ADDRESS);
    if (this.savings) this.saves(n, js.text, callLength(op, address, access));
    return js;
  }
  /** Notes what an access would save as a call of so many characters. */
  saves(n: Node, text: string, asCall: number): void {
    this.savings![n.id] = text.length - asCall;
  }
  /** The address of an access, which may need a variable. */
  address(n: Node, access: Access): Js {
    const address = this.value(n.inputs[0]!);
    const isRepeated = access.element === undefined && !isViewed(this.scope, access);
    if (isRepeated && !isSimple(address)) this.usesAddress = true;
    return address;
  }
  /** The index beside an address that is part of an access. */
  private element(n: Node): Js | undefined {
    const place = n.inputs[0]!;
    return place.op === Ir.place && this.trees.inline[place.id] !== 0 ? elementOf(this, place) : undefined;
  }
  span(n: Node): Js {
    const address = this.value(n.inputs[0]!);
    if (!isSimple(address)) this.usesAddress = true;
    const access = this.access(n);
    const js = span(this.scope, address, n.lanes![0]!, access, ADDRESS);
    if (this.savings) this.saves(n, js.text, callLength('span', address, access));
    return js;
  }
  access(n: Node): Access {
    const isPlace = n.inputs[0]!.op === Ir.known;
    const at = {
      memory: n.imm2,
      offset: n.imm,
      align: n.align,
      exact: this.exact,
      compact: this.compact.size > 0 && this.compact.has(n),
      element: this.element(n),
      isPlace,
    };
    return hasHighAddress(n) ? withHigh(this.scope, at, this.value(n.inputs[1]!)) : at;
  }

  /** A value as a condition. */
  condition(n: Node): Js {
    if (this.trees.inline[n.id] === 1) {
      if (n.op === OP['i32.eqz']) return this.negated(n.inputs[0]!);
      const logical = this.logical(n);
      if (logical) return logical;
    }
    return truth(this.value(n));
  }
  /** `and` and `or` of truth values, as JavaScript's own: bit operations on booleans are slow. */
  private logical(n: Node): Js | undefined {
    const operator = n.op === OP['i32.and'] ? '&&' : n.op === OP['i32.or'] ? '||' : undefined;
    if (!operator) return undefined;
    const [a, b] = n.inputs as [Node, Node];
    if (!isBoolean(a) || !isBoolean(b) || this.trees.effects[b.id] !== 0) return undefined;
    return { ...binary(operator, this.condition(a), this.condition(b)), bool: true };
  }
  andOr(n: Node): Js {
    const logical = this.logical(n);
    return logical ? fromBool(logical) : scalar(n.op, this.scope, this.values(n.inputs).map(withoutBool), this.exact)!;
  }
  /** The opposite of a value as a condition. */
  negated(n: Node): Js {
    if (this.trees.inline[n.id] === 1) {
      if (n.op === OP['i32.eqz']) return this.condition(n.inputs[0]!);
      const inverse = INVERSE[n.op];
      if (inverse) return truth(scalar(OP[inverse], this.scope, this.values(n.inputs), this.exact)!);
    }
    return not(this.condition(n));
  }

  /** An i32 sum without its final `| 0`, and how many int32 terms it has. */
  sum(n: Node): { js: Js; terms: number } {
    if (!this.isSum(n)) return { js: this.value(n), terms: 1 };
    if (this.scope.module.engine === 'interpreter') return { js: sum(this.addends(n)), terms: 2 };
    const a = this.sum(n.inputs[0]!);
    const b = this.sum(n.inputs[1]!);
    const js = plus(a.js, b.js, n.op === OP['i32.sub']);
    return a.terms + b.terms <= MAX_TERMS ? { js, terms: a.terms + b.terms } : { js: toInt32(js), terms: 1 };
  }
  /** Is it an addition or subtraction that is part of its user's expression? */
  private isSum(n: Node): boolean {
    return this.trees.inline[n.id] === 1 && (n.op === OP['i32.add'] || n.op === OP['i32.sub']);
  }
  /** The terms of an addition or subtraction that an interpreter is to compute, behind those in `list`. */
  private addends(n: Node, minus = false, list: Addend[] = []): Addend[] {
    n.inputs.forEach((v, i) => {
      const away = i === 1 && n.op === OP['i32.sub'] ? !minus : minus;
      if (this.isSum(v) && list.length < MAX_ADDENDS) this.addends(v, away, list);
      else {
        const pure = this.trees.inline[v.id] === 0 || this.trees.effects[v.id] === 0;
        list.push({ js: this.value(v), minus: away, pure });
      }
    });
    return list;
  }
  add(n: Node): Js {
    if (this.scope.module.engine === 'interpreter') return i32Sum(this.addends(n));
    const a = this.sum(n.inputs[0]!);
    const b = this.sum(n.inputs[1]!);
    const minus = n.op === OP['i32.sub'];
    if (a.terms + b.terms <= MAX_TERMS) return toInt32(plus(a.js, b.js, minus));
    return toInt32(plus(a.terms > 1 ? toInt32(a.js) : a.js, b.terms > 1 ? toInt32(b.js) : b.js, minus));
  }

  select(n: Node): Js {
    const [a, b, c] = n.inputs as [Node, Node, Node];
    return conditional(this.condition(c), this.value(a), this.value(b));
  }
  constant(n: Node): Js {
    if (n.type === Type.i32) return int(n.imm);
    const value = floatValue(n);
    if (!Number.isNaN(value)) return num(value);
    if (n.type === Type.f64) {
      if (n.imm === 0 && n.imm2 === 0x7ff80000) return num(Number.NaN);
      return call(this.scope.libcall('f64_reinterpret_i64'), int(n.imm), int(n.imm2));
    }
    if (n.imm === 0x7fc00000) return num(Number.NaN);
    return call(this.scope.libcall('f32_reinterpret_i32'), int(n.imm));
  }
  callDirect(n: Node): Js {
    return call(this.scope.func(n.imm), ...this.values(n.inputs));
  }
  callIndirect(n: Node): Js {
    const args = n.inputs.slice();
    const index = args.pop()!;
    const callee = `${this.scope.elems(n.imm2)}[${this.value(index).text}]`;
    return call(this.exact ? checkedFunc(this.scope, callee, n.imm) : callee, ...this.values(args));
  }
  /** Closed or not, an interpreter asks the table's array in fewer steps than a switch takes, if nothing is checked. */
  callTable(n: Node): Js {
    return this.exact || this.scope.module.engine !== 'interpreter' ? this.callClosed(n) : this.callIndirect(n);
  }
  callClosed(n: Node): Js {
    const callee = closedCallee(this.scope, n.imm, n.imm2, this.exact);
    return call(callee, ...this.values(n.inputs));
  }
  libcall(n: Node, name: string, ...before: string[]): Js {
    return call(this.scope.libcall(name as Libcall), ...before.map(atom), ...this.values(n.inputs));
  }
  high(): Js {
    return atom(this.scope.high());
  }
  carry(n: Node): Js {
    const [a, b, low] = this.values(n.inputs) as [Js, Js, Js?];
    if (b.value !== undefined) return unsignedOrder(this.scope, '>', a, int(~b.value));
    if (low && isSimple(a)) return unsignedOrder(this.scope, '<', low, a);
    // Both forms are as fast; the first is shorter, but repeats its operands.
    if (isSimple(a) && isSimple(b)) return fromBool(binary('<', unsigned(plus(a, b, false)), unsigned(a)));
    const sum = binary('+', unsigned(a), unsigned(b));
    return toInt32(binary('/', sum, int(4294967296)));
  }
  borrow(n: Node): Js {
    const [a, b] = this.values(n.inputs) as [Js, Js];
    return unsignedOrder(this.scope, '<', a, b);
  }
  mulHigh(n: Node): Js {
    const [a, b, low] = n.inputs as [Node, Node, Node?];
    const value = this.value(a);
    if (isI32Const(b)) {
      const small = this.mulHighSmall(value, b.imm >>> 0);
      if (small) return small;
    }
    const other = this.value(b);
    if (this.small || !low || !isSimple(value) || !isSimple(other))
      return call(this.scope.libcall('i32_mul_hi_u'), value, other);
    // As the libcall, whose comment says why this is exact.
    const product = binary('*', unsigned(value), unsigned(other));
    const rest = binary('-', product, binary('^', loose(this.value(low)), int(-2147483648)));
    return toInt32(binary('/', rest, int(4294967296)));
  }
  /** By a constant of few bits; undefined where it has more. */
  private mulHighSmall(value: Js, constant: number): Js | undefined {
    const zeros = Math.min(31 - Math.clz32(constant & -constant), 16);
    const factor = constant / 2 ** zeros;
    // Two products of 16 bits by 16: the whole is 48 bits, of which the low 16 do not count.
    if (factor < 65536 && isSimple(value)) {
      const part = (half: Js): Js => binary('*', half, int(factor));
      const low = binary('>>>', part(binary('&', value, int(65535))), int(16));
      const sum = binary('+', part(binary('>>>', value, int(16))), low);
      return zeros === 16 ? toInt32(sum) : binary('>>>', sum, int(16 - zeros));
    }
    // The product is below 2^53 and the scale a power of two, so that the double is exact.
    if (constant >= 2 ** 21) return undefined;
    return toInt32(binary('*', unsigned(value), num(constant / 4294967296)));
  }
  /** An f32 value that goes straight to a store, which rounds it: the same without its own rounding. */
  unrounded(n: Node): Js {
    const wide = UNROUNDED[n.op];
    if (wide === undefined) return this.compute(n);
    const args = this.values(n.inputs);
    if (n.op === OP['f32.demote_f64'] && !isQuiet(args[0]!)) return scalar(n.op, this.scope, args, this.exact)!;
    return wide === 'operand' ? args[0]! : scalar(OP[wide], this.scope, args, this.exact)!;
  }
  project(n: Node): Js {
    return atom(`${this.variables.nameOf(n.inputs[0]!)}[${n.imm}]`);
  }
  handlerVariable(n: Node): string {
    const name = `w${n.imm}${HIGH_WORDS[n.imm2]}`;
    this.handlerVariables.add(name);
    return name;
  }
  names(): FuncScope {
    return this.scope;
  }
}

/** The double operation that an f32 operation rounds. */
const UNROUNDED: Partial<Record<number, OpName | 'operand'>> = {
  [OP['f32.add']]: 'f64.add',
  [OP['f32.sub']]: 'f64.sub',
  [OP['f32.mul']]: 'f64.mul',
  [OP['f32.div']]: 'f64.div',
  [OP['f32.sqrt']]: 'f64.sqrt',
  [OP['f32.demote_f64']]: 'operand',
  [OP['f32.convert_i32_s']]: 'operand',
};
/** Operands of bit operations are numbers: engines have no fast path for booleans there. */
const withoutBool = (js: Js): Js => (js.loose?.bool ? { ...js, loose: undefined } : js);

const SPECIAL: (Term | undefined)[] = BULK.map((term, op) => term ?? ATOMICS[op]);
for (const [op, term] of TAILS.entries()) if (term) SPECIAL[op] = term;
for (const [op, term] of EXCEPTIONS) SPECIAL[op] = term;
for (const [op, term] of GC_TERMS.entries()) if (term) SPECIAL[op] = term;
for (const [op, term] of SIMD) SPECIAL[op] = term;
for (const name of ['i32.const', 'f32.const', 'f64.const'] as const) SPECIAL[OP[name]] = (e, n) => e.constant(n);
SPECIAL[OP['i32.add']] = (e, n) => e.add(n);
SPECIAL[OP['i32.sub']] = (e, n) => e.add(n);
SPECIAL[OP['i32.and']] = (e, n) => e.andOr(n);
SPECIAL[OP['i32.or']] = (e, n) => e.andOr(n);
SPECIAL[OP['i32.xor']] = (e, n) => e.andOr(n);
SPECIAL[OP.select] = (e, n) => e.select(n);
SPECIAL[OP.call] = (e, n) => e.callDirect(n);
SPECIAL[OP.call_indirect] = (e, n) => e.callIndirect(n);
SPECIAL[Ir.callClosed] = (e, n) => e.callTable(n);
SPECIAL[OP['global.get']] = (e, n) => atom(e.names().global(n.imm));
SPECIAL[Ir.globalHigh] = (e, n) => atom(e.names().globalHigh(n.imm));
SPECIAL[Ir.globalBits] = (e, n) => atom(e.names().globalBits(n.imm, n.imm2));
SPECIAL[Ir.nanGet] = (e, n) => atom(e.names().nanCell(n.imm));
SPECIAL[OP['ref.null']] = () => atom('null');
SPECIAL[OP['ref.is_null']] = (e, n) => fromBool(binary('===', e.value(n.inputs[0]!), atom('null')));
SPECIAL[OP['ref.func']] = (e, n) => atom(e.names().funcRef(n.imm));
SPECIAL[Ir.index] = indexOf;
SPECIAL[Ir.known] = (e, n) => e.value(n.inputs[0]!);
SPECIAL[Ir.place] = (e, n) => e.value(n.inputs[1]!);
SPECIAL[Ir.carry] = (e, n) => e.carry(n);
SPECIAL[Ir.minus] = (e, n) => unary('-', e.value(n.inputs[0]!));
SPECIAL[Ir.borrow] = (e, n) => e.borrow(n);
SPECIAL[Ir.mulHigh] = (e, n) => e.mulHigh(n);
SPECIAL[Ir.libcall] = (e, n) => e.libcall(n, n.name);
SPECIAL[Ir.high] = (e) => e.high();
SPECIAL[Ir.project] = (e, n) => e.project(n);
