/**
 * WebAssembly text → binary, by wasm-tools' assembler inside npm jco-transpile; folded legacy exceptions, which that
 * one no longer reads, by wabt.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Command, ModuleSource } from './commands.ts';
import type { ModuleText, RawCommand, TextModule } from './script.ts';

type Assemble = (text: string) => Promise<Uint8Array>;

interface WabtModule {
  resolveNames(): void;
  toBinary(options: object): { buffer: Uint8Array };
  destroy(): void;
}
interface Wabt {
  parseWat(name: string, text: string, features: Record<string, boolean>): WabtModule;
}

/** Loads the assemblers from the packages of test/spec. */
export async function loadAssembler(packageJson: string): Promise<Assemble> {
  const require = createRequire(packageJson);
  const load = async (name: string): Promise<Record<string, unknown>> =>
    (await import(pathToFileURL(require.resolve(name)).href)) as Record<string, unknown>;
  const tools = (await load('@bytecodealliance/jco-transpile/wasm-tools')) as { parse: Assemble };
  let wabt: Wabt | undefined;
  return async (text) => {
    try {
      return await tools.parse(text);
    } catch (error) {
      if (!/\(\s*(?:try|do|delegate)\b/.test(text)) throw error;
      wabt ??= await ((await load('wabt')).default as () => Promise<Wabt>)();
      return assembleByWabt(wabt, text);
    }
  };
}

function assembleByWabt(wabt: Wabt, text: string): Uint8Array {
  const module = wabt.parseWat('module.wat', text, { exceptions: true, tail_call: true });
  try {
    module.resolveNames();
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text for the assembler. Bytes from 0x80 up stand in strings and comments only; as escapes they cannot set off
 * its check for confusing Unicode.
 */
function asciiText({ text }: TextModule): string {
  return text.replace(/[\x80-\xff]/g, (c) => `\\${c.charCodeAt(0).toString(16)}`);
}

/** A quoted text, which may be the fields of a module without `(module …)` around them. */
function quotedText({ text }: TextModule): string {
  const source = utf8.decode(Buffer.from(text, 'latin1'));
  const leading = /^(?:\s|;;[^\n]*\n|\(;[\s\S]*?;\))*\(\s*(?:module|component)\b/;
  return leading.test(source) ? source : `(module ${source}\n)`;
}

async function assembleModule(module: ModuleText, assemble: Assemble): Promise<ModuleSource> {
  const { form } = module;
  if (form === 'binary') return { form, wasm: base64(module.bytes) };
  try {
    return { form, wasm: base64(await assemble(form === 'quote' ? quotedText(module) : asciiText(module))) };
  } catch (error) {
    return { form, error: message(error) };
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function message(error: unknown): string {
  const { payload, message } = error as { payload?: unknown; message?: unknown };
  return String(payload ?? message ?? error);
}

export async function assembleCommands(commands: readonly RawCommand[], assemble: Assemble): Promise<Command[]> {
  const done: Command[] = [];
  for (const command of commands) {
    if ('module' in command) {
      done.push({ ...command, module: await assembleModule(command.module, assemble) } as Command);
    } else if ('commands' in command) {
      done.push({ ...command, commands: await assembleCommands(command.commands, assemble) });
    } else {
      done.push(command);
    }
  }
  return done;
}
