/** Atomic accesses: libcalls on the memory. Those of i64 on fewer bits are those of i32 on the low half. */
import { Effect, OPS, type OpInfo, type OpName } from '../../wasm/opcodes.ts';
import { I32 } from '../../wasm/types.ts';
import { atomicPlace } from '../js/atomics.ts';
import { atom, call, int } from '../js/expr.ts';
import type { Libcall } from '../js/libcall.ts';
import { type FunctionEmitter, flatten } from './function.ts';
import { effectsOf, pair, readsOf } from './stack.ts';

type Handler = (f: FunctionEmitter) => void;

function access({ name, signature, width, effects }: OpInfo): Handler {
  const { params, results } = signature!;
  const narrow = name.startsWith('i64') && width < 8;
  const libcall = (narrow ? `i32${name.slice(3)}` : name).replace('rmw32', 'rmw').replace(/(load|store)32/, '$1');
  const callee = (narrow && width === 4 ? libcall.replace('_u', '') : libcall).replace(/\./g, '_') as Libcall;
  return (f) => {
    const args = f.operands(params.length);
    const [address, ...values] = args.map((e) => flatten([e]));
    const operands = narrow ? values.map(([low]) => low!) : values.flat();
    const { memory, offset } = f.reader;
    const place = atomicPlace(f.scope, address!, offset);
    const value = call(f.scope.libcall(callee), atom(f.scope.memory(memory)), ...place, ...operands);
    const all = effectsOf(args) | effects;
    const reads = readsOf(args);
    if (results === '') f.statement(`${value.text};`, all);
    else if (results === 'i') f.pushValue(I32, value, all, reads);
    else if (narrow) f.stack.push(pair(value, int(0), all, reads));
    else f.stack.push(pair(value, atom(f.scope.high()), all, reads, true));
  };
}

const ACCESSES = OPS.filter((o) => o.feature === 'threads' && o.width > 0).map((o) => [o.name, access(o)] as const);

export const ATOMICS: Partial<Record<OpName, Handler>> = {
  ...(Object.fromEntries(ACCESSES) as Partial<Record<OpName, Handler>>),
  'atomic.fence': (f) => f.statement(`${f.scope.libcall('atomic_fence')}();`, Effect.readMemory | Effect.writeMemory),
};
