/** Phase 6: translated functions → one JavaScript file, with the part of the runtime it needs. */
import type { TypedModule } from '../2-validate/typed.ts';
import type { FuncCode, ModuleScope } from '../5-emit/js/scope.ts';
import { CompileError } from '../errors.ts';
import type { Settings } from '../options.ts';
import { VERSION } from '../package.ts';
import type { Bundle, BundleFile } from './bundle.ts';
import { kindOf, runner } from './command.ts';
import { writeFactory } from './factory.ts';
import { dataFileText, outputText, scriptText } from './formats.ts';
import { type DataForm, LinkScope } from './scope.ts';
import { type DataLayout, dataLayout } from './segments.ts';
import { sideInfo } from './side.ts';

export type { Bundle, BundleFile, BundleKind, BundleStats } from './bundle.ts';
export { sideInfo } from './side.ts';

/** Functions may come in any order: the output is the same. */
export function link(typed: TypedModule, scope: ModuleScope, codes: readonly FuncCode[], settings: Settings): Bundle {
  checkName(settings);
  const { linked, layout } = prepare(scope, codes, dataForm(settings));
  const { kind, warnings } = kindOf(typed, settings);
  const run = kind === 'command' ? runner(typed, settings) : undefined;
  const side = kind === 'side' ? sideInfo(typed, settings.name) : undefined;
  const code = outputText(linked, settings, header(settings), run, side);
  const files: BundleFile[] = settings.data === undefined ? [] : [{ name: settings.data, contents: layout.block }];
  const stats = { functions: codes.length, input: typed.module.bytes.length, output: code.length };
  return { kind, code, files, warnings, stats };
}

/**
 * The module as a function expression that takes the runtime's namespace (`wasmelt/runtime`) and returns `instantiate`: for
 * use in the process that compiles.
 */
export function linkScript(scope: ModuleScope, codes: readonly FuncCode[], short = false): string {
  return scriptText(prepare(scope, codes, short ? 'text' : 'base64').linked, short);
}

function dataForm(settings: Settings): DataForm {
  const file = dataFileText(settings);
  if (file !== undefined) return { file };
  return settings.minify || settings.optimize === 'size' ? 'text' : 'base64';
}

function prepare(
  scope: ModuleScope,
  codes: readonly FuncCode[],
  data: DataForm,
): { linked: LinkScope; layout: DataLayout } {
  const ordered = [...codes].sort((a, b) => a.index - b.index);
  const linked = new LinkScope(scope, ordered, data);
  const layout = dataLayout(linked);
  writeFactory(linked, ordered, layout);
  return { linked, layout };
}

const RESERVED =
  /^(await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|eval|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield)$/;

/** The global variable of a script must be one that a script can declare. */
function checkName({ format, globalName }: Settings): void {
  if (format !== 'iife' || (/^[A-Za-z_$][\w$]*$/.test(globalName) && !RESERVED.test(globalName))) return;
  throw new CompileError('usage', `${JSON.stringify(globalName)} is no name for a global variable`);
}

function header({ name, backend, traps }: Settings): string {
  const clean = name.replace(/[^\x20-\x7e]/g, '?');
  const dropped =
    traps === 'none' ? '; no traps for out-of-bounds, unaligned and arithmetic errors (--traps none)' : '';
  return `// ${clean}, translated by wasmelt ${VERSION} (${backend})${dropped}\n`;
}
