/** The front end's verdict on each module of a script: valid ones accepted, invalid and malformed binaries refused. */
import { decode } from '../../src/1-decode/index.ts';
import { validate } from '../../src/2-validate/index.ts';
import { CompileError } from '../../src/errors.ts';
import { fromBase64 } from './base64.ts';
import type { Command, ModuleSource, Script } from './convert/commands.ts';
import { type Outcome, TEXT_ONLY } from './outcome.ts';

export function verdicts(script: Script): Outcome[] {
  return script.commands.flatMap((command) => verdict(command));
}

function verdict(command: Command): Outcome[] {
  if (command.kind === 'thread') return command.commands.flatMap(verdict);
  if (!('module' in command) || typeof command.module === 'string') return [];
  const { kind, line, module } = command;
  const text = 'text' in command ? command.text : '';
  if (kind.endsWith('_custom')) {
    return [{ kind, line, status: 'skipped', message: 'contents of a custom section do not make a module malformed' }];
  }
  if (kind === 'assert_malformed' && module.form !== 'binary') {
    return [{ kind, line, status: 'skipped', message: TEXT_ONLY }];
  }
  const message = problem(kind, module, text);
  return [message === undefined ? { kind, line, status: 'passed' } : { kind, line, status: 'failed', message }];
}

function problem(kind: Command['kind'], module: ModuleSource, text: string): string | undefined {
  if (module.wasm === undefined) return `not assembled: ${module.error}`;
  const expected = kind === 'assert_malformed' ? 'malformed' : kind === 'assert_invalid' ? 'invalid' : undefined;
  try {
    validate(decode(fromBase64(module.wasm)));
  } catch (error) {
    if (!(error instanceof CompileError)) return `crash: ${(error as Error).stack?.slice(0, 300)}`;
    if (expected === undefined) return `valid, but refused: ${error.code}: ${error.message}`;
    return error.code === expected || error.code === 'limit'
      ? undefined
      : `${error.code}: ${error.message}; the suite says ${expected}: ${text}`;
  }
  return expected === undefined ? undefined : `accepted, but ${expected}: ${text}`;
}
