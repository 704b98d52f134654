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
    let from = text.indexOf('$v');
    if (from < 0 && this.held === 0) return;
    const call = harmfulCall(text);
    if (from >= 0 && from < call) {
      // What is read up to here is read whenever the line is reached.
      const certain = Math.min(firstChoice(text), isShort ? conditionEnd(text) : text.length);
      for (; from >= 0 && from < call; from = text.indexOf('$v', from + 2)) {
        const to = viewEnd(text, from);
        if (to >= 0) this.read(text.slice(from, to), { line: at, from, to, text: undefined }, from < certain);
      }
    }
    if (call < text.length) this.keep(0);
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

const [LABEL, OPEN, CLOSE, CLOSE_INDEX, OPEN_BRACE, CLOSE_BRACE] = [...'L()]{}'].map((c) => c.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
  number,
  number,
];

/** Does a line begin, at a position, a loop, a switch, a case or a `try`? */
function isHead(text: string, start: number): boolean {
  HEAD.lastIndex = start;
  return HEAD.test(text);
}
const HEAD = /(for|while|do|switch|case|default|try)\b/y;

/** Where the condition of the `if` ends that a line begins with. */
function conditionEnd(text: string): number {
  let depth = 0;
  for (let i = text.indexOf('('); i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === OPEN) depth++;
    else if (c === CLOSE && --depth === 0) return i;
  }
  return text.length;
}

/** Where the first operator stands that decides whether what follows is reached. The libcall behind `??` reads no view. */
function firstChoice(text: string): number {
  let first = text.length;
  for (const operator of CHOICES) {
    const at = text.indexOf(operator);
    if (at >= 0 && at < first) first = at;
  }
  return first;
}
const CHOICES = [' ? ', ' && ', ' || '];

/** The end of a view's name that begins at a position; -1 if none does. */
function viewEnd(text: string, from: number): number {
  VIEW.lastIndex = from;
  return VIEW.test(text) ? VIEW.lastIndex : -1;
}
const VIEW = /\$v\d+\$\.[a-z]+\d+(?![\w$])/y;

/** Where the first call stands that might grow a memory: any, of a name or of a value, but those of accesses and of Math. */
function harmfulCall(text: string): number {
  for (let open = text.indexOf('('); open >= 0; open = text.indexOf('(', open + 1)) {
    let start = open;
    while (start > 0 && isOfName(text.charCodeAt(start - 1))) start--;
    if (start < open) {
      HARMLESS.lastIndex = start;
      if (!HARMLESS.test(text)) return start;
    } else if (open > 0) {
      const before = text.charCodeAt(open - 1);
      if (before === CLOSE || before === CLOSE_INDEX) return open - 1;
    }
  }
  return text.length;
}
const HARMLESS = /(Math\.\w+|[if]\d+_(load|store)\w*)\(/y;

/** A character of names and of what is asked of them: `[\w$.]`. */
const isOfName = (c: number): boolean => OF_NAME[c] === 1;
const OF_NAME = Uint8Array.from({ length: 128 }, (_, c) => (/[\w$.]/.test(String.fromCharCode(c)) ? 1 : 0));
