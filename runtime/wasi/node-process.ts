/** Node's files and terminals, imported statically: works on every node, and in both module formats. */
import * as fs from 'node:fs';
import { isatty } from 'node:tty';
import type { HostProcess } from './process.ts';
import { host_stdio } from './process.ts';

export const node_process: HostProcess = { fs, isatty, stdio: () => host_stdio(fs, isatty) };
