/** A thread of a script: runs its commands, and leaves their outcomes for who waits. */
import { workerData } from 'node:worker_threads';
import { loadEngine } from './engines.ts';
import { executor } from './execute.ts';
import { type ThreadData, threads } from './threads.ts';

const { engine, commands, shared, done, port } = workerData as ThreadData;
const run = executor(await loadEngine(engine), threads(engine));
port.postMessage(run({ folder: '', path: '', commands }, shared));
Atomics.store(done, 0, 1);
Atomics.notify(done, 0);
