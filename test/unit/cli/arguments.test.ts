/** The checks that turn texts of the command line into the compiler's options. */
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { dumpStages, preopen } from '../../../src/cli/arguments.ts';

describe('preopen', () => {
  it('splits at the first ::', () => {
    expect(preopen('./a::/data')).toEqual([{ host: './a', guest: '/data' }]);
    expect(preopen('C:\\x::/d::e')).toEqual([{ host: 'C:\\x', guest: '/d::e' }]);
  });
  it('takes a path alone for both', () => expect(preopen('.')).toEqual([{ host: '.', guest: '.' }]));
  it('adds to those before', () => expect(preopen('b', preopen('a')).map((d) => d.host)).toEqual(['a', 'b']));
  it.each(['', '::/x', 'x::'])('refuses %j', (text) => expect(() => preopen(text)).toThrow(InvalidArgumentError));
});

describe('dumpStages', () => {
  it('reads a list', () => expect([...dumpStages('ir, js')]).toEqual(['ir', 'js']));
  it.each(['', 'ir,', 'asm'])('refuses %j', (text) => expect(() => dumpStages(text)).toThrow(InvalidArgumentError));
});
