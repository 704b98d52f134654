/**
 * Views that are read again: `$v0$.i32` is an operation of its own at each access, which compiled code takes for a constant, but
 * which counts in the size of a function's bytecode (what V8 optimises, and what it inlines) and is executed until then. Behind
 * a read that certainly has been made, and as long as nothing may have grown the memory, the view is in a local variable.
 *
 * Such a variable is set wherever it is read behind: none is carried round a loop, where V8 would take it for anything.
 */

/** Names of the variables: `y0`, `y1`… */
const LOCAL = 'y';
/** A function has no more such variables. */
const MOST = 30;

/** An occurrence of a view in a line, and what stands there instead, if it is not the view itself. */
interface Read {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  text: string | undefined;
}
/** A block that is open: the views that were in locals where it began, and at the end of its first arm. */
interface Block {
  readonly before: number;
  arm: number;
  readonly isIf: boolean;
  /** Those lost around it before. */
  readonly lost: number;
}

/**
 * @param texts lines of a function without indentation, undefined where there is none
 * @returns the lines that change, and the variables that the function has besides
 */
export function reuseViews(texts: readonly (string | undefined)[]): { edits: Map<number, string>; locals: string[] } {
  const reuse = new Reuse();
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    if (text !== undefined) reuse.line(text, i);
  }
  return reuse.finish(texts);
}

class Reuse {
  private readonly views: string[] = [];
  /** By view: the read that is in its local while its bit is set. */
  private readonly first: Read[] = [];
  /** Those that may change, in the order of the text. */
  private readonly reads: Read[] = [];
  private readonly used = new Set<number>();
  private held = 0;
  /** Those that have been lost since the innermost block began: their locals may have been set anew since. */
  private lost = 0;
  private readonly blocks: Block[] = [];

  line(text: string, at: number): void {
    const first = text.charCodeAt(0);
    const opens = text.charCodeAt(text.length - 1) === OPEN_BRACE;
    const closes = first === CLOSE_BRACE;
    if (closes) this.close(text, opens);
    const start = first === LABEL ? text.indexOf(': ') + 2 : 0;
    const isIf = text.startsWith('if (', start);
    // The beginning of a loop or a case may be reached in several ways.
    if (!isIf && this.held !== 0 && isHead(text, start)) this.keep(0);
    this.scan(text, at, isIf && !opens);
    if (opens && !closes) this.begin(isIf && start === 0);
  }

  private keep(views: number): void {
    this.lost |= this.held & ~views;
    this.held &= views;
  }
  private begin(isIf: boolean): void {
    this.blocks.push({ before: this.held, arm: -1, isIf, lost: this.lost });
    this.lost = 0;
  }

  private close(text: string, opens: boolean): void {
    const block = this.blocks[this.blocks.length - 1]!;
    if (text === '} else {') {
      block.arm = this.held;
      this.held = block.before & ~this.lost;
      return;
    }
    this.blocks.pop();
    this.keep(block.isIf && !opens ? block.arm & block.before & ~this.lost : 0);
    this.lost |= block.lost;
    // What goes on in another way begins with nothing, and so does what follows that.
    if (opens) this.begin(false);
  }

  /** @param isShort an `if` and its statement in one line */
  private scan(text: string, at: number, isShort: boolean): void {
    if (this.held === 0 && !text.includes('$v')) return;
    let isCertain = true;
    let name = 0;
    let depth = 0;
    for (let i = 0; i < text.length; i++) {
      const kind = KINDS[text.charCodeAt(i)];
      if (kind === NAME) {
        const end = i === name ? viewEnd(text, i) : -1;
        if (end < 0) continue;
        this.read(text.slice(i, end), { line: at, from: i, to: end, text: undefined }, isCertain);
        i = end - 1;
        continue;
      }
      if (kind === OPEN) {
        if (isHarmful(text, name, i)) return this.keep(0);
        depth++;
      } else if (kind === CLOSE) {
        // The statement behind a condition may not be reached.
        if (--depth === 0 && isShort) isCertain = false;
      } else if (kind === CHOICE && isChoice(text, i)) isCertain = false;
      name = i + 1;
    }
  }

  private read(view: string, read: Read, isCertain: boolean): void {
    let k = this.views.indexOf(view);
    if (k < 0) {
      if (!isCertain || this.views.length === MOST) return;
      k = this.views.push(view) - 1;
    }
    if ((this.held & (1 << k)) !== 0) {
      const first = this.first[k]!;
      first.text ??= `(${LOCAL}${k} = ${view})`;
      this.used.add(k);
      read.text = `${LOCAL}${k}`;
    } else {
      if (!isCertain) return;
      this.held |= 1 << k;
      this.first[k] = read;
    }
    this.reads.push(read);
  }

  finish(texts: readonly (string | undefined)[]): { edits: Map<number, string>; locals: string[] } {
    const edits = new Map<number, string>();
    const { reads } = this;
    for (let i = 0; i < reads.length; ) {
      const { line } = reads[i]!;
      const old = texts[line]!;
      let done = 0;
      let text = '';
      for (; i < reads.length && reads[i]!.line === line; i++) {
        const read = reads[i]!;
        if (read.text === undefined) continue;
        text += old.slice(done, read.from) + read.text;
        done = read.to;
      }
      if (done > 0) edits.set(line, text + old.slice(done));
    }
    return { edits, locals: [...this.used].sort((a, b) => a - b).map((k) => `${LOCAL}${k}`) };
  }
}

const [LABEL, OPEN_BRACE, CLOSE_BRACE, DOLLAR, V] = [...'L{}$v'].map((c) => c.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
  number,
];

/** What a character is to the scanner: one of a name and what is asked of it, `[\w$.]`, a parenthesis, or `?`, `&` or `|`. */
const [NAME, OPEN, CLOSE, CHOICE] = [1, 2, 3, 4];
const KINDS = Uint8Array.from({ length: 128 }, (_, c) => {
  const text = String.fromCharCode(c);
  return /[\w$.]/.test(text) ? NAME : text === '(' ? OPEN : text === ')' ? CLOSE : /[?&|]/.test(text) ? CHOICE : 0;
});

/** Does a line begin, at a position, a loop, a switch, a case or a `try`? */
function isHead(text: string, start: number): boolean {
  HEAD.lastIndex = start;
  return HEAD.test(text);
}
const HEAD = /(for|while|do|switch|case|default|try)\b/y;

/** The end of a view's name that begins at a position; -1 if none does. */
function viewEnd(text: string, from: number): number {
  if (text.charCodeAt(from) !== DOLLAR || text.charCodeAt(from + 1) !== V) return -1;
  VIEW.lastIndex = from;
  return VIEW.test(text) ? VIEW.lastIndex : -1;
}
const VIEW = /\$v\d+\$\.[a-z]+\d+(?![\w$])/y;

/** May what follows not be reached? The libcall behind `??` reads no view. */
const isChoice = (text: string, at: number): boolean =>
  text[at] === '?' ? text[at - 1] === ' ' && text[at + 1] === ' ' : text[at + 1] === text[at];

/** Does a parenthesis open a call that might grow a memory? Any does, of a name or of a value, but those of accesses and of Math. */
function isHarmful(text: string, name: number, open: number): boolean {
  if (name === open) return open > 0 && /[)\]]/.test(text[open - 1]!);
  HARMLESS.lastIndex = name;
  return !HARMLESS.test(text);
}
const HARMLESS = /(Math\.\w+|[if]\d+_(load|store)\w*)\(/y;
