/** The lines of a function as they are printed: indented, and changed later where they depend on what follows. */
import { reuseViews } from './reuse.ts';

export class Lines {
  /** undefined: room for a line that may come, or one taken away. */
  private readonly texts: (string | undefined)[] = [];
  private readonly depths: number[] = [];

  /** Index of the last line. */
  get last(): number {
    return this.texts.length - 1;
  }
  /** The text of the last line, '' if there is none. */
  get lastText(): string {
    return this.texts[this.last]?.trim() ?? '';
  }
  /** Adds a line at a depth; returns its index. */
  add(text: string, depth: number): number {
    this.depths.push(depth);
    return this.texts.push(text) - 1;
  }
  /** Room for a line, to be `set` when it is known. */
  reserve(): void {
    this.depths.push(0);
    this.texts.push(undefined);
  }
  set(line: number, text: string, depth: number): void {
    this.texts[line] = text;
    this.depths[line] = depth;
  }
  /** Changes a line but keeps its indentation. */
  patch(line: number, text: string): void {
    this.texts[line] = text;
  }
  remove(line: number): void {
    if (line === this.last) {
      this.texts.pop();
      this.depths.pop();
    } else this.texts[line] = undefined;
  }
  /** The lines behind one, as long as they are of a kind. */
  run(behind: number, isOfKind: (text: string) => boolean): readonly string[] {
    let end = behind + 1;
    for (let text = this.texts[end]; text !== undefined && isOfKind(text); text = this.texts[end]) end++;
    return this.texts.slice(behind + 1, end) as string[];
  }
  /**
   * Moves lines out of the run behind one, before that: it stands further down by as many then.
   * @param run what `run` gave
   */
  hoist(line: number, run: readonly string[], moved: ReadonlySet<string>): void {
    const depth = this.depths[line]!;
    const order = [...moved, this.texts[line]!, ...run.filter((text) => !moved.has(text))];
    for (const [i, text] of order.entries()) {
      this.texts[line + i] = text;
      if (i <= moved.size) this.depths[line + i] = depth;
    }
  }
  /** Removes lines from the run behind one. */
  drop(line: number, run: readonly string[], dropped: ReadonlySet<string>): void {
    const kept = run.filter((text) => !dropped.has(text));
    for (let i = 0; i < run.length; i++) this.texts[line + 1 + i] = kept[i];
    while (this.texts[this.last] === undefined) this.remove(this.last);
  }
  /** @param reuses views that are read again go to local variables */
  body(reuses: boolean): Body {
    const { texts, depths } = this;
    const parts: string[] = [];
    let characters = 0;
    for (let i = 0; i < texts.length; i++) {
      const line = texts[i];
      if (line === undefined) continue;
      parts.push(INDENTS[Math.min(depths[i]!, DEEPEST)]!, line);
      characters += line.length;
    }
    parts.push('\n');
    // One flat string: as a rope it would keep all its parts alive until the module is linked.
    const plain = parts.join('');
    if (!reuses) return { text: plain, characters, locals: NONE };
    const { text, locals } = reuseViews(plain);
    return { text, characters: characters + text.length - plain.length, locals };
  }
}
const NONE: readonly string[] = [];

/** The body of a function, whose length is that without indentation, and the variables that it has for views. */
export interface Body {
  readonly text: string;
  readonly characters: number;
  readonly locals: readonly string[];
}

/** Deeper nests are not indented any further, and none by more than a space a level: indentation was a quarter of the output. */
const DEEPEST = 8;
/** The end of the line before, and the indentation. */
const INDENTS = Array.from({ length: DEEPEST + 1 }, (_, depth) => `\n${' '.repeat(depth + 1)}`);
