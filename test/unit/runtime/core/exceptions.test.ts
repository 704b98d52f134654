/** What handlers of exceptions see: exceptions as they are, JavaScript's own in a wrapper, neither traps nor exhaustion. */
import { describe, expect, it, test } from 'vitest';
import { exn_caught, exn_ref_thrown, exn_thrown } from '../../../../runtime/core/exceptions.ts';
import { Trap } from '../../../../runtime/core/trap.ts';
import { Exit } from '../../../../runtime/host.ts';
import { RuntimeError } from '../../../../runtime/js-api/errors.ts';
import { Exception, js_tag, Tag, Thrown, with_type } from '../../../../runtime/vm/exception.ts';
import { import_tag, LinkError } from '../../../../runtime/vm/link.ts';
import { Table } from '../../../../runtime/vm/table.ts';

function overflow(): unknown {
  try {
    return overflow();
  } catch (error) {
    return error;
  }
}

describe('caught', () => {
  const tag = new Tag({ parameters: ['i32'] });
  test('an exception is itself', () => {
    const exception = new Thrown(tag, [1]);
    expect(exn_caught(exception)).toBe(exception);
    expect(exn_thrown(exception)).toBe(exception);
  });
  test('one of another bundle too', () => {
    const other = { wasm_kind: 'exception', tag, values: [1] };
    expect(exn_caught(other)).toBe(other);
  });
  test.each([[undefined], [null], [3], ['text'], [new Error('a')], [Object.create(null)]])('%s is wrapped', (value) => {
    const exn = exn_caught(value);
    expect(exn).not.toBeNull();
    expect(exn_thrown(exn)).toBe(value);
    expect(exn_ref_thrown(exn)).toBe(value);
  });
  test('with the tag of JavaScript', () => {
    const js = js_tag();
    expect(exn_caught('text').tag).toBe(js);
    expect(exn_thrown(new Thrown(js, ['text']))).toBe('text');
    expect(js_tag()).toBe(js);
  });
  test.each([
    ['a trap', new Trap('unreachable')],
    ['exhaustion', overflow()],
    ['the end of a program', new Exit(1)],
    ["SpiderMonkey's exhaustion", Object.assign(new Error('too much recursion'), { name: 'InternalError' })],
    ['a trap of a native instance', Object.assign(new Error('unreachable'), { name: 'RuntimeError' })],
  ])('%s is not', (_, error) => {
    let seen: unknown;
    try {
      exn_caught(error);
    } catch (thrown) {
      seen = thrown;
    }
    expect(seen).toBe(error);
  });
  test('an error of the class that a host makes is', () => {
    const error = new RuntimeError('mine');
    expect(exn_thrown(exn_caught(error))).toBe(error);
  });
});

test('null is thrown as a trap', () => {
  expect(() => exn_ref_thrown(null)).toThrow('rethrowing null value');
});

describe('exceptions that generated code makes', () => {
  const tag = new Tag({ parameters: ['i64', 'f32'] });
  const exception = new Thrown(tag, [7, -1, 0.5]);
  it('are instances, with values in slots', () => {
    expect(exception).toBeInstanceOf(Exception);
    expect([exception.getArg(tag, 0), exception.getArg(tag, 1)]).toEqual([(-1n << 32n) | 7n, 0.5]);
    expect(exception.stack).toBeUndefined();
  });
  it('as those that a host makes', () => {
    expect(new Exception(tag, [(-1n << 32n) | 7n, 0.5]).values).toEqual(exception.values);
  });
  it('pass vectors and references over', () => {
    const vectors = new Tag({ parameters: ['v128', 'i32'] });
    const thrown = new Thrown(vectors, [1, 2, 3, 4, 5]);
    expect(thrown.getArg(vectors, 1)).toBe(5);
    expect(() => thrown.getArg(vectors, 0)).toThrow(TypeError);
  });
});

describe('an imported tag', () => {
  const tag = with_type(new Tag({ parameters: [] }), 'key', '<(ref 0.0)>');
  it('is the one given', () => expect(import_tag({ m: { t: tag } }, 'm', 't', 'key')).toBe(tag));
  it.each([[new Tag({ parameters: [] })], [3], [undefined], [{ t: 'key' }]])('%s does not fit', (value) => {
    expect(() => import_tag({ m: { t: value } }, 'm', 't', 'key')).toThrow(LinkError);
  });
});

test('a table of exception references starts null, and shows nothing', () => {
  const table = new Table({ element: 'exnref', initial: 2 }, null);
  expect(table.elems).toEqual([null, null]);
  expect(() => table.get(0)).toThrow(TypeError);
  expect(() => table.set(0, 1)).toThrow(TypeError);
});
