/** Lua 5.4, through npm's wasmoon. Each workload is a chunk that is compiled and run each time. */
import { createRequire } from 'node:module';
import { insteadOfCompiling } from './glue.mjs';

const require = createRequire(import.meta.url);
export const wasm = () => require.resolve('wasmoon/dist/glue.wasm');

export const WORKLOADS = {
  fib: 'local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(22)',
  loop: 'local s = 0 for i = 1, 200000 do s = (s * 31 + i) & 0xfffff end return s',
  table: `local t = {} for i = 1, 20000 do t[i] = i * i end
    local s = 0 for i, v in ipairs(t) do s = s + v end return s`,
  string: `local t = {} for i = 1, 3000 do t[#t + 1] = string.format("%d:%s", i, "x") end
    local s = table.concat(t, ",") local c = 0 for w in s:gmatch("%d+") do c = c + #w end return c`,
  sort: `local a = {} local x = 12345 for i = 1, 4000 do x = (x * 1103515245 + 12345) & 0x7fffffff a[i] = x end
    table.sort(a) return a[100]`,
  float: `local x, y = 0.0, 0.0
    for i = 1, 60000 do x = math.sin(x) + 0.5 * y y = y * 0.9 + x * 0.1 + i * 1e-6 end return x`,
};

/** See `Program` in index.mjs. */
export async function open(instantiate) {
  const { LuaFactory } = require('wasmoon');
  const engine = await insteadOfCompiling(instantiate, () => new LuaFactory().createEngine());
  return (workload) => String(engine.doStringSync(WORKLOADS[workload]));
}
