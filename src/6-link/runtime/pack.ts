/**
 * The whole runtime in one scope, cut into its statements. What one output needs of it are the statements that declare the
 * names it uses, and those that these refer to in turn.
 */
import { createRequire } from 'node:module';
import { IS_SOURCE, pathOf } from '../../package.ts';
import { makePack } from './make.ts';

/** The file in which the build leaves the pack. */
export const PACK = 'runtime.json';

export interface Pack {
  /** Statements that declare something or complete what is declared, in the order in which they run. */
  readonly statements: readonly PackStatement[];
  /** What is imported from Node's own modules. */
  readonly imports: readonly PackImport[];
  /** By file below runtime/ (with the extension `.ts`) and exported name: the variable that holds it. */
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface PackStatement {
  readonly text: string;
  readonly declares: readonly string[];
  /** Names of statements and imports that it refers to. */
  readonly refers: readonly string[];
}

export interface PackImport {
  readonly from: string;
  /** As it stands in the braces of an import statement, or alone if it is a namespace. */
  readonly text: string;
  readonly declares: string;
}

/** The statements that declare these variables and all they need, in order, as text. */
export class Shaker {
  private readonly pack: Pack;
  /** The place of the statement that declares a variable. */
  private readonly places = new Map<string, number>();
  private readonly imports = new Map<string, PackImport>();

  constructor(pack: Pack) {
    this.pack = pack;
    for (const [i, { declares }] of pack.statements.entries()) for (const name of declares) this.places.set(name, i);
    for (const one of pack.imports) this.imports.set(one.declares, one);
  }

  /** The variable that holds what a file exports. */
  variable(file: string, name: string): string {
    const variable = this.pack.files[file]?.[name];
    if (variable === undefined) throw new Error(`wasmelt bug: runtime/${file} exports no ${name}`);
    return variable;
  }

  text(variables: Iterable<string>): string {
    const { statements } = this.pack;
    const kept = new Set<number>();
    const imported = new Set<string>();
    const open = [...variables];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const place = this.places.get(name);
      if (place === undefined) imported.add(name);
      else if (!kept.has(place)) {
        kept.add(place);
        open.push(...statements[place]!.refers);
      }
    }
    const texts = [...kept].sort((a, b) => a - b).map((place) => `${statements[place]!.text}\n`);
    return `${this.importText(imported)}${texts.join('')}`;
  }

  private importText(names: ReadonlySet<string>): string {
    const lines: string[] = [];
    const byModule = new Map<string, string[]>();
    for (const { from, text, declares } of this.imports.values()) {
      if (!names.has(declares)) continue;
      if (text.startsWith('*')) lines.push(`import ${text} from ${JSON.stringify(from)};\n`);
      else byModule.set(from, [...(byModule.get(from) ?? []), text]);
    }
    for (const [from, texts] of byModule) lines.push(`import { ${texts.join(', ')} } from ${JSON.stringify(from)};\n`);
    return lines.join('');
  }
}

let shaker: Shaker | undefined;

/** That of this runtime: as the build has left it, or made now where this runs from its source. */
export function runtimeShaker(): Shaker {
  shaker ??= new Shaker(IS_SOURCE ? makePack() : (createRequire(import.meta.url)(pathOf(PACK)) as Pack));
  return shaker;
}
