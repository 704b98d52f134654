/**
 * Arithmetic makes quiet NaNs also where an optimising engine would take it for its operand: each operation runs often enough
 * to be compiled, then on a signalling NaN.
 */
import { describe, expect, it } from 'vitest';
import { assemble } from '../../../support/func-ir.ts';
import { translatedWebAssembly } from '../../../support/translated.ts';

const ROUNDS = 50_000;
const F64 = ['f64.mul (%) (f64.const 1)', 'f64.mul (f64.const -1) (%)', 'f64.div (%) (f64.const 1)']
  .concat(['f64.sub (%) (f64.const 0)', 'f64.add (%) (f64.const -0)', 'f64.sub (f64.const -0) (%)'])
  .concat(['f64.ceil (%)', 'f64.nearest (%)', 'f64.sqrt (%)', 'f64.min (%) (f64.const inf)', 'f64.add (%) (%)']);
const F32 = [...F64.map((text) => text.replaceAll('f64', 'f32')), 'f32.demote_f64 (f64.promote_f32 (%))'];

async function moduleOf(type: 'f32' | 'f64', operations: readonly string[]): Promise<Uint8Array> {
  const funcs = operations.map((text, i) => {
    const body = text.replaceAll('%', `${type}.load (i32.const 0)`);
    return `(func (export "f${i}") (${type}.store (i32.const 8) (${body})))`;
  });
  return assemble(`(module (memory (export "m") 1) ${funcs.join('\n')})`);
}

describe.each(['wavm', 'wamr'] as const)('%s', (backend) => {
  it.each([
    ['f32', F32],
    ['f64', F64],
  ] as const)('%s', async (type, operations) => {
    const wasm = translatedWebAssembly(backend) as unknown as {
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object) => { exports: Record<string, unknown> };
    };
    const { exports } = new wasm.Instance(new wasm.Module(await moduleOf(type, operations)));
    const view = new DataView((exports.m as { buffer: ArrayBuffer }).buffer);
    for (const [i, text] of operations.entries()) {
      const run = exports[`f${i}`] as () => void;
      if (type === 'f32') view.setFloat32(0, 1.5, true);
      else view.setFloat64(0, 1.5, true);
      for (let k = 0; k < ROUNDS; k++) run();
      if (type === 'f32') view.setUint32(0, 0x7fa00000, true);
      else view.setBigUint64(0, 0x7ff4000000000000n, true);
      run();
      const quiet = type === 'f32' ? view.getUint32(8, true) & 0x7fc00000 : view.getUint32(12, true) & 0x7ff80000;
      expect(quiet.toString(16), text).toBe(type === 'f32' ? '7fc00000' : '7ff80000');
    }
  });
});
