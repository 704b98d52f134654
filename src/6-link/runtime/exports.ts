/** What goes into a bundle of parts of the runtime, and which variable of the bundle holds each. */
import { EXTENSION } from '../../package.ts';
import type { RuntimeName, RuntimeText } from './index.ts';

/** A module that exports these names and nothing else. */
export function exportLines(names: readonly RuntimeName[]): string {
  const lines = names.map(({ file, name, as }) => {
    const path = `./runtime/${file.replace(/\.ts$/, EXTENSION)}`;
    return `export { ${name} as ${as} } from ${JSON.stringify(path)};`;
  });
  return lines.join('\n');
}

/** esbuild ends a bundle with one export statement: it says which variable holds each name. */
export function splitExports(text: string): RuntimeText {
  const at = text.lastIndexOf('\nexport {');
  const clause = text.slice(at + '\nexport {'.length, text.lastIndexOf('}'));
  const variable = new Map<string, string>();
  for (const item of clause.split(',')) {
    const [local, as] = item.trim().split(' as ') as [string, string?];
    variable.set(as ?? local, local);
  }
  return { code: text.slice(0, at + 1), variable };
}
