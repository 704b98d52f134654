/** The lines of a function as they are printed: indented, and changed later where they depend on what follows. */
export class Lines {
  /** undefined: room for a line that may come, or one taken away. */
  private readonly lines: (string | undefined)[] = [];

  /** Index of the last line. */
  get last(): number {
    return this.lines.length - 1;
  }
  /** Adds a line at a depth; returns its index. */
  add(text: string, depth: number): number {
    return this.lines.push(indented(text, depth)) - 1;
  }
  /** Room for a line, to be `set` when it is known. */
  reserve(): void {
    this.lines.push(undefined);
  }
  set(line: number, text: string, depth: number): void {
    this.lines[line] = indented(text, depth);
  }
  /** Changes a line but keeps its indentation. */
  patch(line: number, text: string): void {
    const old = this.lines[line]!;
    this.lines[line] = `${old.slice(0, old.search(/\S/))}${text}\n`;
  }
  remove(line: number): void {
    if (line === this.last) this.lines.pop();
    else this.lines[line] = undefined;
  }
  text(): string {
    const kept: string[] = [];
    for (const line of this.lines) if (line !== undefined) kept.push(line);
    // One flat string: as a rope it would keep all its parts alive until the module is linked.
    return kept.join('');
  }
}

const DEEPEST = 20;
const INDENTS = Array.from({ length: DEEPEST + 1 }, (_, depth) => '  '.repeat(depth + 1));

/** Deep nests are not indented any further. */
function indented(text: string, depth: number): string {
  return `${INDENTS[Math.min(depth, DEEPEST)]}${text}\n`;
}
