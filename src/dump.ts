/**
 * Every debug switch of the compiler in one place: `--dump ir,opt,js --func F` prints a function's inner forms,
 * `--time` measures phases, `--verify` is `settings.verify`. All of it costs nothing when it is off.
 */
import type { DumpStage, Settings } from './options.ts';
import type { WasmModule } from './wasm/module.ts';

export const DUMP_STAGES: readonly DumpStage[] = ['ir', 'opt', 'js'];

/**
 * Prints one stage of one function, if it was asked for: `ir` as lowered, `opt` after the passes, `js` as emitted.
 * `text` is only called when the dump is wanted.
 */
export function dumpFunc(
  on: Pick<Settings, 'dump'>,
  stage: DumpStage,
  module: WasmModule,
  func: number,
  text: () => string,
): void {
  const { dump } = on;
  if (dump === undefined || !dump.what.has(stage)) return;
  if (dump.func !== undefined && !answersTo(module, func, dump.func)) return;
  const name = module.names.funcs.get(func);
  const title = `;; ${stage} of function ${func}${name === undefined ? '' : ` ${JSON.stringify(name)}`}`;
  dump.write(`${title}\n${text().trimEnd()}\n\n`);
}

/** Whether `wanted` is the function's index, its name in the name section, or the name of an export of it. */
export function answersTo(module: WasmModule, func: number, wanted: string): boolean {
  if (wanted === String(func) || wanted === module.names.funcs.get(func)) return true;
  return module.exports.some((e) => e.kind === 'func' && e.index === func && e.name === wanted);
}

/**
 * Runs `work`, and reports the milliseconds it took to `settings.onPhase` under `phase`. Work done a function at a
 * time reports many times under one name. A part of another phase is named after it: `optimise/fold`.
 */
export function timed<T>(on: Partial<Pick<Settings, 'onPhase'>>, phase: string, work: () => T): T {
  if (on.onPhase === undefined) return work();
  const start = performance.now();
  try {
    return work();
  } finally {
    on.onPhase(phase, performance.now() - start);
  }
}

/** Sums of what `timed` reports. Pass `add` as `onPhase`. */
export class PhaseTimes {
  private readonly sums = new Map<string, { ms: number; runs: number }>();

  readonly add = (phase: string, ms: number, runs = 1): void => {
    const sum = this.sums.get(phase);
    if (sum === undefined) this.sums.set(phase, { ms, runs });
    else {
      sum.ms += ms;
      sum.runs += runs;
    }
  };
  /** The sums, to be added to those of another thread. */
  entries(): [phase: string, ms: number, runs: number][] {
    return Array.from(this.sums, ([phase, { ms, runs }]) => [phase, ms, runs]);
  }

  /** A table of phases in order of first report, parts indented below their phase, with the share of `total` ms. */
  table(total: number): string {
    const rows = this.ordered().map(([phase, { ms, runs }]) => {
      const name = phase.includes('/') ? `  ${phase.slice(phase.indexOf('/') + 1)}` : phase;
      return row(name, ms, total, runs);
    });
    return [`${'phase'.padEnd(24)}${'ms'.padStart(10)}${'share'.padStart(8)}${'runs'.padStart(9)}`, ...rows]
      .concat(row('total', total, total, 1))
      .join('\n');
  }

  private ordered(): [string, { ms: number; runs: number }][] {
    const all = [...this.sums];
    const roots = new Set(all.map(([phase]) => phase.split('/')[0]!));
    return [...roots].flatMap((root) => {
      const parts = all.filter(([phase]) => phase.startsWith(`${root}/`));
      return [...all.filter(([phase]) => phase === root), ...parts];
    });
  }
}

function row(name: string, ms: number, total: number, runs: number): string {
  const share = total > 0 ? `${((100 * ms) / total).toFixed(1)}%` : '-';
  return `${name.padEnd(24)}${ms.toFixed(1).padStart(10)}${share.padStart(8)}${String(runs).padStart(9)}`;
}
