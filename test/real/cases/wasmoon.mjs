/** Lua through Emscripten: sorting, formatting, pcall; the glue compiles five 32-byte trampolines at run time. */
import { LuaFactory } from 'wasmoon';

// One line: Lua names the chunk by its text in the error message.
const SCRIPT = [
  "local t={} for i=1,5000 do t[#t+1]=string.format('%05d %.6f',i*7919%5000,math.sqrt(i)) end",
  "table.sort(t) local ok,e=pcall(function() error('boom') end)",
  "return table.concat(t,','):sub(1,4000)..tostring(ok)..tostring(e)",
].join(' ');

export async function run() {
  const lua = await new LuaFactory().createEngine();
  return String(await lua.doString(SCRIPT));
}
