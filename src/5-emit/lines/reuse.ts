/**
 * Views that are read again: `$v0$.i32` is an operation of its own at each access, which compiled code takes for a constant, but
 * which counts in the size of a function's bytecode (what V8 optimises, and what it inlines) and is executed until then. Behind
 * a read that certainly has been made, and as long as nothing may have grown the memory, the view is in a local variable.
 *
 * Such a variable is set wherever it is read behind: none is carried round a loop, where V8 would take it for anything.
 */

/** What the names of all views begin with. */
const VIEWS = '$v';
/** Names of the variables: `y0`, `y1`… */
const LOCAL = 'y';
/** A function has no more such variables. */
const MOST = 30;

/** An occurrence of a view in the text, and what stands there instead, if it is not the view itself. */
interface Read {
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
 * @param text the body of a function, each line behind a line feed and spaces
 * @returns the text as it becomes, and the variables that the function has besides
 */
export function reuseViews(text: string): { text: string; locals: string[] } {
  if (!text.includes(VIEWS)) return { text, locals: [] };
  const reuse = new Reuse(text);
  for (let at = 0, end = 0; end < text.length; at = end + 1) {
    end = Math.min(find(text, '\n', at), text.length);
    while (at < end && text.charCodeAt(at) === SPACE) at++;
    if (at < end) reuse.line(at, end);
  }
  return reuse.finish();
}

class Reuse {
  private readonly text: string;
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
  /** Where the next view and the next parenthesis are, unless they are behind already. */
  private nextView = -1;
  private nextOpen = -1;

  constructor(text: string) {
    this.text = text;
  }

  line(from: number, end: number): void {
    const { text } = this;
    const first = text.charCodeAt(from);
    const opens = text.charCodeAt(end - 1) === OPEN_BRACE;
    const closes = first === CLOSE_BRACE;
    if (closes) this.close(from, opens);
    const start = first === LABEL ? text.indexOf(': ', from) + 2 : from;
    const isIf = text.startsWith('if (', start);
    // The beginning of a loop or a case may be reached in several ways.
    if (!isIf && this.held !== 0 && isHead(text, start)) this.keep(0);
    if (this.nextView < from) this.nextView = findView(text, from);
    if (this.nextView < end) this.scan(from, end, isIf && !opens);
    else if (this.held !== 0 && this.mayGrow(from, end)) this.keep(0);
    if (opens && !closes) this.begin(isIf && start === from);
  }

  private keep(views: number): void {
    this.lost |= this.held & ~views;
    this.held &= views;
  }
  private begin(isIf: boolean): void {
    this.blocks.push({ before: this.held, arm: -1, isIf, lost: this.lost });
    this.lost = 0;
  }

  private close(from: number, opens: boolean): void {
    const block = this.blocks[this.blocks.length - 1]!;
    if (opens && this.text.startsWith('} else {', from)) {
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
  private scan(from: number, end: number, isShort: boolean): void {
    const { text } = this;
    let isCertain = true;
    let name = from;
    let depth = 0;
    for (let i = from; i < end; i++) {
      const kind = KINDS[text.charCodeAt(i)];
      if (kind === NAME) {
        const behind = i === name ? viewEnd(text, i) : -1;
        if (behind < 0) continue;
        this.read(text.slice(i, behind), { from: i, to: behind, text: undefined }, isCertain);
        i = behind - 1;
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

  /** Is there a call in a line that might grow a memory? */
  private mayGrow(from: number, end: number): boolean {
    const { text } = this;
    if (this.nextOpen < from) this.nextOpen = find(text, '(', from);
    while (this.nextOpen < end) {
      let name = this.nextOpen;
      while (name > from && KINDS[text.charCodeAt(name - 1)] === NAME) name--;
      if (isHarmful(text, name, this.nextOpen)) return true;
      this.nextOpen = find(text, '(', this.nextOpen + 1);
    }
    return false;
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

  finish(): { text: string; locals: string[] } {
    const parts: string[] = [];
    let done = 0;
    for (const { from, to, text } of this.reads) {
      if (text === undefined) continue;
      parts.push(this.text.slice(done, from), text);
      done = to;
    }
    parts.push(this.text.slice(done));
    const locals = [...this.used].sort((a, b) => a - b).map((k) => `${LOCAL}${k}`);
    return { text: parts.join(''), locals };
  }
}

/** Where the next view is from a position on. To look for a single character is far quicker than for two. */
function findView(text: string, from: number): number {
  let at = find(text, '$', from);
  while (at < text.length && text.charCodeAt(at + 1) !== V) at = find(text, '$', at + 1);
  return at;
}

/** The next position of a piece of text from a position on; beyond all positions if there is none. */
function find(text: string, piece: string, from: number): number {
  const at = text.indexOf(piece, from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

const [LABEL, OPEN_BRACE, CLOSE_BRACE, DOLLAR, V, SPACE] = [...'L{}$v '].map((c) => c.charCodeAt(0));
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
const VIEW = /\$v\d+\$\.(dv|[a-z]+\d+)(?![\w$])/y;

/** May what follows not be reached? The libcall behind `??` reads no view. */
const isChoice = (text: string, at: number): boolean =>
  text[at] === '?' ? text[at - 1] === ' ' && text[at + 1] === ' ' : text[at + 1] === text[at];

/** Does a parenthesis open a call that might grow a memory? Any does, of a name or of a value, but those of accesses and of Math. */
function isHarmful(text: string, name: number, open: number): boolean {
  if (name === open) return /[)\]]/.test(text[open - 1]!);
  HARMLESS.lastIndex = name;
  return !HARMLESS.test(text);
}
const HARMLESS = /(Math\.\w+|[if]\d+_(load|store)\w*|[\w$.]*\.[gs]et(Int|Uint|Float)\d+)\(/y;
