/**
 * Vector accesses as scalar ones, all or nothing: bounds are checked once, by a span, and the scalar accesses within it
 * cannot trap, so that lanes that nobody reads need not be loaded. Where there is no span, the last word comes first and
 * alone can trap.
 */
import { Ir, type Node, Type } from '../../3-lower/ir.ts';
import { Effect, OP, type OpName } from '../../wasm/opcodes.ts';
import type { Expander } from './expander.ts';
import { extendBytes, withLane } from './lanes.ts';
import { BYTES, type Packing, SHORTS, splat } from './packed.ts';
import { D, F, type Form, I, laneCount, type Rule, type Rules } from './rules.ts';

const ACCESS: Record<Form, { name: OpName; store: OpName; width: number }> = {
  [I]: { name: 'i32.load', store: 'i32.store', width: 4 },
  [F]: { name: 'f32.load', store: 'f32.store', width: 4 },
  [D]: { name: 'f64.load', store: 'f64.store', width: 8 },
};

/** Where an access of `bytes` is, checked at once; or what it takes for an address, if that is no i32. */
function place(x: Expander, n: Node, bytes: number, width: number): Place {
  const address = n.inputs[0]!;
  const alone = bytes === width || width === 8;
  // Typed arrays are as quick for one element, and quicker for f64.
  if (address.type !== Type.i32 || (alone && 2 ** n.align >= width))
    return { n, address, offset: n.imm, checked: false };
  const span = x.ir.node(Ir.span, Type.i32, [address], n.imm, n.imm2);
  span.effects = Effect.trap | Effect.readMemory;
  span.lanes = [bytes];
  return { n, address: x.add(span), offset: 0, checked: true };
}
interface Place {
  readonly n: Node;
  readonly address: Node;
  readonly offset: number;
  /** In bounds for certain: else the last part has to find out. */
  readonly checked: boolean;
}
/** A scalar access at a distance from a place. */
function part(x: Expander, at: Place, name: OpName, distance: number, last: boolean, value?: Node): Node {
  const inputs = value ? [at.address, value] : [at.address];
  const node = x.ir.node(
    OP[name],
    value ? Type.none : TYPES[name[0] + name[1]!]!,
    inputs,
    at.offset + distance,
    at.n.imm2,
  );
  node.align = at.n.align;
  if (at.checked || !last) node.effects &= ~Effect.trap;
  return x.add(node);
}
const TYPES: Record<string, number> = { i3: Type.i32, f3: Type.f32, f6: Type.f64 };

/** `count` elements in a form. */
function elements(x: Expander, n: Node, form: Form, count: number): Node[] {
  const { name, width } = ACCESS[form]!;
  const at = place(x, n, count * width, width);
  const lanes: Node[] = new Array(count);
  for (let k = count - 1; k >= 0; k--) lanes[k] = part(x, at, name, k * width, k === count - 1);
  return lanes;
}
/** Stores elements in a form, the last one first. */
function storeElements(x: Expander, n: Node, form: Form, values: readonly Node[]): void {
  const { store, width } = ACCESS[form]!;
  const at = place(x, n, values.length * width, width);
  for (let k = values.length - 1; k >= 0; k--) part(x, at, store, k * width, k === values.length - 1, values[k]);
}
/** A byte or a half alone. */
const small = (x: Expander, n: Node, name: OpName, value?: Node): Node =>
  part(x, { n, address: n.inputs[0]!, offset: n.imm, checked: false }, name, 0, true, value);
const zero = (x: Expander, form: Form): Node => {
  if (form === I) return x.i32(0);
  return x.float(form === F ? Type.f32 : Type.f64, 0);
};

const whole: Rule = {
  takes: 's',
  gives: I | F | D,
  arithmetic: () => 0,
  expand: (x, n, form) => elements(x, n, form, laneCount(form)),
};
/** Some bytes, again and again. */
const again = (bytes: 4 | 8): Rule => ({
  takes: 's',
  gives: bytes === 4 ? I | F : I | F | D,
  arithmetic: () => 0,
  expand: (x, n, form) => {
    const once = elements(x, n, form, form === D ? 1 : bytes / 4);
    return Array.from({ length: laneCount(form) }, (_, k) => once[k % once.length]!);
  },
});
/** Some bytes, and zeros. */
const zeros = (bytes: 4 | 8): Rule => ({
  takes: 's',
  gives: bytes === 4 ? I | F : I | F | D,
  arithmetic: () => 0,
  expand: (x, n, form) => {
    const lanes = elements(x, n, form, form === D ? 1 : bytes / 4);
    while (lanes.length < laneCount(form)) lanes.push(zero(x, form));
    return lanes;
  },
});
const splatSmall = (p: Packing, name: OpName): Rule => ({
  takes: 's',
  gives: I,
  expand: (x, n) => {
    const word = splat(x, p, small(x, n, name));
    return [word, word, word, word];
  },
});
const widen = (f: (x: Expander, words: Node[], k: number) => Node): Rule => ({
  takes: 's',
  gives: I,
  expand: (x, n) => {
    const words = elements(x, n, I, 2);
    return [0, 1, 2, 3].map((k) => f(x, words, k));
  },
});
const widenBytes = (signed: boolean): Rule => widen((x, w, k) => extendBytes(x, w[k >> 1]!, k & 1, signed));
const widenHalves = (name: OpName): Rule => ({
  takes: 's',
  gives: I,
  expand: (x, n) => {
    const at = place(x, n, 8, 2);
    const lanes = [3, 2, 1, 0].map((k) => part(x, at, name, 2 * k, k === 3));
    return lanes.reverse();
  },
});
const widenWords = (signed: boolean): Rule =>
  widen((x, w, k) => (k % 2 === 0 ? w[k >> 1]! : signed ? x.sar(w[k >> 1]!, 31) : x.i32(0)));

const loadSmallLane = (p: Packing, name: OpName): Rule => ({
  takes: 'sI',
  gives: I,
  expand: (x, n) => {
    const lanes = x.lanes(n.inputs[1]!, I).slice();
    const per = 32 / p.bits;
    const [lane] = n.lanes!;
    const at = Math.floor(lane! / per);
    lanes[at] = withLane(x, p, lanes[at]!, lane! % per, small(x, n, name));
    return lanes;
  },
});
const loadLane = (bytes: 4 | 8): Rule => ({
  takes: 'sP',
  gives: bytes === 4 ? I | F : I | F | D,
  arithmetic: () => 0,
  expand: (x, n, form) => {
    const lanes = x.lanes(n.inputs[1]!, form).slice();
    const by = elements(x, n, form, form === D ? 1 : bytes / 4);
    for (const [k, lane] of by.entries()) lanes[n.lanes![0]! * by.length + k] = lane;
    return lanes;
  },
});

const store: Rule = {
  takes: 'sS',
  gives: 0,
  expand: (x, n) => {
    const form = x.formAt(n.inputs[1]!);
    storeElements(x, n, form, x.lanes(n.inputs[1]!, form));
    return [];
  },
};
const storeSmallLane = (p: Packing, name: OpName): Rule => ({
  takes: 'sI',
  gives: 0,
  expand: (x, n) => {
    const per = 32 / p.bits;
    const lane = n.lanes![0]!;
    const word = x.lanes(n.inputs[1]!, I)[Math.floor(lane / per)]!;
    small(x, n, name, x.shr(word, p.bits * (lane % per)));
    return [];
  },
});
const storeLane = (bytes: 4 | 8): Rule => ({
  takes: 'sS',
  gives: 0,
  expand: (x, n) => {
    const [v, lane] = [n.inputs[1]!, n.lanes![0]!];
    // A 32-bit lane of two f64 is no lane of theirs.
    const form = bytes === 4 && x.formAt(v) === D ? I : x.formAt(v);
    const count = bytes / ACCESS[form]!.width;
    storeElements(x, n, form, x.lanes(v, form).slice(lane * count, (lane + 1) * count));
    return [];
  },
});

export const MEMORY_RULES: Rules = {
  'v128.load': whole,
  'v128.load8x8_s': widenBytes(true),
  'v128.load8x8_u': widenBytes(false),
  'v128.load16x4_s': widenHalves('i32.load16_s'),
  'v128.load16x4_u': widenHalves('i32.load16_u'),
  'v128.load32x2_s': widenWords(true),
  'v128.load32x2_u': widenWords(false),
  'v128.load8_splat': splatSmall(BYTES, 'i32.load8_u'),
  'v128.load16_splat': splatSmall(SHORTS, 'i32.load16_u'),
  'v128.load32_splat': again(4),
  'v128.load64_splat': again(8),
  'v128.load32_zero': zeros(4),
  'v128.load64_zero': zeros(8),
  'v128.load8_lane': loadSmallLane(BYTES, 'i32.load8_u'),
  'v128.load16_lane': loadSmallLane(SHORTS, 'i32.load16_u'),
  'v128.load32_lane': loadLane(4),
  'v128.load64_lane': loadLane(8),
  'v128.store': store,
  'v128.store8_lane': storeSmallLane(BYTES, 'i32.store8'),
  'v128.store16_lane': storeSmallLane(SHORTS, 'i32.store16'),
  'v128.store32_lane': storeLane(4),
  'v128.store64_lane': storeLane(8),
};
