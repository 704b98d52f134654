/**
 * What each operator does with floats, for `flow.ts`. Operators that are not named here and have a plain signature compute;
 * one with neither rule nor signature makes all floats of its function unknown, and what follows goes by other rules.
 */
import { byOp, OPS } from '../../wasm/opcodes.ts';
import type { FuncType } from '../../wasm/types.ts';
import type { Body } from '../body.ts';
import type { Flow } from './flow.ts';
import { PLAIN } from './payloads.ts';

export interface Rule {
  /** With the operands still there. */
  readonly before?: (f: Flow, v: Body) => void;
  /** With the results there. */
  readonly after?: (f: Flow, v: Body) => void;
}

const indirectType = (v: Body): FuncType | undefined => v.types.func(v.reader.index);
const directType = (v: Body): FuncType | undefined => v.context.funcs[v.reader.index];
/** What does not exist is found by the validation that follows. */
function whereKnown(type: FuncType | undefined, act: (type: FuncType) => void): void {
  if (type) act(type);
}
/** Operators that hand on no float. */
const NOTHING: Rule = {};
const OPENS: Rule = { before: (f, v) => f.opening(v, 0), after: (f, v) => f.open(v) };
const UNKNOWN_CALL: Rule = {
  before: (f, v) => whereKnown(indirectType(v), (type) => f.callUnknown(v, type)),
  after: (f, v) => f.calledUnknown(v, indirectType(v)!),
};
const UNKNOWN_TAIL: Rule = {
  before: (f, v) => whereKnown(indirectType(v), (type) => f.tailCall(v, type, undefined)),
};
const PASSES: Rule = { before: (f, v) => f.keep(v), after: (f, v) => f.pass(v) };
const CHOICE: Rule = { before: (f, v) => f.select(v), after: (f, v) => f.pass(v) };
const COPYSIGN: Rule = { before: (f, v) => f.copysign(v), after: (f, v) => f.pass(v) };
const SOURCE: Rule = { after: (f, v) => f.source(v) };
const CONSTANT: Rule = { after: (f, v) => f.constant(v) };
const OBSERVES: Rule = { before: (f, v) => f.observe(v, 0) };

const GIVEN = byOp<Rule | undefined>(
  {
    unreachable: NOTHING,
    nop: NOTHING,
    drop: NOTHING,
    block: OPENS,
    loop: OPENS,
    if: { before: (f, v) => f.opening(v, 1), after: (f, v) => f.open(v) },
    else: { before: (f, v) => f.close(v), after: (f, v) => f.otherwise(v) },
    end: { before: (f, v) => f.close(v), after: (f, v) => f.closed(v) },
    br: { before: (f, v) => f.branch(v, v.reader.index, 0) },
    br_if: { before: (f, v) => f.branch(v, v.reader.index, 1) },
    br_table: { before: (f, v) => f.branchTable(v) },
    return: { before: (f, v) => f.branch(v, v.depth - 1, 0) },
    call: {
      before: (f, v) => whereKnown(directType(v), (type) => f.call(v, type, v.reader.index)),
      after: (f, v) => f.called(v, directType(v)!, v.reader.index),
    },
    call_indirect: UNKNOWN_CALL,
    call_ref: UNKNOWN_CALL,
    return_call: {
      before: (f, v) => whereKnown(directType(v), (type) => f.tailCall(v, type, v.reader.index)),
    },
    return_call_indirect: UNKNOWN_TAIL,
    return_call_ref: UNKNOWN_TAIL,
    select: CHOICE,
    select_t: CHOICE,
    'local.get': { after: (f, v) => f.localGet(v) },
    'local.set': { before: (f, v) => f.localSet(v) },
    'local.tee': { before: (f, v) => f.localSet(v), after: (f, v) => f.localGet(v) },
    'global.get': { after: (f, v) => f.setOrigin(v, f.global(v.reader.index)) },
    'global.set': { before: (f, v) => f.payloads.edge(f.origin(v, 0), f.global(v.reader.index)) },
    'f32.load': SOURCE,
    'f64.load': SOURCE,
    'f32.reinterpret_i32': SOURCE,
    'f64.reinterpret_i64': SOURCE,
    'f32.const': CONSTANT,
    'f64.const': CONSTANT,
    'f32.store': OBSERVES,
    'f64.store': OBSERVES,
    'i32.reinterpret_f32': OBSERVES,
    'i64.reinterpret_f64': OBSERVES,
    'f32x4.splat': OBSERVES,
    'f64x2.splat': OBSERVES,
    'f32x4.replace_lane': OBSERVES,
    'f64x2.replace_lane': OBSERVES,
    'f32x4.extract_lane': SOURCE,
    'f64x2.extract_lane': SOURCE,
    'f32.abs': PASSES,
    'f64.abs': PASSES,
    'f32.neg': PASSES,
    'f64.neg': PASSES,
    'f32.copysign': COPYSIGN,
    'f64.copysign': COPYSIGN,
  },
  undefined,
);

/** Floats and integers alone: arithmetic, which wants numbers and makes some. */
function fromSignature({ params, results }: { params: string; results: string }): Rule | undefined {
  const floats = [...params].flatMap((c, i) => (c === 'f' || c === 'F' ? [params.length - 1 - i] : []));
  const makes = /[fF]/.test(results);
  if (floats.length === 0 && !makes) return undefined;
  const vector = params.includes('V') || results.includes('V');
  return {
    before: (f, v) => {
      for (const depth of floats) {
        f.compute(v, depth);
        if (vector) f.observe(v, depth);
      }
    },
    after: (f, v) => {
      if (makes && vector) f.source(v);
      else if (makes) f.setOrigin(v, PLAIN);
    },
  };
}

const UNKNOWN_RULE: Rule = { before: (f, v) => f.unknownOperator(v) };
/** Operators without signature that take and give no float, whatever their immediates. */
const FLOATLESS = /^(table|elem|data|memory)\.|^ref\.(null|is_null|func)$/;

/** By operator; undefined where no float is concerned. */
export const FLOW: readonly (Rule | undefined)[] = OPS.map((o) => {
  const given = GIVEN[o.op];
  if (given) return given === NOTHING ? undefined : given;
  if (o.signature) return fromSignature(o.signature);
  return FLOATLESS.test(o.name) ? undefined : UNKNOWN_RULE;
});

const OPAQUE_CALL: Rule = {
  before: (f, v) => whereKnown(directType(v), (type) => f.callOpaquely(v.reader.index, type)),
};
/** The rules in a function of which nothing else is known. */
export const OPAQUE_FLOW: readonly (Rule | undefined)[] = byOp<Rule | undefined>(
  {
    call: OPAQUE_CALL,
    return_call: {
      before: (f, v) => {
        f.payloads.tailCalled.add(v.reader.index);
        OPAQUE_CALL.before!(f, v);
      },
    },
    'global.get': { before: (f, v) => f.payloads.observe(f.global(v.reader.index)) },
    'global.set': { before: (f, v) => f.payloads.bears(f.global(v.reader.index)) },
  },
  undefined,
);
