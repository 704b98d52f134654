/**
 * Functions on several threads. Workers start before the module is decoded, and load the compiler meanwhile; then they and the
 * calling thread take functions from one queue. The order in which functions are compiled changes nothing, so the output is
 * that of one thread.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { TypedModule } from '../2-validate/typed.ts';
import { addUses, type FuncCode, type ModuleScope, Uses } from '../5-emit/js/scope.ts';
import { CompileError } from '../errors.ts';
import type { Settings } from '../options.ts';
import { EXTENSION, pathOf } from '../package.ts';
import type { Batch, Done, Dump, Failure, Task } from './messages.ts';
import { Queue } from './queue.ts';
import { FuncCompiler } from './share.ts';

/** Bytes of a module for each further thread: below, a thread costs more to start than it saves. */
const BYTES_PER_JOB = 1 << 20;

/**
 * MB for young objects in a thread, of which V8 allows 48: with 192, large modules take 0.93 of the time on two. Many threads share
 * what four have, as far as that is more than V8's own.
 */
const [LEAST_YOUNG, MOST_YOUNG, ALL_YOUNG] = [48, 192, 768];

/** On how many threads to compile a module of `bytes` bytes, if `jobs` were asked for. Throws CompileError('usage'). */
export function jobsFor(bytes: number, jobs: number | undefined): number {
  if (jobs === undefined) return Math.max(1, Math.min(availableParallelism(), Math.floor(bytes / BYTES_PER_JOB)));
  if (Number.isInteger(jobs) && jobs > 0) return jobs;
  throw new CompileError('usage', `jobs must be a positive integer, not ${jobs}`);
}

/** What one thread has made. */
interface Share {
  readonly codes: FuncCode[];
  readonly done: Pick<Done, 'phases' | 'dumps' | 'failure'>;
}

export class Jobs {
  private readonly workers: readonly Worker[];

  /** Starts `count` threads besides the calling one. */
  constructor(count: number) {
    const worker = pathOf(`src/jobs/worker${EXTENSION}`);
    const maxYoungGenerationSizeMb = Math.max(LEAST_YOUNG, Math.min(MOST_YOUNG, Math.floor(ALL_YOUNG / count)));
    const options = { resourceLimits: { maxYoungGenerationSizeMb } };
    this.workers = Array.from({ length: count }, () => new Worker(worker, options));
    // An error is for the one who waits for a result; before that there may be nobody.
    for (const worker of this.workers) worker.on('error', () => undefined);
  }

  /** Compiles all functions. Throws the error of the first function, by index, that has one. */
  async compile(typed: TypedModule, scope: ModuleScope, settings: Settings): Promise<FuncCode[]> {
    const queue = Queue.of(typed.module);
    const task = taskFor(typed, settings, queue);
    const sent = this.workers.map((worker) => result(worker, task));
    // A worker that fails meanwhile is found below.
    for (const s of sent) s.catch(() => undefined);
    const own = ownShare(typed, scope, settings, queue);
    const all = [own, ...(await Promise.all(sent))];
    for (const { done } of all) for (const phase of done.phases) settings.onPhase?.(...phase);
    settings.onProgress?.(queue.total, queue.total);
    const failures = all.map(({ done }) => done.failure).filter((f) => f !== undefined);
    const [first] = failures.sort((a, b) => a.func - b.func);
    const dumps = all.flatMap(({ done }) => done.dumps).sort(([a], [b]) => a - b);
    for (const [func, text] of dumps) if (first === undefined || func <= first.func) settings.dump!.write(text);
    if (first !== undefined) throw errorOf(first);
    return all.flatMap(({ codes }) => codes);
  }

  /** Ends all threads; to be called in any case. */
  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

function taskFor({ module, features, referenced, payloads }: TypedModule, settings: Settings, queue: Queue): Task {
  const bytes = new Uint8Array(new SharedArrayBuffer(module.bytes.length));
  bytes.set(module.bytes);
  const { backend, traps, optimize, engine, without, verify, dump } = settings;
  return {
    module: { ...module, bytes },
    found: { features, referenced, payloads: payloads.frozen() },
    settings: { backend, traps, optimize, engine, without, verify },
    dump: dump && { what: dump.what, ...(dump.func !== undefined && { func: dump.func }) },
    timed: settings.onPhase !== undefined,
    queue: queue.memory,
  };
}

/** The calling thread's own part. Its dumps are kept until those of the others are there: they come in order. */
function ownShare(typed: TypedModule, scope: ModuleScope, settings: Settings, queue: Queue): Share {
  const dumps: Dump[] = [];
  const write = (text: string): void => void dumps.push([compiler.current, text]);
  const chosen = { ...settings, dump: settings.dump && { ...settings.dump, write } };
  const compiler = new FuncCompiler(typed, scope, chosen);
  const codes: FuncCode[] = [];
  const failed = compiler.drain(queue, (code) => {
    codes.push(code);
    settings.onProgress?.(queue.done(), queue.total);
  });
  const failure = failed && { func: failed.func, compileError: undefined, other: failed.error };
  return { codes, done: { phases: [], dumps, failure } };
}

/** Gives a worker its task, and gathers what it sends. Rejects if the thread ends before it is done. */
function result(worker: Worker, task: Task): Promise<Share> {
  return new Promise((resolve, reject) => {
    const uses = new Uses();
    const codes: FuncCode[] = [];
    worker.on('message', (message: Batch | Done) => {
      if (message.kind === 'batch') codes.push(...unpacked(message, uses));
      else {
        addUses(uses, message.uses);
        resolve({ codes, done: message });
      }
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a thread of the compiler ended early (${code})`)));
    worker.postMessage(task);
  });
}

function unpacked({ index, bytes }: Batch, uses: Uses): FuncCode[] {
  const codes: FuncCode[] = [];
  const all = Buffer.from(bytes.buffer);
  let at = 0;
  for (let i = 0; i < index.length; i += 2) {
    const end = at + index[i + 1]!;
    codes.push({ index: index[i]!, code: all.toString('utf8', at, end), uses });
    at = end;
  }
  return codes;
}

function errorOf({ compileError, other }: Failure): unknown {
  if (compileError === undefined) return other;
  return new CompileError(compileError.code, compileError.reason, compileError.where);
}
