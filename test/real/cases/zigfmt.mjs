/** Zig's formatter, with multi-value functions. */
import * as zig from '@wasm-fmt/zig_fmt';

export async function run() {
  if (typeof zig.default === 'function') await zig.default();
  return zig.format(
    'const std=@import("std");pub fn main() void{var x:u32=1;while(x<10):(x+=1){std.debug.print("{}",.{x});}}\n',
  );
}
