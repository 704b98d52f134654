/** Node's files and terminals, imported statically: works on every node, and in both module formats. */
import * as fs from 'node:fs';
import { isatty } from 'node:tty';
import type { HostProcess } from './process.ts';

export const node_process: HostProcess = { fs, isatty };
