/** The benchmark's tables as text: one line per kernel, geometric means per class, translation. */
import colors from 'picocolors';

const KERNEL_WIDTH = 24;
const TIME_WIDTH = 10;
const RATIO_WIDTH = 17;

export function kernelHeader([base, ...others]) {
  return colors.bold(
    'kernel'.padEnd(KERNEL_WIDTH) +
      `${base} ms`.padStart(TIME_WIDTH) +
      others.map((e) => `${e} ms (ratio)`.padStart(RATIO_WIDTH + 2)).join(''),
  );
}

/** One kernel: the first engine's time, then each other's time and ratio to it; a wrong or failed engine says so. */
export function kernelLine(row, engines) {
  const [base] = engines;
  const cells = engines.map((engine) => {
    const cell = row.engines[engine];
    if (engine === base) return (cell.error ? 'FAILED' : cell.best.toFixed(2)).padStart(TIME_WIDTH);
    if (cell.error !== undefined) return colors.red('FAILED'.padStart(RATIO_WIDTH + 2));
    if (cell.wrong) return colors.red('WRONG'.padStart(RATIO_WIDTH + 2));
    const known = ratio(row, engine, base);
    const bracket = known === undefined ? '' : `(${known.toFixed(2)})`;
    const text = `${cell.best.toFixed(2)} ${bracket.padStart(8)}`.padStart(RATIO_WIDTH + 2);
    return row.slower.length > 0 && engine === 'wavm' ? colors.yellow(text) : text;
  });
  return row.id.padEnd(KERNEL_WIDTH) + cells.join('');
}

/** Geometric means of the ratios to the first engine per class and over all kernels, where the engine was right. */
export function classTable(rows, engines) {
  const [base, ...others] = engines;
  const classes = [...new Set(rows.map((row) => row.class))];
  const lines = [
    colors.bold('geometric mean'.padEnd(KERNEL_WIDTH) + others.map((e) => e.padStart(RATIO_WIDTH)).join('')),
  ];
  for (const name of [...classes, 'all']) {
    const members = rows.filter((row) => name === 'all' || row.class === name);
    const cells = others.map((engine) => {
      const ratios = members.map((row) => ratio(row, engine, base)).filter((x) => x !== undefined);
      if (ratios.length === 0) return '-'.padStart(RATIO_WIDTH);
      const mean = geometricMean(ratios);
      const count = ratios.length < members.length ? ` (${ratios.length} of ${members.length})` : '';
      return `${mean.toFixed(2)}${count}`.padStart(RATIO_WIDTH);
    });
    lines.push(`${name} (${members.length})`.padEnd(KERNEL_WIDTH) + cells.join(''));
  }
  return lines.join('\n');
}

/** Time of an engine over another's; undefined where one failed or was wrong. */
export function ratio(row, engine, base) {
  const cell = row.engines[engine];
  const other = row.engines[base];
  if (cell === undefined || cell.error || cell.wrong || other === undefined || other.error) return undefined;
  return cell.best / other.best;
}

/**
 * Translation: time and speed over the module's bytes in a new process, speed in one that is warm, peak memory, output sizes,
 * and the time that a process takes until the first export can be called.
 */
export function translationTable(rows) {
  const head = [
    'module',
    'engine',
    'wasm KB',
    'seconds',
    'MB/s',
    'warm',
    'peak MB',
    'raw KB',
    'min KB',
    'min.gz KB',
    'of wasm.gz',
    'start ms',
    'of native',
  ];
  const body = rows.map((r) => {
    if (r.error !== undefined) return [r.name, r.engine, kb(r.wasm), `FAILED: ${r.error.slice(0, 90)}`];
    const speed = (ms) => (ms === undefined ? '-' : (r.wasm / 1e3 / ms).toFixed(2));
    return [
      r.name,
      r.engine,
      kb(r.wasm),
      (r.ms / 1000).toFixed(2),
      speed(r.ms),
      speed(r.warm),
      r.megabytes.toFixed(0),
      kb(r.raw),
      kb(r.min),
      kb(r.gz),
      (r.gz / r.wasmGz).toFixed(2),
      r.start?.ms.toFixed(0) ?? '-',
      r.start ? (r.start.ms / r.start.native).toFixed(2) : '-',
    ];
  });
  const widths = head.map((_, i) =>
    Math.max(...[head, ...body].filter((l) => l.length > 4 || i < 3).map((l) => (l[i] ?? '').length)),
  );
  const line = (cells) =>
    cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return [colors.bold(line(head)), ...body.map(line)].join('\n');
}

/** Geometric means over the modules of the output, minified and gzipped, over the gzipped module. */
export function sizeMeans(rows, engines) {
  const texts = engines.flatMap((engine) => {
    const ratios = rows.filter((r) => r.engine === engine && r.gz !== undefined).map((r) => r.gz / r.wasmGz);
    return ratios.length === 0 ? [] : [`${engine} ${geometricMean(ratios).toFixed(2)} (${ratios.length})`];
  });
  return `min.gz of wasm.gz, geometric mean (modules): ${texts.join(', ')}`;
}

const geometricMean = (numbers) => Math.exp(numbers.reduce((sum, x) => sum + Math.log(x), 0) / numbers.length);

const kb = (bytes) => (bytes / 1000).toFixed(1);
