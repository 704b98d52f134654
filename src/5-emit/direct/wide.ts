/** Wide arithmetic: libcalls whose four result words go to the slots of two i64. */
import type { OpName } from '../../wasm/opcodes.ts';
import { I64 } from '../../wasm/types.ts';
import type { Libcall } from '../js/libcall.ts';
import type { FunctionEmitter } from './function.ts';
import { effectsOf } from './stack.ts';

type Handler = (f: FunctionEmitter) => void;

function wide(name: Libcall, count: number): Handler {
  return (f) => {
    const args = f.operands(count);
    const value = f.libcall(name, args).text;
    const base = f.stack.height;
    f.stack.order(effectsOf(args), [f.stack.slotVariable(base), f.stack.slotVariable(base + 1)]);
    for (const at of [base, base + 1]) f.stack.push(f.stack.slot(at, I64));
    const [low, high] = [f.stack.slotName(base), f.stack.slotName(base + 1)];
    const rest = f.scope.libcall('i64_wide');
    f.line(`${low} = ${value}; ${low}h = ${f.scope.high()}; ${high} = ${rest}[0]; ${high}h = ${rest}[1];`);
  };
}

export const WIDE: Partial<Record<OpName, Handler>> = {
  'i64.add128': wide('i64_add128', 4),
  'i64.sub128': wide('i64_sub128', 4),
  'i64.mul_wide_s': wide('i64_mul_wide_s', 2),
  'i64.mul_wide_u': wide('i64_mul_wide_u', 2),
};
