/** Phase 2: WasmModule → TypedModule. The algorithm of the specification's appendix 7.3, all proposals of Wasm 3.0. */
import type { Feature } from '../wasm/features.ts';
import type { WasmModule } from '../wasm/module.ts';
import { OPS } from '../wasm/opcodes.ts';
import { Body } from './body.ts';
import { Context } from './context.ts';
import { validateDefinitions } from './module.ts';
import { Flow } from './payloads/flow.ts';
import { type TypedModule, typedModule } from './typed.ts';

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
  return typedModule(module, context.types, {
    features: allFeatures(context),
    referenced: declaredFuncs(context),
    payloads,
  });
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
