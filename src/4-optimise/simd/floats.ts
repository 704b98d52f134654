/** Vector instructions on floats: four f32 or two f64, computed as scalars are. */
import { type Node, Type } from '../../3-lower/ir.ts';
import type { OpName } from '../../wasm/opcodes.ts';
import type { Expander } from './expander.ts';
import { D, each, F, type Form, I, isArithmetic, laneCount, plain, type Rule, type Rules } from './rules.ts';

const f32x4 = (takes: string, name: OpName): Rule => plain(takes, F, name);
const f64x2 = (takes: string, name: OpName): Rule => plain(takes, D, name);

const compare = (form: Form, name: OpName): Rule => ({
  takes: form === F ? 'FF' : 'DD',
  gives: I,
  expand: (x, n) => {
    const a = x.lanes(n.inputs[0]!, form);
    const b = x.lanes(n.inputs[1]!, form);
    const masks = x.masks(
      n,
      a.map((lane, k) => x.op(name, lane, b[k]!)),
    );
    return form === F ? masks : masks.flatMap((m) => [m, m]);
  },
});

/** The second operand if it compares so with the first: all bits of what is chosen, also where it is a NaN. */
const pseudo = (form: Form, name: OpName, swap: boolean): Rule => ({
  takes: form === F ? 'ff' : 'dd',
  gives: I | form,
  expand: (x, n, out) => {
    const [a, b] = [x.lanes(n.inputs[0]!, form), x.lanes(n.inputs[1]!, form)];
    const conditions = a.map((lane, k) => (swap ? x.op(name, lane, b[k]!) : x.op(name, b[k]!, lane)));
    const [as, bs] = [x.lanes(n.inputs[0]!, out), x.lanes(n.inputs[1]!, out)];
    return as.map((lane, k) => x.select(bs[k]!, lane, conditions[Math.floor((k * a.length) / as.length)]!));
  },
});

/** Changes of the sign bit: on words in form I, on numbers where only numbers are wanted. */
const sign = (form: Form, name: OpName, onBits: (x: Expander, word: Node) => Node): Rule => ({
  takes: 'P',
  gives: I | form,
  expand: (x, n, out) => {
    const lanes = x.lanes(n.inputs[0]!, out);
    if (out === form) return lanes.map((lane) => x.op(name, lane));
    return lanes.map((word, k) => (form === F || k % 2 === 1 ? onBits(x, word) : word));
  },
});
const clearSign = (x: Expander, word: Node): Node => x.and(word, 0x7fffffff);
const flipSign = (x: Expander, word: Node): Node => x.xor(word, -0x80000000);

const wordsOf = (x: Expander, form: Form, scalar: Node): Node[] =>
  form === F ? [x.op('i32.reinterpret_f32', scalar)] : x.halves(x.op('i64.reinterpret_f64', scalar));

const splat = (form: Form): Rule => ({
  takes: 's',
  gives: I | form,
  arithmetic: (n) => (isArithmetic(n.inputs[0]!) ? form : 0),
  expand: (x, n, out) => {
    const scalar = n.inputs[0]!;
    if (out === form) return new Array<Node>(laneCount(form)).fill(scalar);
    const words = wordsOf(x, form, scalar);
    return Array.from({ length: laneCount(form) }, () => words).flat();
  },
});
const extract = (form: Form): Rule => ({
  takes: form === F ? 'F' : 'D',
  gives: 0,
  expand: (x, n) => [x.lanes(n.inputs[0]!, form)[n.imm]!],
});
const replace = (form: Form): Rule => ({
  takes: 'Ps',
  gives: I | form,
  arithmetic: (n) => (isArithmetic(n.inputs[1]!) ? form : 0),
  expand: (x, n, out) => {
    const lanes = x.lanes(n.inputs[0]!, out).slice();
    const by = out === form ? [n.inputs[1]!] : wordsOf(x, form, n.inputs[1]!);
    for (const [k, lane] of by.entries()) lanes[n.imm * by.length + k] = lane;
    return lanes;
  },
});

/** Two f64 to two i32, and zeros. */
const truncate = (name: OpName): Rule => ({
  takes: 'D',
  gives: I,
  expand: (x, n) => [...x.lanes(n.inputs[0]!, D).map((d) => x.op(name, d)), x.i32(0), x.i32(0)],
});
const fromLow = (takes: string, form: Form, name: OpName): Rule => ({
  takes,
  gives: D,
  expand: (x, n) =>
    x
      .lanes(n.inputs[0]!, form)
      .slice(0, 2)
      .map((lane) => x.op(name, lane)),
});
const demote: Rule = {
  takes: 'D',
  gives: F,
  expand: (x, n) => {
    const zero = x.float(Type.f32, 0);
    return [...x.lanes(n.inputs[0]!, D).map((d) => x.op('f32.demote_f64', d)), zero, zero];
  },
};

export const FLOAT_RULES: Rules = {
  'f32x4.splat': splat(F),
  'f32x4.extract_lane': extract(F),
  'f32x4.replace_lane': replace(F),
  'f32x4.eq': compare(F, 'f32.eq'),
  'f32x4.ne': compare(F, 'f32.ne'),
  'f32x4.lt': compare(F, 'f32.lt'),
  'f32x4.gt': compare(F, 'f32.gt'),
  'f32x4.le': compare(F, 'f32.le'),
  'f32x4.ge': compare(F, 'f32.ge'),
  'f32x4.abs': sign(F, 'f32.abs', clearSign),
  'f32x4.neg': sign(F, 'f32.neg', flipSign),
  'f32x4.ceil': f32x4('F', 'f32.ceil'),
  'f32x4.floor': f32x4('F', 'f32.floor'),
  'f32x4.trunc': f32x4('F', 'f32.trunc'),
  'f32x4.nearest': f32x4('F', 'f32.nearest'),
  'f32x4.sqrt': f32x4('F', 'f32.sqrt'),
  'f32x4.add': f32x4('FF', 'f32.add'),
  'f32x4.sub': f32x4('FF', 'f32.sub'),
  'f32x4.mul': f32x4('FF', 'f32.mul'),
  'f32x4.div': f32x4('FF', 'f32.div'),
  'f32x4.min': f32x4('FF', 'f32.min'),
  'f32x4.max': f32x4('FF', 'f32.max'),
  'f32x4.relaxed_min': f32x4('FF', 'f32.min'),
  'f32x4.relaxed_max': f32x4('FF', 'f32.max'),
  'f32x4.relaxed_madd': each('FFF', F, (x, [a, b, c]) => x.op('f32.add', x.op('f32.mul', a!, b!), c!)),
  'f32x4.relaxed_nmadd': each('FFF', F, (x, [a, b, c]) => x.op('f32.sub', c!, x.op('f32.mul', a!, b!))),
  'f32x4.pmin': pseudo(F, 'f32.lt', false),
  'f32x4.pmax': pseudo(F, 'f32.lt', true),
  'f32x4.convert_i32x4_s': f32x4('I', 'f32.convert_i32_s'),
  'f32x4.convert_i32x4_u': f32x4('I', 'f32.convert_i32_u'),
  'f32x4.demote_f64x2_zero': demote,
  'i32x4.trunc_sat_f32x4_s': plain('F', I, 'i32.trunc_sat_f32_s'),
  'i32x4.trunc_sat_f32x4_u': plain('F', I, 'i32.trunc_sat_f32_u'),
  'i32x4.relaxed_trunc_f32x4_s': plain('F', I, 'i32.trunc_sat_f32_s'),
  'i32x4.relaxed_trunc_f32x4_u': plain('F', I, 'i32.trunc_sat_f32_u'),

  'f64x2.splat': splat(D),
  'f64x2.extract_lane': extract(D),
  'f64x2.replace_lane': replace(D),
  'f64x2.eq': compare(D, 'f64.eq'),
  'f64x2.ne': compare(D, 'f64.ne'),
  'f64x2.lt': compare(D, 'f64.lt'),
  'f64x2.gt': compare(D, 'f64.gt'),
  'f64x2.le': compare(D, 'f64.le'),
  'f64x2.ge': compare(D, 'f64.ge'),
  'f64x2.abs': sign(D, 'f64.abs', clearSign),
  'f64x2.neg': sign(D, 'f64.neg', flipSign),
  'f64x2.ceil': f64x2('D', 'f64.ceil'),
  'f64x2.floor': f64x2('D', 'f64.floor'),
  'f64x2.trunc': f64x2('D', 'f64.trunc'),
  'f64x2.nearest': f64x2('D', 'f64.nearest'),
  'f64x2.sqrt': f64x2('D', 'f64.sqrt'),
  'f64x2.add': f64x2('DD', 'f64.add'),
  'f64x2.sub': f64x2('DD', 'f64.sub'),
  'f64x2.mul': f64x2('DD', 'f64.mul'),
  'f64x2.div': f64x2('DD', 'f64.div'),
  'f64x2.min': f64x2('DD', 'f64.min'),
  'f64x2.max': f64x2('DD', 'f64.max'),
  'f64x2.relaxed_min': f64x2('DD', 'f64.min'),
  'f64x2.relaxed_max': f64x2('DD', 'f64.max'),
  'f64x2.relaxed_madd': each('DDD', D, (x, [a, b, c]) => x.op('f64.add', x.op('f64.mul', a!, b!), c!)),
  'f64x2.relaxed_nmadd': each('DDD', D, (x, [a, b, c]) => x.op('f64.sub', c!, x.op('f64.mul', a!, b!))),
  'f64x2.pmin': pseudo(D, 'f64.lt', false),
  'f64x2.pmax': pseudo(D, 'f64.lt', true),
  'f64x2.convert_low_i32x4_s': fromLow('I', I, 'f64.convert_i32_s'),
  'f64x2.convert_low_i32x4_u': fromLow('I', I, 'f64.convert_i32_u'),
  'f64x2.promote_low_f32x4': fromLow('F', F, 'f64.promote_f32'),
  'i32x4.trunc_sat_f64x2_s_zero': truncate('i32.trunc_sat_f64_s'),
  'i32x4.trunc_sat_f64x2_u_zero': truncate('i32.trunc_sat_f64_u'),
  'i32x4.relaxed_trunc_f64x2_s_zero': truncate('i32.trunc_sat_f64_s'),
  'i32x4.relaxed_trunc_f64x2_u_zero': truncate('i32.trunc_sat_f64_u'),
};
