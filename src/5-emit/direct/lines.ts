/**
 * The statements of a function, a line each, indented when it is known which constructs remain.
 *
 * Who writes a line says what it does to the nesting: to look at its first and last character would make V8 copy the text
 * of each line once more.
 */

/** What a line does to the nesting of those after it. */
const Shape = { plain: 0, opens: 1, closes: 2, turns: 3 } as const;
type Shape = (typeof Shape)[keyof typeof Shape];

export class Lines {
  private readonly texts: string[] = [];
  private readonly shapes: Shape[] = [];
  /** Characters so far, without indentation. */
  characters = 0;

  get length(): number {
    return this.texts.length;
  }

  private push(text: string, shape: Shape): void {
    this.texts.push(text);
    this.shapes.push(shape);
    this.characters += text.length;
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
