/** What the cases share: the installed packages' files, and sample inputs that are the same on every machine. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** CommonJS `require` from this folder, for packages whose ES entry is another build. */
export const require = createRequire(import.meta.url);

/** Path of a file of an installed package, whatever the package's `exports` say. */
export function packageFile(name) {
  return fileURLToPath(new URL(`node_modules/${name}`, import.meta.url));
}

export function packageText(name) {
  return readFileSync(packageFile(name), 'utf8');
}

/** 60,000 characters of minified JavaScript: text to parse and to compress. */
export function sampleScript() {
  return packageText('sql.js/dist/sql-asm.js').slice(0, 60_000);
}

/** The linear congruential generator of ANSI C's example `rand`, 32 bits wide. */
function* generator(seed) {
  for (let x = seed; ; ) {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    yield x >>> 16;
  }
}

/** `length` pseudo-random bytes, always the same. */
export function sampleBytes(length) {
  const random = generator(12345);
  return Buffer.from(Array.from({ length }, () => random.next().value & 255));
}

const WORDS = [
  ...['const', 'let', 'function', 'return', 'if', 'else', 'for', 'while', 'await', 'import', 'export', 'from'],
  ...['class', 'extends', 'new', '42', '"str"', '`t`', '+', '-', '=>', '(', ')', '{', '}', ';', ',', '.'],
  ...['a', 'b', 'c', 'd'],
];

/** `count` words that look like JavaScript, each followed by a space, always the same. */
export function sampleWords(count) {
  const random = generator(7);
  return Array.from({ length: count }, () => `${WORDS[random.next().value % WORDS.length]} `).join('');
}

export function sha1(bytes) {
  return createHash('sha1').update(bytes).digest('hex');
}

/** Some Emscripten glue prefers `fetch`, which does not read files: make it read the file itself. */
export function withoutFetch() {
  delete globalThis.fetch;
}
