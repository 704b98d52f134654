/** The entry of a worker thread: one task, then batches of texts, then the rest of what it found. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { Payloads } from '../2-validate/payloads/payloads.ts';
import { typedModule } from '../2-validate/typed.ts';
import { TypeSpace } from '../2-validate/types.ts';
import { type FuncCode, ModuleScope } from '../5-emit/js/scope.ts';
import { PhaseTimes } from '../dump.ts';
import { CompileError } from '../errors.ts';
import { type Settings, settings } from '../options.ts';
import type { Batch, Done, Dump, Failure, Task } from './messages.ts';
import { Queue } from './queue.ts';
import { FuncCompiler } from './share.ts';

/** Characters in a batch, about. */
const BATCH = 1 << 20;

/** Gathers texts, and sends them when they are many. */
class Sender {
  private readonly port: MessagePort;
  private index: number[] = [];
  private texts: string[] = [];
  private size = 0;

  constructor(port: MessagePort) {
    this.port = port;
  }
  add({ index, code }: FuncCode): void {
    this.index.push(index, Buffer.byteLength(code));
    this.texts.push(code);
    this.size += code.length;
    if (this.size >= BATCH) this.flush();
  }
  flush(): void {
    if (this.texts.length === 0) return;
    const index = Int32Array.from(this.index);
    const bytes = new Uint8Array(index.reduce((sum, size, i) => (i % 2 === 1 ? sum + size : sum), 0));
    const target = Buffer.from(bytes.buffer);
    let at = 0;
    for (const text of this.texts) at += target.write(text, at);
    const batch: Batch = { kind: 'batch', index, bytes };
    this.port.postMessage(batch, [bytes.buffer]);
    this.index = [];
    this.texts = [];
    this.size = 0;
  }
}

function work(task: Task, port: MessagePort): void {
  const { module, found, queue, dump } = task;
  const typed = typedModule(module, new TypeSpace(module.types), {
    ...found,
    payloads: Payloads.thawed(found.payloads),
  });
  const times = new PhaseTimes();
  const dumps: Dump[] = [];
  const write = (text: string): void => void dumps.push([compiler.current, text]);
  const chosen: Settings = {
    ...settings(task.settings),
    dump: dump && { ...dump, write },
    onPhase: task.timed ? times.add : undefined,
  };
  const compiler = new FuncCompiler(typed, new ModuleScope(typed, chosen.engine), chosen);
  const shared = new Queue(queue);
  const sender = new Sender(port);
  const failed = compiler.drain(shared, (code) => {
    sender.add(code);
    shared.done();
  });
  sender.flush();
  const { uses } = compiler;
  const done: Done = { kind: 'done', uses, phases: times.entries(), dumps, failure: failed && failure(failed) };
  port.postMessage(done);
}

function failure({ func, error }: { func: number; error: unknown }): Failure {
  if (!(error instanceof CompileError)) return { func, compileError: undefined, other: error };
  const { code, reason, offset, funcName } = error;
  const where = {
    ...(offset !== undefined && { offset }),
    ...(error.func !== undefined && { func: error.func }),
    ...(funcName !== undefined && { funcName }),
  };
  return { func, compileError: { code, reason, where }, other: undefined };
}

parentPort!.once('message', (task: Task) => work(task, parentPort!));
