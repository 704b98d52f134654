/**
 * Lexical scanner of WebAssembly text (spec 6.3), by a cursor over the file's bytes held as a latin-1 string, so that
 * positions are byte offsets and no byte is lost. Comments and annotations count as white space.
 */

const SPACE = ' \t\r\n';
const STOP = `${SPACE}()";`;
const ESCAPES: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, '"': 34, "'": 39, '\\': 92 };

export class WastSyntaxError extends Error {
  override readonly name = 'WastSyntaxError';
}

export class Scanner {
  pos = 0;
  readonly text: string;
  private readonly lineStarts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.lineStarts.push(i + 1);
  }

  /** The line, from 1, of a position; the current one by default. */
  line(pos = this.pos): number {
    let low = 0;
    let high = this.lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.lineStarts[middle]! <= pos) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  fail(reason: string): never {
    throw new WastSyntaxError(`line ${this.line()}: ${reason}`);
  }

  /** Moves over white space, comments and annotations, and returns the character there; '' at the end. */
  peek(): string {
    for (;;) {
      const c = this.text.charAt(this.pos);
      const two = this.text.substr(this.pos, 2);
      if (c !== '' && SPACE.includes(c)) this.pos++;
      else if (two === ';;') this.skipLine();
      else if (two === '(;') this.skipComment();
      else if (two === '(@') this.skipForm();
      else return c;
    }
  }

  expect(c: string): void {
    if (this.peek() !== c) this.fail(`expected ${c}`);
    this.pos++;
  }

  /** Takes `c` when it comes next. */
  take(c: string): boolean {
    if (this.peek() !== c) return false;
    this.pos++;
    return true;
  }

  /** The next keyword, number or identifier, without moving; '' where a parenthesis or a string comes. */
  peekAtom(): string {
    this.peek();
    const start = this.pos;
    const atom = this.atom();
    this.pos = start;
    return atom;
  }

  /** A keyword, number or identifier; an identifier may be a string after its `$`. */
  atom(): string {
    this.peek();
    const start = this.pos;
    while (this.pos < this.text.length && !STOP.includes(this.text.charAt(this.pos))) this.pos++;
    if (this.text.charAt(this.pos) === '"' && this.text.slice(start, this.pos) === '$') this.string();
    return this.text.slice(start, this.pos);
  }

  /** Takes the atom `word` when it comes next. */
  takeAtom(word: string): boolean {
    if (this.peekAtom() !== word) return false;
    this.atom();
    return true;
  }

  takeName(): string | undefined {
    return this.peekAtom().startsWith('$') ? this.atom() : undefined;
  }

  /** A string literal's bytes. */
  string(): Uint8Array {
    this.expect('"');
    const bytes: number[] = [];
    for (;;) {
      const c = this.text.charAt(this.pos++);
      if (c === '') this.fail('string without end');
      if (c === '"') return Uint8Array.from(bytes);
      if (c === '\\') this.escape(bytes);
      else bytes.push(c.charCodeAt(0));
    }
  }

  /** All string literals that follow, joined; `after` is put behind each. */
  strings(after: readonly number[] = []): Uint8Array {
    const parts: number[] = [];
    while (this.peek() === '"') parts.push(...this.string(), ...after);
    return Uint8Array.from(parts);
  }

  private escape(bytes: number[]): void {
    const c = this.text.charAt(this.pos++);
    const plain = ESCAPES[c];
    if (plain !== undefined) {
      bytes.push(plain);
    } else if (c === 'u') {
      const end = this.text.indexOf('}', this.pos);
      const point = Number.parseInt(this.text.slice(this.pos + 1, end), 16);
      bytes.push(...new TextEncoder().encode(String.fromCodePoint(point)));
      this.pos = end + 1;
    } else {
      bytes.push(Number.parseInt(c + this.text.charAt(this.pos++), 16));
    }
  }

  private skipLine(): void {
    const end = /[\r\n]|$/g;
    end.lastIndex = this.pos;
    this.pos = end.exec(this.text)!.index;
    if (this.text.charAt(this.pos) === '') this.pos = this.text.length;
  }

  private skipComment(): void {
    const marks = /\(;|;\)/g;
    marks.lastIndex = this.pos;
    let depth = 0;
    do {
      const mark = marks.exec(this.text);
      if (mark === null) this.fail('comment without end');
      depth += mark[0] === '(;' ? 1 : -1;
    } while (depth > 0);
    this.pos = marks.lastIndex;
  }

  /** Moves past one parenthesised form, whatever tokens it holds. */
  skipForm(): void {
    this.pos++;
    this.skipRest();
  }

  /** Moves past the `)` that closes the form we are in. */
  skipRest(): void {
    for (let depth = 1; depth > 0; ) {
      const c = this.peek();
      if (c === '') this.fail('form without end');
      if (c === '"') {
        this.string();
        continue;
      }
      this.pos++;
      if (c === '(') depth++;
      if (c === ')') depth--;
    }
  }
}
