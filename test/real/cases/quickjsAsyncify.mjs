/** QuickJS built with Asyncify: the guest's stack is unwound and rewound around promises. */
import { require } from '../support.mjs';

export async function run() {
  const { newQuickJSAsyncWASMModule } = require('quickjs-emscripten');
  const quickjs = await newQuickJSAsyncWASMModule();
  const context = quickjs.newContext();
  const slow = context.newAsyncifiedFunction('slow', async (handle) => {
    const value = context.getNumber(handle);
    await 0;
    return context.newNumber(value * 2);
  });
  slow.consume((f) => context.setProp(context.global, 'slow', f));
  const result = await context.evalCodeAsync('let s=0;for(let i=0;i<200;i++)s+=slow(i);s');
  return String(context.dump(context.unwrapResult(result)));
}
