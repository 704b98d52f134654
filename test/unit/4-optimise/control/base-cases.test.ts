/** The early return of a recursive function: where it goes, and that nothing else moves. */
import { describe, expect, it } from 'vitest';
import { Ir, opName } from '../../../../src/3-lower/ir.ts';
import { lower, through } from '../../../support/func-ir.ts';

async function order(body: string): Promise<string[]> {
  const ir = await lower(`(module (func $f (param i32 i32) (result i32) ${body}))`);
  through(ir, 'copies', 'dce', 'float-bits', 'int64', 'fold', 'branches', 'ifs', 'base-cases');
  const kept = new Set<number>([Ir.if, Ir.else, Ir.end, Ir.br, Ir.trap]);
  return ir.code.filter((n) => kept.has(n.op) || opName(n.op) === 'call').map((n) => opName(n.op));
}
const early = '(if (local.get 0) (then (return (local.get 1))))';
const self = '(call $f (local.get 1) (local.get 0))';

describe('base cases', () => {
  it('go behind the rest of a function that calls itself', async () => {
    expect(await order(`${early} ${self}`)).toEqual(['if', 'br', 'else', 'call', 'br', 'end', 'br']);
  });
  it('are the first alone', async () => {
    const second = '(if (local.get 1) (then (return (i32.const 7))))';
    const inner = ['if', 'br', 'else', 'br', 'end', 'call', 'br'];
    expect(await order(`${early} ${second} ${self}`)).toEqual(['if', 'br', 'else', ...inner, 'end', 'br']);
  });
  it('stay where a function does not call itself', async () => {
    expect(await order(`${early} (i32.const 3)`)).toEqual(['if', 'br', 'else', 'br', 'end', 'br']);
  });
  it('stay where more than a return is done', async () => {
    const more = '(if (local.get 0) (then (return (call $f (local.get 1) (i32.const 0)))))';
    expect(await order(`${more} ${self}`)).toEqual(['if', 'call', 'br', 'else', 'br', 'end', 'call', 'br']);
  });
});
