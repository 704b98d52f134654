/** The report of a module as text for a terminal: one block a topic, columns aligned. */
import type { Report } from './index.ts';

/** `heading` decorates the title of a block. */
export function reportText(report: Report, label: string, heading: (text: string) => string = (t) => t): string {
  const blocks: string[] = [];
  const block = (title: string, rows: readonly (readonly string[])[]): void => {
    if (rows.length > 0) blocks.push(`${heading(title)}\n${table(rows)}`);
  };
  const named = report.name === undefined ? '' : ` ${JSON.stringify(report.name)}`;
  blocks.push(
    `${heading(label)}${named}  ${bytes(report.size)}${report.invalid ? `\n  not valid: ${report.invalid}` : ''}`,
  );
  block(
    'sections',
    report.sections.map((s) => [s.name, bytes(s.size), `at 0x${s.offset.toString(16)}`]),
  );
  block(
    'contents',
    Object.entries(report.counts).map(([what, n]) => [what, String(n)]),
  );
  block(
    'imports',
    report.imports.map((i) => [i.kind, `${JSON.stringify(i.module)} ${JSON.stringify(i.name)}`, i.type]),
  );
  block(
    'exports',
    report.exports.map((e) => [e.kind, JSON.stringify(e.name), e.type, `index ${e.index}`]),
  );
  block(
    'memories (pages)',
    report.memories.map((m) => [String(m.index), m.type, m.imported ? 'imported' : '']),
  );
  block(
    'tables (elements)',
    report.tables.map((t) => [String(t.index), t.type, t.imported ? 'imported' : '']),
  );
  if (report.start !== undefined) block('start', [[`function ${report.start}`]]);
  block('features used', report.features.length === 0 ? [] : [[report.features.join(', ')]]);
  block('target features', report.targetFeatures.length === 0 ? [] : [[report.targetFeatures.join(', ')]]);
  block(
    'producers',
    Object.entries(report.producers).flatMap(([field, values]) =>
      Object.entries(values).map(([name, version]) => [field, `${name} ${version}`.trim()]),
    ),
  );
  block(
    'largest functions',
    report.largest.map((f) => [String(f.index), bytes(f.size), f.name ?? '', f.type]),
  );
  return `${blocks.join('\n\n')}\n`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd()).join('\n');
}

/** `812 B`, `4.1 KB`, `2.3 MB`, in thousands. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  return n < 1e6 ? `${(n / 1e3).toFixed(1)} KB` : `${(n / 1e6).toFixed(1)} MB`;
}
