/** The QuickJS interpreter: one function with a very large br_table. */
import { require } from '../support.mjs';

const SCRIPT = `
function fib(n){return n<2?n:fib(n-1)+fib(n-2)}
let o={};
for(let i=0;i<5000;i++)o['k'+i]=Math.sin(i)*i;
JSON.stringify([fib(20),Object.values(o).reduce((a,b)=>a+b),'abcabc'.replace(/(b)(c)/g,'$2$1'),2n**200n+'',
  [3,1,2].sort(),new Date(0).toISOString()])`;

export async function run() {
  const { getQuickJS } = require('quickjs-emscripten');
  const quickjs = await getQuickJS();
  return JSON.stringify(quickjs.evalCode(SCRIPT));
}
