/**
 * JavaScript expressions as text that knows how tightly it binds.
 *
 * There is no syntax tree: each builder concatenates strings (ropes in V8) and adds parentheses where precedence or
 * associativity ask for them. Printing through a general tree and code generator would cost more than all of
 * translation, and the emitters know the order of everything they print.
 */

/** Binding strength (ECMA-262, 13: the expression grammar); higher binds tighter. */
export const Prec = {
  comma: 1,
  assign: 2,
  conditional: 3,
  /** `??` may not be mixed with `||` and `&&` without parentheses: it counts as looser than both. */
  nullish: 4,
  or: 5,
  and: 6,
  bitOr: 7,
  bitXor: 8,
  bitAnd: 9,
  equality: 10,
  relational: 11,
  shift: 12,
  additive: 13,
  multiplicative: 14,
  unary: 15,
  call: 16,
  atom: 17,
} as const;

export interface Js {
  readonly text: string;
  readonly prec: number;
  /** The number, where the expression is a numeric literal. */
  readonly value: number | undefined;
  /**
   * A cheaper expression with the same ToInt32 value, for places that apply ToInt32 or ToUint32 themselves: bitwise
   * operators, `Math.imul`, `Math.clz32`, stores to integer arrays. `a + b` for `a + b | 0`, `a < b` for `+(a < b)`.
   */
  readonly loose: Js | undefined;
  /** The expression's value is a JavaScript boolean. */
  readonly bool: boolean;
}

export type BinaryOp =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '<<'
  | '>>'
  | '>>>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '==='
  | '!=='
  | '&'
  | '^'
  | '|'
  | '&&'
  | '||';

const BINARY: Readonly<Record<BinaryOp, number>> = {
  '*': Prec.multiplicative,
  '/': Prec.multiplicative,
  '%': Prec.multiplicative,
  '+': Prec.additive,
  '-': Prec.additive,
  '<<': Prec.shift,
  '>>': Prec.shift,
  '>>>': Prec.shift,
  '<': Prec.relational,
  '<=': Prec.relational,
  '>': Prec.relational,
  '>=': Prec.relational,
  '===': Prec.equality,
  '!==': Prec.equality,
  '&': Prec.bitAnd,
  '^': Prec.bitXor,
  '|': Prec.bitOr,
  '&&': Prec.and,
  '||': Prec.or,
};

/** Text whose maker knows how tightly it binds. */
export function js(text: string, prec: number, bool = false): Js {
  return { text, prec, value: undefined, loose: undefined, bool };
}

/** A name, or text that its maker has parenthesised. */
export function atom(text: string): Js {
  return js(text, Prec.atom);
}

/** An integer literal; exact up to 2^53. */
export function int(n: number): Js {
  // Beyond its ends an array is slow: there it looks for a property.
  if (n >= LEAST_SMALL && n <= MOST_SMALL) return SMALL_INTEGERS[n - LEAST_SMALL]!;
  return literal(n, String(n));
}
const literal = (value: number, text: string): Js => ({
  text,
  prec: text.startsWith('-') ? Prec.unary : Prec.atom,
  value,
  loose: undefined,
  bool: false,
});
/** Most literals are small. */
const LEAST_SMALL = -256;
const MOST_SMALL = 1023;
const SMALL_INTEGERS: readonly Js[] = Array.from({ length: MOST_SMALL - LEAST_SMALL + 1 }, (_, i) =>
  literal(LEAST_SMALL + i, String(LEAST_SMALL + i)),
);

/** A number literal that reads back as exactly `x`: -0, infinities and the canonical NaN included. */
export function num(x: number): Js {
  return literal(x, Object.is(x, -0) ? '-0' : String(x));
}

/** The text of `a`, parenthesised if it binds looser than `prec`. */
export function within(a: Js, prec: number): string {
  return a.prec < prec ? `(${a.text})` : a.text;
}

/** `a op b`, left associative. Spaces keep `- -x` and `+ +x` apart. */
export function binary(op: BinaryOp, a: Js, b: Js): Js {
  const { prec, spaced, bool } = OPERATORS[op];
  return js(within(a, prec) + spaced + within(b, prec + 1), prec, bool);
}
/** With their spaces in one piece: a rope of few pieces is made sooner, and copied sooner. */
const OPERATORS = Object.fromEntries(
  Object.entries(BINARY).map(([op, prec]) => {
    const bool = prec === Prec.relational || prec === Prec.equality;
    return [op, { prec, spaced: ` ${op} `, bool }];
  }),
) as Readonly<Record<BinaryOp, { prec: number; spaced: string; bool: boolean }>>;

export function unary(op: '-' | '+' | '!' | '~', a: Js): Js {
  const inner = within(a, Prec.unary);
  const gap = (op === '-' || op === '+') && inner.startsWith(op) ? ' ' : '';
  return js(op + gap + inner, Prec.unary, op === '!');
}

/** `fn(args)`; `fn` is a name, a member expression or anything with its own parentheses. */
export function call(fn: string, ...args: readonly Js[]): Js {
  return js(`${fn}(${list(args)})`, Prec.call);
}

/** Arguments or array elements, separated by commas. */
export function list(items: readonly Js[]): string {
  let text = '';
  for (const item of items) text += (text === '' ? '' : ', ') + within(item, Prec.assign);
  return text;
}

/** `a[i]`; `a` is a name. */
export function index(a: string, i: Js): Js {
  return js(`${a}[${i.text}]`, Prec.call);
}

export function conditional(c: Js, a: Js, b: Js): Js {
  const text = `${within(c, Prec.nullish)} ? ${within(a, Prec.assign)} : ${within(b, Prec.assign)}`;
  return js(text, Prec.conditional, a.bool && b.bool);
}

export function comma(...items: readonly Js[]): Js {
  if (items.length === 1) return items[0]!;
  return js(list(items), Prec.comma);
}

/** `target = v` as an expression. */
export function assign(target: string, v: Js): Js {
  return js(`${target} = ${within(v, Prec.assign)}`, Prec.assign);
}

/** `a ?? b`. */
export function nullish(a: Js, b: Js): Js {
  const left = a.prec === Prec.nullish ? a.text : within(a, Prec.bitOr);
  return js(`${left} ?? ${within(b, Prec.bitOr)}`, Prec.nullish);
}

/** `text` with a looser form that gives the same under ToInt32. */
export function withLoose(exact: Js, loose: Js): Js {
  const { text, prec, value, bool } = exact;
  return { text, prec, value, loose, bool };
}

/** The form to use where ToInt32 or ToUint32 is applied anyway. */
export function loose(a: Js): Js {
  return a.loose ?? a;
}

/** The looser form, where that is a number: functions are faster with arguments of one kind. */
export function looseNumber(a: Js): Js {
  return a.loose?.bool ? a : loose(a);
}

/** True for a name (not a literal, not a member): it may be repeated without repeating work. */
export function isName(a: Js): boolean {
  const { text } = a;
  if (a.prec !== Prec.atom || a.value !== undefined) return false;
  for (let i = 0; i < text.length; i++) if (IN_NAMES[text.charCodeAt(i)] !== 1) return false;
  return true;
}

/** By character: 1 for letters, digits, `_` and `$`. What starts with a digit is a literal. */
const IN_NAMES = Uint8Array.from({ length: 128 }, (_, c) => (/[\w$]/.test(String.fromCharCode(c)) ? 1 : 0));

/** True for names and literals. */
export function isSimple(a: Js): boolean {
  return a.value !== undefined || isName(a);
}
