/** Phase 2: WasmModule → TypedModule. The algorithm of the specification's appendix 7.3, all proposals of Wasm 3.0. */
import type { Feature } from '../wasm/features.ts';
import type { WasmModule } from '../wasm/module.ts';
import { OPS } from '../wasm/opcodes.ts';
import type { FuncType } from '../wasm/types.ts';
import { Body } from './body.ts';
import { Context } from './context.ts';
import { plainKey, typeKey, valueText } from './keys.ts';
import { validateDefinitions } from './module.ts';
import { Flow } from './payloads/flow.ts';
import type { TypedModule } from './typed.ts';

/**
 * Validates a module and all its function bodies.
 * Throws CompileError: `invalid`, or `malformed` where operators do not decode, or `limit`.
 */
export function validate(module: WasmModule): TypedModule {
  const context = new Context(module);
  const flow = new Flow(context);
  const body = new Body(context, flow);
  validateDefinitions(context, body);
  for (const f of module.funcs) if (!f.import) body.validateFunction(f, context.funcs[f.index]!);
  const payloads = flow.finish();
  const keys: string[] = [];
  return {
    module,
    features: allFeatures(context),
    types: context.types,
    funcType: (type) => context.funcType(type) && (module.types[type]!.composite as FuncType),
    typeOf: (func) => module.types[module.funcs[func]!.type]!.composite as FuncType,
    typeKey: (type) => (keys[type] ??= typeKey(module.types, context.types.canonical, type)),
    plainKey: (type) => plainKey(module.types, type),
    valueText: (t) => valueText(t, (type) => `@${context.types.canonical[type]}`),
    referenced: declaredFuncs(context),
    payloads,
  };
}

/** The instructions that made constant expressions extended. */
const EXTENDED = new Set<string>(['i32.add', 'i32.sub', 'i32.mul', 'i64.add', 'i64.sub', 'i64.mul']);

function allFeatures(c: Context): Set<Feature> {
  const features = new Set<Feature>(['mvp', ...c.features]);
  for (const o of OPS) if (c.usedOps[o.op] === 1 || c.constantOps[o.op] === 1) features.add(o.feature);
  if (OPS.some((o) => c.constantOps[o.op] === 1 && EXTENDED.has(o.name))) features.add('extended-const');
  return features;
}

function declaredFuncs(c: Context): Set<number> {
  const funcs = new Set<number>();
  c.declared.forEach((yes, i) => {
    if (yes) funcs.add(i);
  });
  return funcs;
}
