/**
 * `--minify`: short names for what `instantiate` declares. A bundler's minifier gives the variables of a function names by
 * their position behind the parameters, so that the same code has other names in a function with one parameter more. Here
 * each name of the text has one short name wherever it stands, the most frequent ones the shortest: similar code stays
 * similar, which is what compression lives on.
 *
 * The text is what the emitters and the linker print: strings in double quotes only, labels and keys with their colon right
 * behind them.
 */

/** Names of ours: of functions' variables, and of what the factory declares besides `$` names. */
const LOCAL = /^(?:[a-z]|[a-z]h?\d+|[xk]_\d+)$/;
const TOKEN = /(?<![\w$.])[A-Za-z_$][\w$]*(?!:|[\w$])/g;
const MATH = /(?<![\w$.])Math\.([a-z]\w*)\(/g;
const LABEL = /(?<=[\s{}]|^)(?:L\d+(?=: )|(?<=break |continue )L\d+)/g;
const FIRST = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_';
const REST = `${FIRST}0123456789`;

/** Words that may not be names, as far as they have four letters or fewer: no module has so many names that it needs five. */
const WORDS = (
  'do if in of as for new try var let get set NaN Map Set ' +
  'case else enum eval null this true void with Math Date JSON'
).split(' ');

/**
 * @param ours names that the text declares, `$` names and variables of functions left out
 * @param fixed names that it does not declare, and what each is called
 */
export function shortened(text: string, ours: ReadonlySet<string>, fixed: ReadonlyMap<string, string>): string {
  const counts = new Map<string, number>();
  const labels = new Map<string, number>();
  const kept = new Set<string>(WORDS);
  outsideStrings(text, (part) => {
    if (/['`]/.test(part)) throw new Error('wasmelt bug: quotes that are not double');
    for (const [token] of part.matchAll(TOKEN)) {
      if (fixed.has(token)) continue;
      if (token[0] === '$' || LOCAL.test(token) || ours.has(token)) counts.set(token, (counts.get(token) ?? 0) + 1);
      else if (!/^L\d+$/.test(token)) kept.add(token);
    }
    for (const [label] of part.matchAll(LABEL)) labels.set(label, (labels.get(label) ?? 0) + 1);
    return '';
  });
  for (const name of fixed.values()) if (kept.has(name)) throw new Error(`wasmelt bug: ${name} is taken`);
  const names = byFrequency(counts, new Set([...kept, ...fixed.values()]));
  for (const [name, short] of fixed) names.set(name, short);
  const short = byFrequency(labels, new Set(WORDS));
  return outsideStrings(text, (part) =>
    part.replace(TOKEN, (token) => names.get(token) ?? token).replace(LABEL, (label) => short.get(label)!),
  );
}

/** From how many calls on a function of `Math` has a name of its own. */
const FREQUENT = 8;

/**
 * `--optimize size`: frequent functions of `Math` as variables, whose names become short. Calls of a variable are a little
 * slower than calls of what engines know.
 * @returns the text, and the declarations that have to come before it
 */
export function withoutMath(text: string): { readonly text: string; readonly declarations: string } {
  const counts = new Map<string, number>();
  outsideStrings(text, (part) => {
    for (const [, name] of part.matchAll(MATH)) counts.set(name!, (counts.get(name!) ?? 0) + 1);
    return '';
  });
  const frequent = [...counts.keys()].filter((name) => counts.get(name)! >= FREQUENT).sort();
  const declarations = frequent.map((name) => `var $${name}$ = Math.${name};\n`).join('');
  const replaced = outsideStrings(text, (part) =>
    part.replace(MATH, (call, name: string) => (frequent.includes(name) ? `$${name}$(` : call)),
  );
  return { text: replaced, declarations };
}

/** Short names that are not taken: the shortest to the most frequent, ties in order of appearance. */
function byFrequency(counts: ReadonlyMap<string, number>, taken: ReadonlySet<string>): Map<string, string> {
  const names = new Map<string, string>();
  let next = 0;
  for (const [name] of [...counts].sort((a, b) => b[1] - a[1])) {
    let short = nth(next++);
    while (taken.has(short)) short = nth(next++);
    names.set(name, short);
  }
  return names;
}

function nth(n: number): string {
  let text = FIRST[n % FIRST.length]!;
  for (let rest = Math.floor(n / FIRST.length); rest > 0; rest = Math.floor((rest - 1) / REST.length)) {
    text += REST[(rest - 1) % REST.length];
  }
  return text;
}

/** The text with all that is not in strings replaced. */
function outsideStrings(text: string, replaced: (part: string) => string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', from)) {
    parts.push(replaced(text.slice(from, at)));
    let end = at + 1;
    for (; text[end] !== '"'; end++) if (text[end] === '\\') end++;
    from = end + 1;
    parts.push(text.slice(at, from));
  }
  parts.push(replaced(text.slice(from)));
  return parts.join('');
}
