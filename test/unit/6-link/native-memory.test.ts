/** A native memory as an import, which others make grow: accesses see it as it is, whoever did that. */
import { describe, expect, it } from 'vitest';
import { assemble, type Exports, instantiateText } from './support.ts';

const MODULE = `(module
  (import "env" "memory" (memory 1 8))
  (import "env" "host" (func $host (param i32) (result i32)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (func (export "across") (param i32) (result i32)
    (i32.store (i32.const 8) (i32.const 5))
    (i32.store (i32.const 12) (call $host (local.get 0)))
    (i32.store (local.get 0) (i32.load (i32.const 8)))
    (i32.add (i32.load (local.get 0)) (i32.load (i32.const 12))))
  (func (export "caught") (param i32) (result i32)
    (block $h (try_table (catch_all $h) (drop (call $host (local.get 0)))))
    (i32.load (local.get 0))))`;
const GROWS = '(module (import "env" "memory" (memory 1 8)) (func (export "grow") (drop (memory.grow (i32.const 1)))))';

interface HostMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
/** The host's own. */
const { WebAssembly: host } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (descriptor: object) => HostMemory;
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object, imports: object) => { readonly exports: Record<string, () => void> };
  };
};

interface Both {
  readonly memory: HostMemory;
  readonly exports: Exports;
  /** Makes the memory grow by a page, as JavaScript and as native code do. */
  readonly by: Readonly<Record<'javascript' | 'native', () => void>>;
}
async function both(backend: 'wamr' | 'wavm', run: (by: Both['by'], x: number) => number): Promise<Both> {
  const memory = new host.Memory({ initial: 1, maximum: 8 });
  const env = { memory };
  const native = new host.Instance(new host.Module(await assemble(GROWS)), { env });
  const by = { javascript: () => void memory.grow(1), native: native.exports.grow! };
  const imports = { env: { ...env, host: (x: number) => run(by, x) } };
  const exports = await instantiateText(MODULE, imports, { backend, verify: true });
  return { memory, exports, by };
}

describe.each(['wamr', 'wavm'] as const)('%s', (backend) => {
  describe.each(['javascript', 'native'] as const)('grown by %s', (who) => {
    it('before a call', async () => {
      const { memory, exports, by } = await both(backend, () => 0);
      expect(() => exports.load!(65536)).toThrow('memory access out of bounds');
      by[who]();
      new Int32Array(memory.buffer)[16384] = 77;
      expect(exports.load!(65536)).toBe(77);
      expect(exports.grow!()).toBe(2);
      expect(exports.load!(131072)).toBe(0);
    });
    it('while an argument is converted', async () => {
      const { exports, by } = await both(backend, () => 0);
      const argument = {
        valueOf(): number {
          by[who]();
          return 65536;
        },
      };
      expect(exports.load!(argument)).toBe(0);
    });
    it('in an import', async () => {
      const { exports } = await both(backend, (by, x) => {
        by[who]();
        return x;
      });
      expect(exports.across!(65540)).toBe(65545);
    });
    it('in an import that throws', async () => {
      const { exports } = await both(backend, (by) => {
        by[who]();
        throw new Error('host');
      });
      expect(exports.caught!(65540)).toBe(0);
    });
  });
  it('grown by another instance', async () => {
    const first = await both(backend, () => 0);
    const env = { memory: first.memory, host: () => first.exports.grow!() };
    const second = await instantiateText(MODULE, { env }, { backend });
    expect(second.across!(65540)).toBe(6);
    expect(first.exports.load!(65540)).toBe(5);
  });
});
