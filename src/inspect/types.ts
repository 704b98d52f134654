/** Types of imports and exports as short text: `(i32, i64) -> f32`, `mut i32`, `1..16`. */
import type { WasmModule } from '../wasm/module.ts';
import { type GlobalType, type Limits, typeName } from '../wasm/types.ts';

export function funcTypeText(module: WasmModule, type: number | undefined): string {
  const composite = type === undefined ? undefined : module.types[type]?.composite;
  if (composite?.kind !== 'func') return '?';
  const list = (types: readonly number[]) => types.map(typeName).join(', ');
  const results = composite.results.length === 1 ? list(composite.results) : `(${list(composite.results)})`;
  return `(${list(composite.params)}) -> ${results}`;
}

export function globalTypeText(type: GlobalType): string {
  return `${type.mutable ? 'mut ' : ''}${typeName(type.type)}`;
}

/** `min..max`, or `min..` without a maximum. */
export function limitsText(limits: Limits): string {
  return `${limits.min}..${limits.max ?? ''}`;
}
