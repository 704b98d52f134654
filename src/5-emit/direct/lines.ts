/**
 * The statements of a function, a line each, indented when it is known which constructs remain.
 *
 * Who writes a line says what it does to the nesting: to look at its first and last character would make V8 copy the text
 * of each line once more.
 */

/**
 * V8 keeps text that is put together as a tree of its pieces. In a function of more lines the collector of garbage would
 * copy those trees again and again.
 */
const FLATTENED = 1024;

/** What a line does to the nesting of those after it. */
const Shape = { plain: 0, opens: 1, closes: 2, turns: 3 } as const;
type Shape = (typeof Shape)[keyof typeof Shape];

export class Lines {
  private readonly texts: string[] = [];
  private readonly shapes: Shape[] = [];
  /** How many of the first lines are flat text. */
  private flat = 0;
  /** Characters so far, without indentation. */
  characters = 0;

  get length(): number {
    return this.texts.length;
  }

  private push(text: string, shape: Shape): void {
    this.texts.push(text);
    this.shapes.push(shape);
    this.characters += text.length;
    if (this.texts.length - this.flat >= FLATTENED) this.flatten();
  }
  /** Makes of the latest lines windows on one text. */
  private flatten(): void {
    const { texts } = this;
    const all = texts.slice(this.flat).join('');
    let at = 0;
    for (let i = this.flat; i < texts.length; i++) {
      const end = at + texts[i]!.length;
      texts[i] = all.slice(at, end);
      at = end;
    }
    this.flat = texts.length;
  }
  /** Whole statements; empty for a place that `opensAt` may fill. */
  add(text: string): void {
    this.push(text, Shape.plain);
  }
  /** Ends with an opening brace. */
  opens(text: string): void {
    this.push(text, Shape.opens);
  }
  /** Starts with a closing brace. */
  closes(text = '}'): void {
    this.push(text, Shape.closes);
  }
  /** Closes one construct and opens another: `} else {`. */
  turns(text: string): void {
    this.push(text, Shape.turns);
  }

  /** Puts a line that opens a construct in the place of another. */
  opensAt(at: number, text: string): void {
    this.characters += text.length - this.texts[at]!.length;
    this.texts[at] = text;
    this.shapes[at] = Shape.opens;
  }
  /** Removes a line; the others keep their numbers. */
  removeAt(at: number): void {
    this.characters -= this.texts[at]!.length;
    this.texts[at] = '';
    this.shapes[at] = Shape.plain;
  }
  removeLast(): void {
    this.shapes.pop();
    this.characters -= this.texts.pop()!.length;
    this.flat = Math.min(this.flat, this.texts.length);
  }

  /** All lines, each after the end of the line before and its indentation. */
  print(): string {
    const { texts, shapes } = this;
    const parts: string[] = [];
    let depth = 1;
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i]!;
      if (text === '') continue;
      const shape = shapes[i]!;
      if (shape >= Shape.closes) depth--;
      parts.push(INDENTS[depth < INDENTS.length ? depth : INDENTS.length - 1]!, text);
      if ((shape & Shape.opens) !== 0) depth++;
    }
    return parts.join('');
  }
}

/** The end of the line before, and the indentation. */
const INDENTS = Array.from({ length: 16 }, (_, depth) => `\n${' '.repeat(depth)}`);
