/**
 * `--explain`: what was done to functions, and why not more. The parts of the compiler note what they do (`notes.ts`); here
 * stands who is asked about, what follows from the module alone, and the text of it. The same module and options give the
 * same text.
 */
import type { ModuleFacts } from '../3-lower/facts.ts';
import type { ModuleScope } from '../5-emit/js/scope.ts';
import { answersTo } from '../dump.ts';
import { CompileError } from '../errors.ts';
import { FuncNotes, Section } from '../notes.ts';
import type { ExplainOptions } from '../options.ts';
import type { WasmModule } from '../wasm/module.ts';
import { label, tellCalls } from './calls.ts';
import { itemsText, row, sectionsText } from './text.ts';

const LARGEST = 10;

export class Explanation {
  private readonly scope: ModuleScope;
  private readonly options: ExplainOptions;
  private readonly wanted: ReadonlySet<number>;
  private readonly notes: FuncNotes[] = [];

  /** @throws CompileError if a function is asked about that the module does not have, or has from elsewhere */
  constructor(scope: ModuleScope, options: ExplainOptions) {
    this.scope = scope;
    this.options = options;
    this.wanted = new Set(options.funcs.flatMap((text) => wantedBy(scope.typed.module, text)));
  }

  /** Takes the notes of a function; undefined if nobody asked about it. */
  of(func: number): FuncNotes | undefined {
    if (this.options.funcs.length > 0 && !this.wanted.has(func)) return undefined;
    const notes = new FuncNotes(func);
    this.notes.push(notes);
    return notes;
  }

  /** Writes it all, once the functions are compiled. */
  print(): void {
    const { write, funcs } = this.options;
    if (funcs.length === 0) write(this.moduleText());
    else for (const notes of this.notes) write(`${this.functionText(notes)}\n`);
  }

  private get module(): WasmModule {
    return this.scope.typed.module;
  }
  private get facts(): ModuleFacts {
    return this.scope.facts;
  }

  private functionText({ func, sections }: FuncNotes): string {
    const { module, facts } = this;
    const f = module.funcs[func]!;
    const place = new Section('place');
    const group = facts.tails.groupOf(func);
    if (facts.calls.isInlined(func)) place.note('it stands in its only caller', this.label(facts.calls.callerOf(func)));
    else if (group?.merges && group.members.length > 1)
      place.note('one function with its cycle of tail calls, told at the first', itemsText(group.members.map(String)));
    const calls = new Section('calls');
    tellCalls(this.scope.typed, facts, f, calls.note);
    const title = `function ${this.label(func)}: ${f.end - f.start} bytes of WebAssembly\n`;
    return title + sectionsText([place, calls, ...sections].filter((s) => s.nodes || s.remarks.size > 0));
  }
  private label(func: number): string {
    return label(this.module, func);
  }

  private moduleText(): string {
    const { module, notes } = this;
    const passes = new Map<string, Section>();
    for (const { sections } of notes) for (const s of sections) add(passes, s);
    const total = notes.reduce((n, { bytes }) => n + bytes, 0);
    const largest = [...notes].sort((a, b) => b.spelledOut - a.spelledOut || a.func - b.func).slice(0, LARGEST);
    return [
      `module: ${notes.length} functions and ${module.importedFuncs} imported ones, ${total} bytes of bytecode as estimated\n`,
      sectionsText(
        [this.functions(), this.tables(), ...passes.values(), this.sizes()].filter((s) => s.remarks.size > 0),
      ),
      'largest functions, by bytes of bytecode with all accesses spelled out:\n',
      ...largest.map(({ func, spelledOut }) => `${row(String(spelledOut), this.label(func))}\n`),
    ].join('');
  }

  /** Which functions stand in their callers, and which are one with others. */
  private functions(): Section {
    const { calls, tails } = this.facts;
    const section = new Section('functions');
    for (const { func } of this.notes) {
      if (calls.isInlined(func)) section.note('stand in their only caller', this.label(func));
      const group = tails.groupOf(func);
      if (group?.merges) section.note('loops, or one function with their cycle of tail calls', this.label(func));
      else if (group)
        section.note(
          'in cycles of tail calls that are jumps, since not all callees are known or they are large',
          this.label(func),
        );
    }
    return section;
  }
  private tables(): Section {
    const section = new Section('tables');
    for (const table of this.module.tables.keys()) {
      const why = this.facts.whyOpen(table);
      section.note(
        why === undefined ? 'closed: calls are switches over what they hold' : `open, since ${why}`,
        `table ${table}`,
      );
    }
    return section;
  }
  private sizes(): Section {
    const section = new Section('size');
    for (const { func, bytes, spelledOut, isTooLarge } of this.notes) {
      if (isTooLarge) section.note('stay above what V8 optimises', `${this.label(func)} (${bytes} bytes)`);
      else if (bytes !== spelledOut)
        section.note('made smaller, so that V8 optimises them', `${this.label(func)} (${spelledOut} bytes)`);
    }
    return section;
  }
}

/** Adds counts, and how many items there are. */
function add(sums: Map<string, Section>, { part, remarks }: Section): void {
  // Told function by function.
  if (part === 'size') return;
  let sum = sums.get(part);
  if (sum === undefined) sums.set(part, (sum = new Section(part)));
  for (const [remark, { count }] of remarks) sum.note(remark, Math.max(count, 1));
}

/** The functions that a text asks about: one that answers to all of it, or those that answer to its parts. */
function wantedBy(module: WasmModule, text: string): number[] {
  const answering = (wanted: string): number[] =>
    module.funcs.filter((f) => !f.import && answersTo(module, f.index, wanted)).map((f) => f.index);
  const whole = answering(text);
  if (whole.length > 0) return whole;
  return text.split(',').flatMap((part) => {
    const found = answering(part.trim());
    if (found.length === 0)
      throw new CompileError('usage', `no function with a body has the index or name ${part.trim()}`);
    return found;
  });
}
