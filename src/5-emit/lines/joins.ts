/**
 * `--optimize size`: an assignment becomes part of the statement behind it, where that reads the variable first of all:
 * `i0 = f(p0); g(i0, 4);` is `g(i0 = f(p0), 4);`, as `local.tee` is in WebAssembly. What the statement evaluates before it
 * comes to the variable may be names of locals, literals and names of functions alone: nothing that the assignment
 * could change, and nothing that could tell.
 */

/** Variables of functions, as `variables.ts` names them. */
const LOCAL = '[pifdr]\\d+';
const ASSIGNMENT = new RegExp(`^(${LOCAL}) = ([^;]*);$`);
/** An assignment of a literal or a local, to one variable or several. */
const PLAIN = new RegExp(`^(?:${LOCAL} = )+(-?[\\w.]+);$`);
const ASSIGNED = new RegExp(`(?<![\\w$.])(${LOCAL}) = `, 'g');

/**
 * One token of what may stand before the variable: (1) the beginning of a statement, or the target of its assignment; (2) a
 * function that computes without effects, (3) another function, with its parenthesis; (4) a local; (5) an opening and (6) a
 * closing parenthesis; numbers and operators that evaluate both operands.
 */
const TOKEN = new RegExp(
  `(return |if \\(|switch \\(|\\} while \\(|(?:${LOCAL}|\\$g\\d+\\$(?:\\.v)?) = )|(Math\\.\\w+\\()|(\\$?[A-Za-z_][\\w$]*\\()` +
    `|(${LOCAL})(?![\\w$(])|(\\()|(\\))|\\d[\\d.]*(?:e[+-]?\\d+)?|>>>|>>|<<|<=?|>=?|===|!==|[-+*/%^,!~ ]|&(?!&)|\\|(?!\\|)`,
  'y',
);

/**
 * Both statements as one.
 * @param before an assignment
 * @param after the statement behind it, or the head of one
 * @returns undefined if they have to stay apart
 */
export function join(before: string, after: string): string | undefined {
  const assignment = ASSIGNMENT.exec(before);
  if (assignment === null) return undefined;
  const [, name, value] = assignment as unknown as [string, string, string];
  const plain = PLAIN.exec(before)?.[1];
  if (plain !== undefined && plain === PLAIN.exec(after)?.[1]) return after.slice(0, -plain.length - 1) + before;
  const at = firstRead(name, value, after);
  if (at < 0) return undefined;
  const end = at + name.length;
  const alone = /(?:,|\w =|return) $|\($/.test(after.slice(0, at)) && /^[,);]/.test(after.slice(end));
  const text = `${name} = ${value}`;
  return `${after.slice(0, at)}${alone ? text : `(${text})`}${after.slice(end)}`;
}

/** Where `after` reads the variable, if it evaluates nothing before that matters; else -1. */
function firstRead(name: string, value: string, after: string): number {
  if (!after.includes(name)) return -1;
  const assigned = new Set(Array.from(value.matchAll(ASSIGNED), (m) => m[1]!));
  // By open parenthesis: is it that of a function with effects?
  const calls: boolean[] = [];
  let start = true;
  for (let at = 0; at < after.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(after);
    if (token === null) return -1;
    const [text, begin, pure, call, local, open, close] = token;
    if (begin !== undefined) {
      if (!start) return -1;
      if (begin.endsWith('(')) calls.push(true);
    } else if (pure !== undefined || open !== undefined) calls.push(false);
    else if (call !== undefined) calls.push(true);
    else if (local !== undefined) {
      if (local === name) return at;
      if (assigned.has(local)) return -1;
    } else if (close !== undefined && calls.pop() !== false) return -1;
    start = start && begin !== undefined && text !== '(';
  }
  return -1;
}
