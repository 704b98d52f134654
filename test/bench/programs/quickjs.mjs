/** QuickJS, through npm's quickjs-emscripten. Each workload is the body of a function that is compiled and run each time. */
import { createRequire } from 'node:module';
import { insteadOfCompiling } from './glue.mjs';

const require = createRequire(import.meta.url);
export const wasm = () => require.resolve('@jitl/quickjs-wasmfile-release-sync/wasm');

export const WORKLOADS = {
  fib: 'function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) } return fib(20)',
  loop: 'let s = 0; for (let i = 0; i < 100000; i++) { s = (s * 31 + i) & 0xfffff } return s',
  object: `let o = {}; for (let i = 0; i < 8000; i++) { o["k" + (i % 500)] = i }
    let t = 0; for (const k in o) t += o[k]; return t`,
  sort: `let a = []; let x = 12345; for (let i = 0; i < 4000; i++) { x = (x * 1103515245 + 12345) & 0x7fffffff; a.push(x) }
    a.sort((p, q) => p - q); return a[100]`,
  string: `let s = ""; for (let i = 0; i < 3000; i++) { s += String.fromCharCode(97 + i % 26) }
    let c = 0; for (let i = 0; i < s.length; i++) if (/[aeiou]/.test(s[i])) c++; return c`,
  float:
    'let x = 0, y = 0; for (let i = 0; i < 40000; i++) { x = Math.sin(x) + 0.5 * y; y = y * 0.9 + x * 0.1 + i * 1e-6 } return x',
};

/** See `Program` in index.mjs. */
export async function open(instantiate) {
  const { newQuickJSWASMModule } = require('quickjs-emscripten');
  const quickjs = await insteadOfCompiling(instantiate, () => newQuickJSWASMModule());
  const context = quickjs.newContext();
  return (workload) => {
    const result = context.unwrapResult(context.evalCode(`(function () { ${WORKLOADS[workload]} })()`));
    const text = String(context.dump(result));
    result.dispose();
    return text;
  };
}
