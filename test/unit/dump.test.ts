/** The debug switches: which dumps are written, and the table of times. */
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/1-decode/index.ts';
import { dumpFunc, PhaseTimes, timed } from '../../src/dump.ts';
import type { DumpStage } from '../../src/options.ts';

const EMPTY = decode(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
const module = {
  ...EMPTY,
  names: { ...EMPTY.names, funcs: new Map([[3, 'main']]) },
  exports: [{ name: 'run', kind: 'func' as const, index: 3, offset: 0 }],
};

function dumped(what: DumpStage[], stage: DumpStage, func: number, only?: string): string {
  let text = '';
  const write = (t: string) => {
    text += t;
  };
  const dump = { what: new Set(what), write, ...(only !== undefined && { func: only }) };
  dumpFunc({ dump }, stage, module, func, () => 'body\n');
  return text;
}

describe('dumpFunc', () => {
  it('writes a wanted stage under a title', () => {
    expect(dumped(['ir', 'js'], 'ir', 3)).toBe(';; ir of function 3 "main"\nbody\n\n');
    expect(dumped(['ir'], 'ir', 4)).toBe(';; ir of function 4\nbody\n\n');
  });
  it('leaves out other stages and other functions', () => {
    expect(dumped(['ir'], 'opt', 3)).toBe('');
    expect(dumped(['ir'], 'ir', 4, 'main')).toBe('');
    expect(dumped(['ir'], 'ir', 4, '3')).toBe('');
  });
  it('finds a function by index, by name and by export', () => {
    expect(dumped(['ir'], 'ir', 3, '3')).not.toBe('');
    expect(dumped(['ir'], 'ir', 3, 'main')).not.toBe('');
    expect(dumped(['ir'], 'ir', 3, 'run')).not.toBe('');
    expect(dumped(['ir'], 'ir', 4, 'run')).toBe('');
  });
  it('does not make text that nobody wants', () => {
    const text = () => expect.unreachable('the text was made');
    dumpFunc({ dump: undefined }, 'ir', module, 3, text);
  });
});

describe('timed', () => {
  it('reports the phase and passes the result on', () => {
    const phases: string[] = [];
    const onPhase = (phase: string, ms: number) => {
      phases.push(phase);
      expect(ms).toBeGreaterThanOrEqual(0);
    };
    expect(timed({ onPhase }, 'decode', () => 7)).toBe(7);
    expect(() =>
      timed({ onPhase }, 'validate', () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(phases).toEqual(['decode', 'validate']);
    expect(timed({ onPhase: undefined }, 'decode', () => 8)).toBe(8);
  });
});

describe('PhaseTimes', () => {
  it('sums by phase, with the parts of a phase under it', () => {
    const times = new PhaseTimes();
    times.add('decode', 10);
    times.add('optimise/fold', 2);
    times.add('optimise', 20);
    times.add('optimise', 10);
    const lines = times.table(50).split('\n');
    expect(lines.map((line) => line.trimEnd().replace(/ +/g, ' '))).toEqual([
      'phase ms share runs',
      'decode 10.0 20.0% 1',
      'optimise 30.0 60.0% 2',
      ' fold 2.0 4.0% 1',
      'total 50.0 100.0% 1',
    ]);
  });
});
