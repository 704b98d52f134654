/** A process that drives the modules it is sent on one engine: `node subject.ts native|TRANSLATOR`. */
import type { Translator } from '../support/translated.ts';
import { drive, type Namespace } from './drive.ts';

export interface Request {
  readonly bytes: Uint8Array;
  readonly seed: number;
}

async function load(engine: string): Promise<Namespace> {
  if (engine === 'native') return (globalThis as unknown as { WebAssembly: Namespace }).WebAssembly;
  const { translatedWebAssembly } = await import('../support/translated.ts');
  return translatedWebAssembly(engine as Translator) as unknown as Namespace;
}

const wasm = await load(process.argv[2]!);
process.on('message', ({ bytes, seed }: Request) => {
  try {
    process.send!(drive(wasm, bytes, seed));
  } catch (error) {
    process.send!([`crash: ${(error as Error).stack}`]);
  }
});
