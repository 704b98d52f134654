/** Names of variables in printed text. */

/**
 * The function's own variables that a text names, in order of first use: a letter and a number, for a handler's upper words
 * with `h`, `h2` or `h3` behind, or a letter alone. By hand: a regular expression makes a string of each that it finds.
 */
export function variablesIn(text: string): string[] {
  const seen = new Set<number>();
  for (let i = 0; i < text.length; i++) {
    if (classOf(text, i) === OTHER) continue;
    const start = i;
    const letter = text.charCodeAt(i++);
    let number = 0;
    while (classOf(text, i) === DIGIT) number = (10 * number + text.charCodeAt(i++) - ZERO) & 0xffffff;
    const digits = i - start - 1;
    let word = 0;
    if (letter === W && digits > 0 && text.charCodeAt(i) === H) {
      word = text.charCodeAt(++i) - ZERO;
      if (word === 2 || word === 3) i++;
      else word = 1;
    }
    const ends = classOf(text, i) === OTHER;
    while (classOf(text, i) !== OTHER) i++;
    if (!ends || text.charCodeAt(start - 1) === DOT) continue;
    const form = (digits === 0 ? ALONE : NUMBERED)[letter] ?? 0;
    if (form === 1) seen.add(digits === 0 ? -letter : ((letter << 24) | number) * 4 + word);
  }
  return [...seen].map((key) => {
    if (key < 0) return String.fromCharCode(-key);
    const whole = Math.floor(key / 4);
    return `${String.fromCharCode(whole >> 24)}${whole & 0xffffff}${HIGH_WORDS[key % 4]}`;
  });
}
const [OTHER, LETTER, DIGIT] = [0, 1, 2];
/** What follows the number of a handler's variable, by the word of the value that it holds. */
export const HIGH_WORDS = ['', 'h', 'h2', 'h3'];
const [ZERO, DOT, W, H] = ['0', '.', 'w', 'h'].map((c) => c.charCodeAt(0)) as [number, number, number, number];
const CLASSES = Uint8Array.from({ length: 128 }, (_, c) => {
  const text = String.fromCharCode(c);
  return /\d/.test(text) ? DIGIT : /[\w$]/.test(text) ? LETTER : OTHER;
});
function classOf(text: string, i: number): number {
  if (i >= text.length) return OTHER;
  const c = text.charCodeAt(i);
  return c < 128 ? CLASSES[c]! : OTHER;
}
const among = (letters: string): Uint8Array =>
  Uint8Array.from({ length: 128 }, (_, c) => (letters.includes(String.fromCharCode(c)) ? 1 : 0));
const NUMBERED = among('idfrupvxwy');
const ALONE = among('tu');
