/**
 * Sizes of functions in V8's bytecode, as they are printed and before. V8 optimises none above 61,440 bytes, which costs more than
 * anything else could.
 */
import { type FuncIR, Ir, isAccess, isConst, isStore, isWithinSpan, type Node } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';

/** V8's --max-optimized-bytecode-size is 61,440; with a margin for the error of the estimate. */
export const OPTIMISED_LIMIT = 57_500;
/** What accesses would save as calls is counted in functions of more nodes than this: in no other does it matter. */
export const FEW_NODES = 300;
/** Bytes of bytecode for a character that is no indentation, at the most: 0.66 to 0.91 in large functions of SQLite, QuickJS and Lua. */
const PER_CHARACTER = 0.9;
const MOST_PER_CHARACTER = 1.1;

/**
 * About how many bytes of bytecode a function becomes, from the length of its text without indentation, and from the text
 * itself if that leaves in doubt whether it is too large.
 *
 * @param variables how many it has, parameters included
 */
export function bytecodeEstimate(characters: number, text: string, variables: number): number {
  if (characters * MOST_PER_CHARACTER <= OPTIMISED_LIMIT) return characters * PER_CHARACTER;
  const cost = variables > FEW_VARIABLES ? WIDE : NARROW;
  return bytecodeOf(text, cost) - NARROW_SLOTS;
}

/**
 * Bytes of bytecode by kinds of tokens. Operands take a byte each, or two and a prefix where one of them is large: slots for
 * feedback, of which an operation takes one, are beyond the first 256.
 *
 * Near what V8's bytecodes take, and fitted over 300 functions of 30,000 bytes of bytecode and more, cut ones and whole ones, of
 * SQLite, QuickJS, Lua, oxc, rollup, web-ifc, oniguruma, tree-sitter and gofmt: for nine in ten it is 0.96 to 1.06 of what V8
 * makes, for those above 45,000 it is 0.92 to 1.10.
 */
const NARROW = {
  /** A name of the module, or of the runtime: a call of it, a cell of a region, and else. */
  callee: 9.8,
  cell: 1.5,
  outer: 4.8,
  property: 10,
  element: 1.7,
  /** A variable of the function; one that is an argument by itself. */
  variable: 1.8,
  argument: 3.4,
  number: 1,
};
/** The same where registers, too, need two bytes. */
const WIDE: typeof NARROW = { ...NARROW, callee: 11.9, property: 12, element: 3.7, variable: 3, argument: 6.5 };
const FEW_VARIABLES = 118;
/** What it is less, since the first operations have small slots. */
const NARROW_SLOTS = 400;
const PER_COMMA = 2.7;
const PER_LARGE_NUMBER = 3.5;
const PER_OPERATOR = 6;
const OPERATORS: Readonly<Record<string, number>> = { '=': 0, ':': 0, '!': 0, '-': 0, '~': 4, '+': 4, '?': 8, '??': 4 };
const LOGICAL: Readonly<Record<string, number>> = { '&&': 4, '||': 4 };
/** A test for undefined has no operation besides its jump. */
const KEYWORDS: Readonly<Record<string, number>> = {
  if: 1.6,
  else: 2.2,
  for: 8,
  while: 8,
  switch: 8,
  break: 6,
  continue: 6,
  undefined: -PER_OPERATOR,
  case: 0,
  return: 0,
  do: 0,
  var: 0,
  function: 0,
  default: 0,
};

function bytecodeOf(text: string, cost: typeof NARROW): number {
  let bytes = 0;
  for (let i = 0; i < text.length; ) {
    const kind = KINDS[text.charCodeAt(i)] ?? OTHER;
    const start = i++;
    if (kind === COMMA) bytes += PER_COMMA;
    else if (kind === BRACKET) bytes += cost.element;
    if (kind !== WORD && kind !== OPERATOR) continue;
    let all = KINDS_OF_LETTERS[text.charCodeAt(start)]!;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (KINDS[c] !== kind) break;
      all |= KINDS_OF_LETTERS[c]!;
    }
    bytes += kind === WORD ? bytesOfWord(text, start, i, all, cost) : bytesOfOperator(text, start, i);
  }
  return bytes;
}
function bytesOfOperator(text: string, start: number, end: number): number {
  // One of two operands has a space behind it.
  const isBinary = text.charCodeAt(end) === SPACE;
  if (end - start > 2) return PER_OPERATOR;
  const operator = text.slice(start, end);
  if (isBinary && (operator === '-' || operator === '+')) return PER_OPERATOR;
  return OPERATORS[operator] ?? LOGICAL[operator] ?? PER_OPERATOR;
}
/** Bytes of a name, a literal or a keyword, in which there are these kinds of letters. */
function bytesOfWord(text: string, start: number, end: number, letters: number, cost: typeof NARROW): number {
  const length = end - start;
  if (text.charCodeAt(start - 1) === DOT) return cost.property;
  if (KINDS_OF_LETTERS[text.charCodeAt(start)] === DIGIT) return cost.number + (length > 5 ? PER_LARGE_NUMBER : 0);
  const next = text.charCodeAt(end);
  // The function's own variables are short, and have a number or one letter; labels are their only rivals.
  const isOuter = (letters & OUTER) !== 0 || ((letters & DIGIT) !== 0 && length > 4);
  if (!isOuter) {
    if (letters & DIGIT && text.charCodeAt(start) === LABEL) return 0;
    const isShort = letters & DIGIT || length === 1;
    const known = isShort ? undefined : KEYWORDS[text.slice(start, end)];
    if (known !== undefined) return known;
    if (isShort || length < 5) return isArgument(text, start, next) ? cost.argument : cost.variable;
  }
  if (next === PARENTHESIS) return cost.callee;
  return text.startsWith('$o', start) ? cost.cell : cost.outer;
}
/** Is it between parentheses and commas alone? */
function isArgument(text: string, start: number, next: number): boolean {
  if (next !== CLOSING && KINDS[next] !== COMMA) return false;
  const before = text.charCodeAt(start - 1);
  return before === PARENTHESIS || (before === SPACE && KINDS[text.charCodeAt(start - 2)] === COMMA);
}
const [OTHER, WORD, OPERATOR, COMMA, BRACKET] = [0, 1, 2, 3, 4];
const kinds = (kindOf: (text: string) => number): Uint8Array =>
  Uint8Array.from({ length: 128 }, (_, c) => kindOf(String.fromCharCode(c)));
const KINDS = kinds((c) =>
  /[\w$]/.test(c) ? WORD : /[-+*/%^&|~<>=!?:]/.test(c) ? OPERATOR : c === ',' ? COMMA : c === '[' ? BRACKET : OTHER,
);
const [DIGIT, OUTER] = [1, 2];
const KINDS_OF_LETTERS = kinds((c) => (/\d/.test(c) ? DIGIT : /[$_]/.test(c) ? OUTER : 0));
const codeOf = (c: string): number => c.charCodeAt(0);
const [DOT, LABEL, SPACE, PARENTHESIS, CLOSING] = [...'.L ()'].map(codeOf) as [number, number, number, number, number];

/** The size of a function before it is printed. */
export interface Guess {
  /** By position, and at the end: bytes of bytecode before it, with accesses spelled out, in a function that is cut. */
  readonly before: Float64Array;
  /** Bytes that it has in one piece, and at the least, with all accesses as calls. */
  readonly whole: number;
  readonly least: number;
}

/**
 * A guess at what `print` will find, from what nodes become on average. In nine of ten of 235 functions above 2.5 KB of SQLite and
 * Lua the whole is 1.06 to 1.39 of the estimate by length, of 2987 of esbuild 0.76 to 1.06; the least was 0.76 of it at the most.
 */
export function guessSizes(ir: FuncIR): Guess {
  const before = scratch.doubles(ir.code.length + 1);
  let all = 0;
  let least = 0;
  for (let i = 0; i < ir.code.length; i++) {
    before[i] = CUT * PER_CHARACTER * all;
    const n = ir.code[i]!;
    all += guessOf(n);
    least += leastOf(n);
  }
  before[ir.code.length] = CUT * PER_CHARACTER * all;
  return { before, whole: PER_CHARACTER * all, least: PER_CHARACTER * least };
}
/** What regions hand over adds so much. */
const CUT = 1.05;

/** Characters of a node where it is printed: a fit over those functions, rounded, and 0 where that is negative. */
function guessOf(n: Node): number {
  if (n.op === Ir.storePair) return 50;
  if (isAccess(n)) return isStore(n) ? 26 : 20;
  if (isConst(n) || n.frame !== undefined) return 0;
  if (n.targets === undefined) return 14;
  if (n.targets.length > 1) return 12 * n.targets.length;
  return 26 + 5 * n.targets[0]!.args.length;
}

/** Characters that an access has less as a call. */
export const guessedSaving = (n: Node): number => guessOf(n) - ACCESS_AS_CALL;
const ACCESS_AS_CALL = 16;

/** What it has in any case. */
function leastOf(n: Node): number {
  if (mayBeCall(n)) return ACCESS_AS_CALL;
  if (isConst(n) || n.frame !== undefined) return 0;
  if (n.targets === undefined) return 6;
  return n.targets.length > 1 ? 8 * n.targets.length : 12;
}

/** What may be spelled out or be a call. */
export const mayBeCall = (n: Node): boolean => n.op === Ir.span || (isAccess(n) && !isWithinSpan(n));
