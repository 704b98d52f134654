/**
 * FuncIR → the text of one JavaScript function: statements in order, control flow as labelled blocks, loops, ifs and
 * switches. Lines that depend on what comes later (labels, empty arms) are patched when their frame closes.
 */
import { Frame, Ir, isTailCall, type Node, type Target } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import { fallsInto } from '../form/shape.ts';
import { passesNothing } from '../form/switches.ts';
import { typing } from '../form/untyped.ts';
import type { Js } from '../js/expr.ts';
import type { Exit, Part } from '../large/outline.ts';
import { hoistCommonStart } from '../lines/arms.ts';
import { join } from '../lines/joins.ts';
import { Lines } from '../lines/lines.ts';
import { labelled, type Open, OpenStatements } from '../lines/open.ts';
import { type CopyTools, copyStatements } from './copies.ts';
import { head } from './head.ts';
import { endsInCondition, isCutOut, leavesTo } from './loops.ts';
import type { PrintedText, PrintInput } from './print-input.ts';
import { handlerLines, resultCells, statement, throwStatement } from './statements.ts';

/** Stands for the frame of a switch that nothing branches out of. */
const NO_FRAME = new Frame(-2, 'block');

export class Printer {
  private readonly in: PrintInput;
  private lines = new Lines();
  /** By frame id, for the statements that are open. */
  private readonly places: Int32Array;
  private open: OpenStatements;
  /** The part that is being printed as a function of its own, and those that are done. */
  private part: Part | undefined;
  private parts = '';
  /** Characters printed before each position. */
  readonly sizes: Int32Array;
  private printed = 0;
  private at = 0;
  private temporaries = 0;
  /** Position up to which nodes are already printed by a look-ahead. */
  private skip = -1;
  private readonly copyTools: CopyTools;

  constructor(input: PrintInput) {
    this.in = input;
    this.sizes = scratch.words(input.ir.code.length + 1);
    this.places = scratch.words(input.ir.frameCount);
    this.open = new OpenStatements(this.places);
    const { trees, variables, expressions } = input;
    this.copyTools = { trees, variables, expressions, temporary: () => `x${this.temporaries++}` };
  }

  /** Does it return something: a result, or what a tail call returns? */
  private get hasResult(): boolean {
    const { ir } = this.in;
    return (this.returns ??= ir.results.length > 0 || ir.code.some((n) => isTailCall(n.op)));
  }
  private returns: boolean | undefined;

  /** Prints the function's declaration. With `cells`, it finds its parameters there. */
  print(name: string, cells?: readonly string[]): PrintedText {
    const { ir, parts } = this.in;
    for (this.at = 0; this.at < ir.code.length; this.at++) {
      this.sizes[this.at] = this.printed;
      const part = parts.size === 0 ? undefined : parts.get(this.at);
      if (part) this.cutOut(part);
      else if (this.at > this.skip) this.node(ir.code[this.at]!);
    }
    this.sizes[ir.code.length] = this.printed;
    const { text, characters, locals } = this.lines.body(this.in.reuses);
    const start = head(this.in, name, cells, this.temporaries, locals);
    return { characters: start.length + characters, parts: this.parts, text: `${start}${text}}\n` };
  }

  /** Prints a region as a function of its own, and the call that stands for it. */
  private cutOut(part: Part): void {
    const { expressions, views, ir } = this.in;
    const { lines, open, temporaries } = this;
    const { usesAddress, usesIndex } = expressions;
    Object.assign(this, { lines: new Lines(), open: new OpenStatements(this.places), part });
    views.apart(() => {
      for (this.at = part.region.start; this.at <= part.region.end; this.at++) {
        this.sizes[this.at] = this.printed;
        if (this.at > this.skip) this.node(ir.code[this.at]!);
      }
    });
    this.at = part.region.end;
    const { text, args } = part.wrap(this.lines.body(this.in.reuses).text);
    this.parts += text;
    Object.assign(this, { lines, open, temporaries, part: undefined });
    Object.assign(expressions, { usesAddress, usesIndex });
    this.callPart(part, `${part.name}(${args})`);
  }

  private callPart({ exits }: Part, call: string): void {
    const two = exits.length === 2;
    if (exits.length < 2) this.line(`${call};`);
    else if (two) this.line(`if (${call}) {`);
    else this.opened('switch', NO_FRAME, `switch (${call}) {`);
    // The way out that is numbered 1 is the first arm of two.
    for (const [i, exit] of (two ? [exits[1]!, exits[0]!] : exits).entries()) {
      if (two && i === 1) this.line('} else {');
      if (exits.length > 2) this.line(`case ${i}:`);
      this.follow(exit, exits.length > 2, two ? 1 : 0);
    }
    if (exits.length < 2) return;
    if (!two) this.open.close();
    this.line('}');
  }
  /** Goes on from where a region left by a way out. */
  private follow({ frame, names }: Exit, isCase: boolean, inner: number): void {
    for (const [k, { name, type }] of names.entries())
      this.line(this.in.untyped ? typing(name, type, `$o${k}`) : `${name} = $o${k};`, inner);
    if (frame.kind === 'exit') this.line(this.hasResult ? 'return $o0;' : 'return;', inner);
    else if (!fallsInto(this.in.ir, this.in.shape, this.at, frame)) this.line(this.transfer(frame), inner);
    else if (isCase) this.line('break;', inner);
  }

  /** Leaves the function that a region became: hands back what it wrote, and tells which way it went. */
  private leavePart(part: Part, t: Target): string[] {
    if (t.frame.kind === 'exit') {
      const texts = this.return(t.args, false);
      const value = texts[0]!.slice('return'.length, -1).trim();
      const result = value === '' ? 'void 0' : `(${value})`;
      return [`return ${this.hasResult ? `${this.cell(0)} = ${result}, ` : ''}${part.returning(t.frame)};`];
    }
    const texts = this.copies(t);
    const { number, names } = part.exit(t.frame);
    const back = names.map(({ name }, k) => `${this.cell(k)} = ${name}, `);
    return [...texts, `return ${back.join('')}${number};`];
  }
  private cell(k: number): string {
    this.in.expressions.names().uses.accessors.set(`$o${k}`, `var $o${k} = 0;`);
    return `$o${k}`;
  }

  /** @param inner levels that the line is indented by besides those of the open statements */
  private line(text: string, inner = 0): number {
    return this.add(this.in.small ? this.withLast([text])[0]! : text, inner);
  }
  private add(text: string, inner = 0): number {
    this.printed += text.length + 1;
    return this.lines.add(text, this.open.length + inner);
  }

  /** Forms of one statement, with the assignments before it that can become part of it. */
  private withLast(texts: string[]): string[] {
    while (this.in.small) {
      const { lastText } = this.lines;
      const joined = texts.map((text) => join(lastText, text));
      if (joined.includes(undefined)) break;
      this.lines.remove(this.lines.last);
      texts = joined as string[];
    }
    return texts;
  }

  private node(n: Node): void {
    const { expressions, trees } = this.in;
    switch (n.op) {
      case Ir.block:
        return this.block(n);
      case Ir.loop:
        return this.loop(n);
      case Ir.if:
        return this.if(n);
      case Ir.try:
        return this.opened('try', n.frame!, 'try {');
      case Ir.throw:
        return void this.line(throwStatement(n, expressions));
      case Ir.else:
        return this.else();
      case Ir.end:
        return this.end(n.frame!);
      case Ir.br:
        return this.lineAll(this.jump(n.targets![0]!, true));
      case Ir.brIf:
        return this.brIf(n);
      case Ir.switch:
        return this.switch(n);
      case Ir.trap:
        return void this.line(`return ${expressions.names().libcall('trap_unreachable')}();`);
      default:
        if (trees.inline[n.id] === 0) this.statement(n);
    }
  }
  private statement(n: Node): void {
    const { expressions, trees, variables, ir } = this.in;
    const text = statement(n, expressions, trees, variables);
    if (!this.part || !isTailCall(n.op)) this.line(text);
    else this.line(`return ${this.cell(0)} = ${text.slice('return '.length, -1)}, ${this.part.returning(ir.exit)};`);
  }
  private lineAll(texts: readonly string[]): void {
    for (const text of texts) this.line(text);
  }

  /** @param more what an `if` and a `do` have besides */
  private opened(kind: Open['kind'], frame: Frame, text: string, more: Partial<Open> = {}): void {
    // The head may be written anew when the statement closes, in either form; what stands before is part of both.
    const { negated, tail } = more;
    const [joined, other] = this.withLast(this.in.small && negated ? [text, negated()] : [text]);
    const head = this.add(joined!);
    const opposite = other === undefined ? negated : () => other;
    this.open.push({ kind, frame, head, text: joined!, label: -1, inside: -1, negated: opposite, elseLine: -1, tail });
  }

  private block(n: Node): void {
    const frame = n.frame!;
    const { shape, switches } = this.in;
    if (shape.loopOfBlock.has(frame) || switches.absorbs(frame)) return;
    this.opened('block', frame, '{');
  }

  private loop(n: Node): void {
    const { shape, views } = this.in;
    const frame = n.frame!;
    const end = shape.end.get(frame)!;
    this.lineAll(this.copies({ frame, args: frame.init }));
    // Room for the lines that read views into locals, known when the loop has been printed.
    const reads = views.enter(this.at, end);
    if (reads) this.lines.reserve();
    const tail = !isCutOut(this.in, this.at, end - 2) && endsInCondition(this.in, frame, end);
    if (tail) this.opened('do', frame, 'do {', { tail: { condition: '', after: [] } });
    else this.opened('loop', frame, this.whileHead(frame) ?? 'for (;;) {');
    if (!reads) return;
    views.headed();
    this.lines.reserve();
  }

  /** A loop that begins by leaving on a condition is a `while` on the opposite. */
  private whileHead(frame: Frame): string | undefined {
    const { ir, shape, trees, variables, expressions } = this.in;
    let first = this.at + 1;
    while (trees.inline[ir.code[first]!.id] === 1) first++;
    const n = ir.code[first]!;
    if (n.op !== Ir.brIf || n.targets![0]!.frame !== shape.blockOfLoop.get(frame)) return undefined;
    if (!passesNothing(n.targets![0]!, variables) || shape.end.get(frame) === first + 2) return undefined;
    this.skip = first;
    return `while (${expressions.negated(n.inputs[0]!).text}) {`;
  }

  private if(n: Node): void {
    const { expressions } = this.in;
    const [condition] = n.inputs as [Node];
    const negated = (): string => `if (${expressions.negated(condition).text}) {`;
    this.opened('if', n.frame!, `if (${expressions.condition(condition).text}) {`, { negated });
  }

  private else(): void {
    const top = this.open.top!;
    this.open.pop();
    if (this.lines.last === top.head) this.open.push({ ...top, text: top.negated!(), negated: undefined });
    else {
      const elseLine = this.line('} else {');
      this.open.push({ ...top, negated: undefined, elseLine });
    }
  }

  private end(frame: Frame): void {
    const top = this.open.top;
    if (top === undefined || top.frame !== frame) {
      const labels = this.in.switches.caseAt(frame);
      if (labels) this.line(labels);
      return;
    }
    this.open.close();
    if (top.kind === 'do') this.closeDo(top);
    else if (top.kind === 'if') this.closeIf(top);
    else if (top.kind === 'try') this.lineAll(handlerLines(frame, this.in.expressions, this.in.variables));
    else if (top.kind === 'block' && top.label < 0) this.lines.remove(top.head);
    else {
      this.line('}');
      this.label(top);
    }
    if (top.kind === 'loop' || top.kind === 'do') this.leaveLoop(top);
  }

  private label(top: Open): void {
    this.lines.patch(top.head, labelled(top));
  }
  private closeDo(top: Open): void {
    this.line(`} while (${top.tail!.condition});`);
    this.label(top);
  }
  private leaveLoop(top: Open): void {
    const { before, inside } = this.in.views.leave();
    if (before !== '') this.lines.set(top.head - 1, before, this.open.length);
    if (inside !== '') this.lines.set(top.head + 1, inside, this.open.length + 1);
    if (top.tail) this.lineAll(top.tail.after);
  }

  private closeIf(open: Open): void {
    const top = { ...open, head: open.head + hoistCommonStart(this.lines, open) };
    const { last } = this.lines;
    if (last === top.head) {
      this.lines.patch(top.head, `${top.text.slice(4, -3)};`);
      return;
    }
    if (last === top.elseLine) this.lines.remove(last);
    this.line('}');
    this.label(top);
  }

  private copies(t: Target): string[] {
    return t.args.length === 0 ? [] : copyStatements(t.frame.params, t.args, this.copyTools);
  }

  /** The statements of a branch; none for the jump itself where control falls there anyway. */
  private jump(t: Target, mayFall: boolean): string[] {
    if (this.part?.isOutside(t.frame)) return this.leavePart(this.part, t);
    if (t.frame.kind === 'exit') return this.return(t.args, mayFall);
    const texts = this.copies(t);
    if (mayFall && fallsInto(this.in.ir, this.in.shape, this.at, t.frame)) return texts;
    texts.push(this.transfer(t.frame));
    return texts;
  }

  private return(args: readonly Node[], mayFall: boolean): string[] {
    const { expressions, wideResult, ir, shape } = this.in;
    if (args.length === 0) return mayFall && fallsInto(ir, shape, this.at, ir.exit) ? [] : ['return;'];
    const texts = args.map((a) => expressions.value(a).text);
    if (args.length === 1) return [`return ${texts[0]};`];
    if (!wideResult) return [`return [${texts.join(', ')}];`];
    const cells = resultCells(expressions.names(), texts.length);
    return [`return ${cells.map((cell, k) => `${cell} = ${texts[k + 1]}, `).join('')}${texts[0]};`];
  }

  /** `break` or `continue` to a frame, with a label only where another statement is in between. */
  private transfer(frame: Frame): string {
    const { open } = this;
    const continues = frame.kind === 'loop';
    const inner = continues ? undefined : open.breakable;
    if (inner && inner.kind !== 'switch' && leavesTo(this.in, inner.frame, inner.kind === 'do', frame)) return 'break;';
    const place = open.placeOf(this.in.shape.loopOfBlock.get(frame) ?? frame);
    if (place < 0) throw new Error(`wasmelt bug: branch to frame ${frame.id}, which is not open`);
    // A `do … while` goes round by its condition alone.
    const bare = open.isBare(place, continues) && (!continues || open.at(place).kind === 'loop');
    const word = continues ? 'continue' : 'break';
    return bare ? `${word};` : `${word} ${open.labelOf(place)};`;
  }
  private brIf(n: Node): void {
    const { ir, expressions, shape } = this.in;
    const target = n.targets![0]!;
    const next = ir.code[this.at + 1];
    const top = this.open.top;
    const endsLoop = next?.op === Ir.br && target.frame.kind === 'loop' && shape.end.get(target.frame) === this.at + 2;
    if (endsLoop && top?.frame === target.frame) return this.loopTail(n, next, top);
    this.guarded(expressions.condition(n.inputs[0]!), this.jump(target, false));
  }

  /** `br_if loop; br out; end`: leave if the condition fails, else go round. */
  private loopTail(back: Node, out: Node, top: Open): void {
    const { expressions, ir, shape } = this.in;
    this.skip = this.at + 1;
    const exit = out.targets![0]!;
    if (top.kind === 'do') {
      top.tail!.condition = expressions.condition(back.inputs[0]!).text;
      this.open.close();
      this.at += 1;
      const falls = shape.blockOfLoop.get(top.frame) === exit.frame;
      const end = shape.end.get(top.frame)!;
      const leaves = this.part?.isOutside(exit.frame) || exit.frame.kind === 'exit';
      const after = leaves ? this.jump(exit, false) : this.copies(exit);
      const lands = leaves || falls || fallsInto(ir, shape, end, exit.frame);
      top.tail!.after = lands ? after : [...after, this.transfer(exit.frame)];
      this.at -= 1;
      this.open.push(top);
      return;
    }
    this.guarded(expressions.negated(back.inputs[0]!), this.jump(exit, false));
    this.lineAll(this.copies(back.targets![0]!));
  }

  private guarded(condition: Js, texts: readonly string[]): void {
    if (texts.length === 1) this.line(`if (${condition.text}) ${texts[0]}`);
    else {
      this.line(`if (${condition.text}) {`);
      for (const text of texts) this.line(text, 1);
      this.line('}');
    }
  }

  private switch(n: Node): void {
    const { expressions, switches } = this.in;
    const nest = switches.nestOf(n);
    this.opened('switch', nest?.last ?? NO_FRAME, `switch (${expressions.value(n.inputs[0]!).text}) {`);
    for (const arm of switches.arms(n)) {
      this.line(arm.labels);
      for (const text of this.jump(arm.target, false)) this.line(text, 1);
    }
    if (nest) return;
    this.open.close();
    this.line('}');
  }
}
