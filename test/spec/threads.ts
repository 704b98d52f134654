/**
 * The `thread` and `wait` commands: a script's thread is a worker, with a session of its own on the same engine, which has
 * the shared memories of the modules that the script names. Waiting blocks, as everything in a session does.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Command } from './convert/commands.ts';
import type { EngineName } from './engines.ts';
import type { Outcome } from './outcome.ts';

/** By module name, by export name: a native memory, or the handle of one of ours. */
export type Shared = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Starts threads, and gives the outcomes of their commands. */
export interface Threads {
  start(name: string, commands: readonly Command[], shared: Shared): void;
  join(name: string): readonly Outcome[];
}

/** What a thread is given. */
export interface ThreadData {
  readonly engine: EngineName;
  readonly commands: readonly Command[];
  readonly shared: Shared;
  /** Set to 1 when the outcomes are in `port`. */
  readonly done: Int32Array;
  readonly port: MessagePort;
}

/** A thread does a few commands; a busy machine gets its time. */
const PATIENCE_MS = 120_000;
const FILE = new URL('thread.ts', import.meta.url);

export function threads(engine: EngineName): Threads {
  const running = new Map<string, { worker: Worker; port: MessagePort; done: Int32Array }>();
  return {
    start(name, commands, shared) {
      const done = new Int32Array(new SharedArrayBuffer(4));
      const { port1, port2 } = new MessageChannel();
      const workerData: ThreadData = { engine, commands, shared, done, port: port2 };
      const worker = new Worker(FILE, { workerData, transferList: [port2] });
      worker.unref();
      port1.unref();
      running.set(name, { worker, port: port1, done });
    },
    join(name) {
      const thread = running.get(name);
      if (thread === undefined) throw new Error(`there is no thread ${name}`);
      running.delete(name);
      Atomics.wait(thread.done, 0, 0, PATIENCE_MS);
      const outcomes = receiveMessageOnPort(thread.port)?.message as Outcome[] | undefined;
      thread.port.close();
      void thread.worker.terminate();
      if (outcomes === undefined) throw new Error(`thread ${name} did not end in ${PATIENCE_MS / 1000} s`);
      return outcomes;
    },
  };
}
