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
/** Bytes of bytecode for a character that is no indentation, in large functions: 0.78 to 1.13. */
const PER_CHARACTER = 0.9;
const MOST_PER_CHARACTER = 1.1;

/**
 * About how many bytes of bytecode a function becomes, from the length of its text without indentation, and from its lines
 * if that leaves in doubt whether it is too large.
 */
export function bytecodeEstimate(characters: number, lines: () => readonly string[]): number {
  if (characters * MOST_PER_CHARACTER <= OPTIMISED_LIMIT) return characters * PER_CHARACTER;
  return lines().reduce((sum, line) => sum + bytecodeOf(line), 0);
}

/**
 * Bytes of bytecode by kinds of tokens, fitted over 165 functions of 30,000 bytes of bytecode and more from ten modules, SQLite,
 * QuickJS, Lua, oxc, rollup, web-ifc and gofmt among them. Of those above 45,000 it is 0.94 to 1.06 of what V8 makes.
 */
function bytecodeOf(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; ) {
    const kind = KINDS[text.charCodeAt(i)] ?? OTHER;
    const start = i++;
    if (kind === COMMA) bytes += PER_COMMA;
    if (kind !== WORD && kind !== OPERATOR) continue;
    let all = KINDS_OF_LETTERS[text.charCodeAt(start)]!;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (KINDS[c] !== kind) break;
      all |= KINDS_OF_LETTERS[c]!;
    }
    if (kind === WORD) bytes += bytesOfWord(text, start, i, all);
    else if (i - start > 2 || !SILENT_OPERATORS.includes(text.slice(start, i))) bytes += PER_OPERATOR;
  }
  return bytes;
}
/** Bytes of a name, a literal or a keyword, in which there are these kinds of letters. */
function bytesOfWord(text: string, start: number, end: number, letters: number): number {
  const length = end - start;
  const before = text.charCodeAt(start - 1);
  if (before === DOT) return PER_PROPERTY;
  if (KINDS_OF_LETTERS[text.charCodeAt(start)] === DIGIT) return PER_NUMBER;
  if (letters & OUTER) return PER_OUTER_NAME;
  // The function's own variables are short, and have a number or one letter; labels are their only rivals.
  if (letters & DIGIT) return length > 4 ? PER_OUTER_NAME : text.charCodeAt(start) === LABEL ? 0 : PER_VARIABLE;
  if (length === 1) return PER_VARIABLE;
  const word = text.slice(start, end);
  if (word === 'break' || word === 'continue') return PER_JUMP;
  return KEYWORDS.has(word) ? 0 : length < 5 ? PER_VARIABLE : PER_OUTER_NAME;
}
const [OTHER, WORD, OPERATOR, COMMA] = [0, 1, 2, 3];
const kinds = (kindOf: (text: string) => number): Uint8Array =>
  Uint8Array.from({ length: 128 }, (_, c) => kindOf(String.fromCharCode(c)));
const KINDS = kinds((c) =>
  /[\w$]/.test(c) ? WORD : /[-+*/%^&|<>=!?:]/.test(c) ? OPERATOR : c === ',' ? COMMA : OTHER,
);
const [DIGIT, OUTER] = [1, 2];
const KINDS_OF_LETTERS = kinds((c) => (/\d/.test(c) ? DIGIT : /[$_]/.test(c) ? OUTER : 0));
const [DOT, LABEL] = ['.', 'L'].map((c) => c.charCodeAt(0)) as [number, number];
const SILENT_OPERATORS = ['=', '?', '??', ':'];
const KEYWORDS = new Set('if else case return for while do var function undefined default switch'.split(' '));
const PER_OUTER_NAME = 10.5;
const PER_PROPERTY = 7.7;
const PER_VARIABLE = 2.5;
const PER_NUMBER = 1.25;
const PER_OPERATOR = 4.8;
const PER_COMMA = 4.3;
const PER_JUMP = 8.1;

/** The size of a function before it is printed. */
export interface Guess {
  /** By position, and at the end: bytes of bytecode before it, with accesses spelled out, in a function that is cut. */
  readonly before: Float64Array;
  /** Bytes that it has in one piece, and at the least, with all accesses as calls. */
  readonly whole: number;
  readonly least: number;
}

/**
 * A guess at what `print` will find, from what nodes become on average. In nine of ten of 638 functions of 2.5 to 9 KB, from
 * SQLite, QuickJS, esbuild and oxc, the whole is 1.00 to 1.21 of the estimate by length, and the least 0.26 to 0.43; in none was
 * that more than 0.74.
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
  if (n.op === Ir.storePair) return 148;
  if (isAccess(n)) return isStore(n) ? 66 : 38;
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
