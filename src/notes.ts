/**
 * What the compiler has to say about one function, for `--explain`: remarks, by the part of the compiler that makes them.
 * Where nobody asked there is no `Note`, and nothing is counted or made into text.
 */

/**
 * Takes a remark. With a number it is told with the sum of the numbers, and not at all if that is 0; with a text, with a
 * list of the texts.
 */
export type Note = (remark: string, what?: number | string) => void;

/** The remarks of one part, in order. */
export class Section {
  readonly part: string;
  /** Nodes of the function before and after, where the part changes it. */
  nodes: { readonly before: number; readonly after: number } | undefined;
  readonly remarks = new Map<string, { count: number; readonly items: string[] }>();

  constructor(part: string) {
    this.part = part;
  }

  readonly note: Note = (remark, what) => {
    if (what === 0) return;
    let known = this.remarks.get(remark);
    if (known === undefined) this.remarks.set(remark, (known = { count: 0, items: [] }));
    if (typeof what === 'number') known.count += what;
    else if (what !== undefined) {
      known.count++;
      known.items.push(what);
    }
  };
}

export class FuncNotes {
  readonly func: number;
  readonly sections: Section[] = [];
  /** Bytes of bytecode that it is estimated at as it is printed first, and its largest piece as it is in the end. */
  spelledOut = 0;
  bytes = 0;
  /** Cases of tables that have been brought together. */
  gathered = 0;
  /** V8 will not optimise it. */
  isTooLarge = false;

  constructor(func: number) {
    this.func = func;
  }

  /** Begins a section; one of the same part that `again` replaces goes. */
  begin(part: string, again = false): Section {
    const section = new Section(part);
    const at = again ? this.sections.findIndex((s) => s.part === part) : -1;
    if (at < 0) this.sections.push(section);
    else this.sections[at] = section;
    return section;
  }
}
