/** The verifier: sound functions pass, and each kind of break is found. */
import { describe, expect, it } from 'vitest';
import { f64Const, Ir, type Node, Type } from '../../../src/3-lower/ir.ts';
import { verify } from '../../../src/3-lower/verify.ts';
import { HandMade } from '../../support/func-ir.ts';

const check = (h: HandMade): void => verify(h.ir, 'test');

/** A sum in a loop, with each part open to damage. */
function sound() {
  const h = new HandMade();
  const n = h.param();
  const zero = h.i32(0);
  let sum: Node | undefined;
  const out = h.frame('block', [Type.i32], (block) => {
    h.frame(
      'loop',
      [Type.i32, Type.i32],
      (loop) => {
        const [i, s] = loop.params as [Node, Node];
        sum = h.op('i32.add', s, i);
        h.brIf(h.op('i32.ge_s', i, n), block, sum);
        h.br(loop, h.op('i32.sub', i, n), sum);
      },
      [n, zero],
    );
  });
  h.return(out.params[0]!);
  return { h, n, zero, sum: sum! };
}
const find = (h: HandMade, op: number): Node => h.ir.code.find((n) => n.op === op)!;

describe('a sound function', () => {
  it('passes', () => {
    expect(() => check(sound().h)).not.toThrow();
  });
  it('may end in a trap, and use in both arms what was defined before', () => {
    const h = new HandMade();
    const p = h.param();
    const one = h.i32(1);
    h.frame(
      'if',
      [],
      (frame) => {
        h.op('i32.add', p, one);
        h.kind(Ir.trap, Type.none);
        h.else(frame);
        h.op('i32.add', one, p);
        h.kind(Ir.trap, Type.none);
      },
      [p],
    );
    expect(() => check(h)).not.toThrow();
  });
});

describe('what is broken is found:', () => {
  it.each<[string, (s: ReturnType<typeof sound>) => void, RegExp]>([
    [
      'an operand that is never computed',
      ({ h }) =>
        h.ir.code.splice(
          h.ir.code.findIndex((n) => n.inputs.length > 1),
          1,
        ),
      /is not defined here/,
    ],
    [
      'an operand that is computed later',
      ({ h, sum }) => h.ir.code.unshift(...h.ir.code.splice(h.ir.code.indexOf(sum), 1)),
      /is not defined here/,
    ],
    [
      'a value of the loop after it',
      ({ h, sum }) =>
        find(h, Ir.br) && (h.ir.code.at(-1)!.targets![0]!.args = [h.ir.code[h.ir.code.indexOf(sum) + 3]!]),
      /is not defined here/,
    ],
    [
      'a replaced operand',
      ({ zero, n, sum }) => {
        zero.forward = n;
        sum.inputs[0] = zero;
      },
      /was replaced/,
    ],
    [
      'an operand of another type',
      ({ h, sum }) => {
        const float = f64Const(h.ir, 1);
        h.ir.code.unshift(float);
        sum.inputs[0] = float;
      },
      /operand \d is f64/,
    ],
    ['too few operands', ({ sum }) => sum.inputs.pop(), /1 operands/],
    ['too few arguments', ({ h }) => find(h, Ir.brIf).targets![0]!.args.pop(), /0 arguments for 1 parameters/],
    ['too many arguments', ({ h, zero }) => find(h, Ir.brIf).targets![0]!.args.push(zero), /2 arguments for 1/],
    [
      'an argument of another type',
      ({ h }) => {
        find(h, Ir.block).frame!.params[0]!.type = Type.f32;
      },
      /argument 0 is i32/,
    ],
    [
      'a loop without its first values',
      ({ h }) => {
        find(h, Ir.loop).frame!.init = [];
      },
      /0 arguments for 2/,
    ],
    [
      'a return of another type',
      ({ h }) => {
        h.ir.results = [Type.i64];
      },
      /argument 0 is i32/,
    ],
    [
      'a frame left open',
      ({ h }) => {
        h.ir.code = h.ir.code.slice(0, -2);
      },
      /frame left open/,
    ],
    [
      'ends in the wrong order',
      ({ h }) => {
        const { code } = h.ir;
        [code[code.length - 2], code[code.length - 3]] = [code[code.length - 3]!, code[code.length - 2]!];
      },
      /end of another frame/,
    ],
    [
      'a body that falls off its end',
      ({ h }) =>
        h.ir.code.splice(
          h.ir.code.findIndex((n) => n.op === Ir.br),
          1,
        ),
      /falls off its end/,
    ],
    [
      'code behind a branch',
      ({ h }) => {
        const at = h.ir.code.findIndex((n) => n.op === Ir.br);
        h.ir.code.splice(at + 1, 0, h.ir.i32(1));
      },
      /cannot be reached/,
    ],
    [
      'a branch to a frame that is closed',
      ({ h }) => {
        h.ir.code.at(-1)!.targets = [{ frame: find(h, Ir.loop).frame!, args: [] }];
      },
      /not open/,
    ],
  ])('%s', (_, damage, complaint) => {
    const s = sound();
    damage(s);
    expect(() => check(s.h)).toThrow(complaint);
  });

  it('a value of one arm used behind the if', () => {
    const h = new HandMade();
    const p = h.param();
    let inArm: Node | undefined;
    h.frame(
      'if',
      [],
      (frame) => {
        inArm = h.i32(4);
        h.br(frame);
        h.else(frame);
        h.br(frame);
      },
      [p],
    );
    h.return(inArm!);
    expect(() => check(h)).toThrow(/is not defined here/);
  });
  it('a value of one arm used in the other', () => {
    const h = new HandMade();
    const p = h.param();
    h.frame(
      'if',
      [],
      (frame) => {
        const inArm = h.i32(4);
        h.br(frame);
        h.else(frame);
        h.op('i32.add', inArm, p);
        h.br(frame);
      },
      [p],
    );
    h.return(p);
    expect(() => check(h)).toThrow(/is not defined here/);
  });
  it('a value that one way into a merge does not pass', () => {
    const h = new HandMade();
    const p = h.param();
    let late: Node | undefined;
    h.frame('block', [], (block) => {
      h.brIf(p, block);
      late = h.i32(4);
      h.br(block);
    });
    h.return(late!);
    expect(() => check(h)).toThrow(/is not defined here/);
  });
  it('and it names pass, function and node', () => {
    const s = sound();
    s.sum.inputs.pop();
    expect(() => verify(s.h.ir, 'fold')).toThrow(`invalid after fold: function 0, v${s.sum.id} i32.add: 1 operands`);
  });
});
