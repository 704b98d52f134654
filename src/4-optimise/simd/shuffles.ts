/**
 * Shuffles by constant lanes, and swizzles whose indices are constants: words that move whole are no code at all, and any
 * other word is put together from pieces, a shift and a mask for each distance that bytes of one word move.
 */
import { Ir, type Node, Type } from '../../3-lower/ir.ts';
import { OP } from '../../wasm/opcodes.ts';
import type { Expander } from './expander.ts';
import { D, F, I, type Rule, type Rules } from './rules.ts';

/** A lane that is 0 whatever the operands. */
const ZERO = -1;

/** The 16 bytes of the result, by where they come from. */
type Lanes = readonly number[];

/** The sources of groups of `size` bytes that move whole, or undefined where bytes move alone. */
function groups(lanes: Lanes, size: number): number[] | undefined {
  const result: number[] = [];
  for (let k = 0; k < 16; k += size) {
    const first = lanes[k]!;
    if (first === ZERO ? false : first % size !== 0) return undefined;
    for (let j = 0; j < size; j++) if (lanes[k + j] !== (first === ZERO ? ZERO : first + j)) return undefined;
    result.push(first === ZERO ? ZERO : first / size);
  }
  return result;
}

function shuffleRule(lanes: Lanes, takes: string): Rule {
  const words = groups(lanes, 4);
  const doubles = groups(lanes, 8);
  const forms = I | (words ? F : 0) | (doubles ? D : 0);
  return {
    takes: forms === I ? takes.replaceAll('P', 'I') : takes,
    gives: forms,
    expand: (x, n, form) => {
      const all = n.inputs.flatMap((v, i) => (takes[i] === 'P' ? x.lanes(v, form) : []));
      const whole = form === D ? doubles : words;
      if (whole) return whole.map((from) => (from === ZERO ? zero(x, form) : all[from]!));
      return [0, 4, 8, 12].map((k) => assemble(x, lanes.slice(k, k + 4), all));
    },
  };
}
function zero(x: Expander, form: number): Node {
  if (form === I) return x.i32(0);
  return x.float(form === F ? Type.f32 : Type.f64, 0);
}

/** One word out of four bytes. */
function assemble(x: Expander, sources: Lanes, words: readonly Node[]): Node {
  const broadcast = sources.every((s) => s === sources[0]) && sources[0] !== ZERO;
  if (broadcast) {
    const [word, at] = [words[sources[0]! >> 2]!, sources[0]! & 3];
    const byte = at === 3 ? x.shr(word, 24) : x.and(x.shr(word, 8 * at), 255);
    return x.times(byte, 0x01010101);
  }
  // By word and distance: which bytes of the result come so.
  const pieces = new Map<string, { word: number; shift: number; mask: number }>();
  for (const [k, s] of sources.entries()) {
    if (s === ZERO) continue;
    const shift = 8 * (k - (s & 3));
    const piece = pieces.get(`${s >> 2} ${shift}`) ?? { word: s >> 2, shift, mask: 0 };
    piece.mask |= 255 << (8 * k);
    pieces.set(`${s >> 2} ${shift}`, piece);
  }
  let result: Node | undefined;
  for (const { word, shift, mask } of pieces.values()) {
    const moved = shift >= 0 ? x.shl(words[word]!, shift) : x.shr(words[word]!, -shift);
    const natural = shift >= 0 ? -1 << shift : -1 >>> -shift;
    const piece = mask === natural ? moved : x.and(moved, mask);
    result = result ? x.or(result, piece) : piece;
  }
  return result ?? x.i32(0);
}

const swizzle: Rule = {
  takes: 'II',
  gives: I,
  expand: (x, n) => x.libcall('i8x16_swizzle', [...x.lanes(n.inputs[0]!, I), ...x.lanes(n.inputs[1]!, I)]),
};
/** A constant table: byte by byte. */
const lookup: Rule = {
  takes: 'sI',
  gives: I,
  expand: (x, n) => {
    const { lanes } = n.inputs[0]!;
    return x.lanes(n.inputs[1]!, I).map((word) => {
      const bytes = [0, 8, 16, 24].map((by) => {
        const found = x.ir.node(Ir.lookup, Type.i32, [by === 24 ? x.shr(word, 24) : x.and(x.shr(word, by), 255)]);
        found.lanes = lanes;
        return x.shl(x.add(found), by);
      });
      return bytes.reduce((a, b) => x.or(a, b));
    });
  },
};
function swizzleRule(n: Node): Rule {
  const indices = n.inputs[1]!;
  if (indices.op !== OP['v128.const']) return n.inputs[0]!.op === OP['v128.const'] ? lookup : swizzle;
  const lanes = indices.lanes!.flatMap((word) => [0, 8, 16, 24].map((by) => (word >>> by) & 255));
  // The indices themselves are no operand any more, in whichever form they are.
  return shuffleRule(
    lanes.map((l) => (l < 16 ? l : ZERO)),
    'Ps',
  );
}

export const SHUFFLE_RULES: Rules = {
  'i8x16.shuffle': (n) => shuffleRule(n.lanes!, 'PP'),
  'i8x16.swizzle': swizzleRule,
  'i8x16.relaxed_swizzle': swizzleRule,
};
