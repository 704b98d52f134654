/** The host module `spectest` that scripts import from (spec/interpreter README, "Spectest host module"). */
import type { Namespace } from './engines.ts';

export function spectest(wasm: Namespace): Readonly<Record<string, unknown>> {
  const nothing = (): void => undefined;
  const items: Record<string, unknown> = {};
  for (const suffix of ['', '_i32', '_i64', '_f32', '_f64', '_i32_f32', '_f64_f64']) items[`print${suffix}`] = nothing;
  for (const type of ['i32', 'i64', 'f32', 'f64']) {
    const value = type === 'i64' ? 666n : type === 'i32' ? 666 : 666.6;
    items[`global_${type}`] = new wasm.Global({ value: type, mutable: false }, value);
  }
  items.memory = new wasm.Memory({ initial: 1, maximum: 2 });
  items.table = new wasm.Table({ initial: 10, maximum: 20, element: 'anyfunc' });
  // Scripts that need these are marked as not run where the engine cannot make them.
  items.shared_memory = whereAble(() => new wasm.Memory({ initial: 1, maximum: 2, shared: true }));
  items.table64 = whereAble(() => new wasm.Table({ initial: 10n, maximum: 20n, element: 'anyfunc', address: 'i64' }));
  return items;
}

function whereAble(make: () => unknown): unknown {
  try {
    return make();
  } catch {
    return undefined;
  }
}
