/** The lines of wamr's functions: indentation by what they say of themselves, changes after the fact, flat text. */
import { describe, expect, it } from 'vitest';
import { Lines } from '../../../../src/5-emit/direct/lines.ts';

describe('lines', () => {
  it('are indented by the constructs that remain', () => {
    const lines = new Lines();
    const [block, room] = [0, 1];
    lines.opens('{');
    lines.add('');
    lines.opens('if (a) {');
    lines.add('b;');
    lines.turns('} else {');
    lines.add('c;');
    lines.closes();
    lines.removeAt(block);
    lines.opensAt(room, 'L0: {');
    lines.closes();
    expect(lines.print()).toBe('\n L0: {\n  if (a) {\n   b;\n  } else {\n   c;\n  }\n }');
  });

  it('count the characters that are left', () => {
    const lines = new Lines();
    lines.opens('for (;;) {');
    lines.add('abc;');
    lines.removeLast();
    lines.opensAt(0, 'do {');
    lines.closes('} while (d);');
    expect(lines.characters).toBe('do {} while (d);'.length);
    expect(lines.print()).toBe('\n do {\n } while (d);');
  });

  it('may be changed when thousands have followed', () => {
    const lines = new Lines();
    const expected: string[] = [];
    for (let i = 0; i < 5000; i++) {
      if (i % 7 === 0) lines.opens(`L${i}: {`);
      else lines.add(`x${i} = ${'y'.repeat(i % 40)};`);
    }
    // What is taken away at the end lies in flat text too: 5000 is no multiple of what is made flat at a time.
    for (let i = 4999; i >= 4000; i--) lines.removeLast();
    for (let i = 0; i < 4000; i += 7) lines.removeAt(i);
    for (let i = 0; i < 4000; i++) if (i % 7 !== 0) expected.push(`\n x${i} = ${'y'.repeat(i % 40)};`);
    lines.add('end;');
    expect(lines.print()).toBe(`${expected.join('')}\n end;`);
    expect(lines.characters).toBe(expected.join('').length - 2 * expected.length + 'end;'.length);
  });
});
