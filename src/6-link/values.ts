/**
 * Values at the boundary, as text specialised for each function type, so that a call from JavaScript costs no more than its
 * coercions (JS API 5.6). Exports become methods named by their index: such a function has the right `name` and
 * `length`, and is no constructor.
 */
import { slot_count, split_type } from '../../runtime/abi.ts';
import { paramCell, resultCell } from '../2-validate/payloads/carried.ts';
import { descriptorOf } from '../5-emit/js/types.ts';
import type { LinkScope } from './scope.ts';

/** An argument `name` of type `letter` converted for wasm; an i64 is low and high. Evaluate in order. */
function inward(scope: LinkScope, letter: string, name: string): string {
  switch (letter) {
    case 'i':
      return `${name} | 0`;
    case 'I':
      return `${scope.name('from_bigint')}(${name})`;
    case 'f':
      return `Math.fround(${name})`;
    case 'F':
      return `+${name}`;
    case 'r':
      return `${scope.name('from_func')}(${name})`;
    default:
      return letter[0] === '<' ? `${scope.name('from_ref')}(${name}, ${descriptorOf(scope, letter)})` : name;
  }
}
/** A value for JavaScript; `high` is the high half of an i64. */
function outward(scope: LinkScope, letter: string, value: string, high: string): string {
  if (letter === 'I') return `${scope.name('to_bigint')}(${value}, ${high})`;
  if (letter[0] === '<') return `${scope.name('to_ref')}(${value}, ${descriptorOf(scope, letter)})`;
  return letter === 'r' ? `${scope.name('to_func')}(${value})` : value;
}
function highHalf(scope: LinkScope): string {
  return `${scope.libcall('i64_hi')}[0]`;
}

/** Whether a function's type has values that JavaScript has nothing for: such a call is a TypeError (JS API 5.6). */
function cannotCross(t: string): boolean {
  return split_type(t).some((types) => types.includes('V') || types.includes('x'));
}

/** Notes the payload of a converted float in its cell, and gives it back. */
function noted(scope: LinkScope, letter: string, cell: number, value: string): string {
  return `${scope.libcall(letter === 'f' ? 'note_f32' : 'note_f64')}(${cell}, ${value})`;
}
const isFloat = (letter: string): boolean => letter === 'f' || letter === 'F';

/** The exported function of raw function `raw`: an expression. `noticed` are the arguments whose payloads it looks for. */
export function exportWrapper(
  scope: LinkScope,
  index: number,
  raw: string,
  t: string,
  noticed: readonly number[],
): string {
  const [params, results] = split_type(t);
  const names = params.map((_, i) => `a${i}`);
  if (cannotCross(t)) return `{ ${index}(${names.join(', ')}) { ${scope.name('no_crossing')}(); } }[${index}]`;
  const args: string[] = [];
  let before = '';
  if (params.includes('I') || noticed.length > 0 || scope.mayThrow) {
    // What the host throws meanwhile is no trap of ours, and it may make a memory grow.
    // The high half lies in a shared place until it is fetched: all arguments are converted first, in order.
    before = params
      .map((letter, i) => {
        args.push(`b${i}`);
        if (letter !== 'I') return `const b${i} = ${inward(scope, letter, names[i]!)}; `;
        args.push(`c${i}`);
        return `const b${i} = ${inward(scope, letter, names[i]!)}, c${i} = ${highHalf(scope)}; `;
      })
      .join('');
    for (const i of noticed) before += `${noted(scope, params[i]!, paramCell(i), `b${i}`)}; `;
    before += scope.refresh;
  } else args.push(...params.map((letter, i) => inward(scope, letter, names[i]!)));
  const body = before + trapping(scope, resultsOut(scope, results, `${raw}(${args.join(', ')})`));
  return `{ ${index}(${names.join(', ')}) { ${body} } }[${index}]`;
}

/** Statements that run code of the module: what they throw is what a caller is to see. */
export function trapping(scope: LinkScope, statements: string): string {
  return scope.mayThrow ? `try { ${statements} } catch (e) { throw ${scope.libcall('trap_of')}(e); }` : statements;
}

function resultsOut(scope: LinkScope, results: readonly string[], call: string): string {
  if (results.length === 0) return `${call};`;
  if (results.length === 1) {
    if (results[0] === 'I') return `const r = ${call}; return ${outward(scope, 'I', 'r', highHalf(scope))};`;
    return `return ${outward(scope, results[0]!, call, '')};`;
  }
  let at = 0;
  const items = results.map((letter) => {
    const value = `r[${at++}]`;
    return outward(scope, letter, value, letter === 'I' ? `r[${at++}]` : '');
  });
  return `const r = ${call}; return [${items.join(', ')}];`;
}

/** A function that makes a raw function of type `t` from a host function `h`: an expression. */
export function importAdapter(scope: LinkScope, t: string): string {
  if (cannotCross(t)) return `() => () => ${scope.name('no_crossing')}()`;
  const [params, results] = split_type(t);
  const names: string[] = [];
  const args = params.map((letter, i) => {
    names.push(`a${i}`);
    if (letter === 'I') names.push(`b${i}`);
    return outward(scope, letter, `a${i}`, `b${i}`);
  });
  const body = resultsIn(scope, results, `h(${args.join(', ')})`);
  // What a host function throws is never a trap of ours.
  const run = body.startsWith('{') ? body : `{ return ${body}; }`;
  const end = scope.refresh === '' ? '' : ` finally { ${scope.refresh}}`;
  return `(h) => (${names.join(', ')}) => { try ${run} catch (e) { throw ${scope.libcall('host_error')}(e); }${end} }`;
}

function resultsIn(scope: LinkScope, results: readonly string[], call: string): string {
  if (results.length === 0) return `{ ${call}; }`;
  if (results.length === 1) {
    const value = inward(scope, results[0]!, call);
    return isFloat(results[0]!) ? noted(scope, results[0]!, resultCell(0), value) : value;
  }
  const items = results.flatMap((letter, i) => {
    const value = inward(scope, letter, `r[${i}]`);
    return letter === 'I' ? [value, highHalf(scope)] : [value];
  });
  const all = `const r = ${scope.name('results_of')}(${call}, ${results.length});`;
  if (!results.some(isFloat)) return `{ ${all} return [${items.join(', ')}]; }`;
  // Conversions may run the guest: payloads are noted after the last one.
  const notes = results.map((letter, i) => {
    const at = slot_count(results.slice(0, i));
    return isFloat(letter) ? `${noted(scope, letter, resultCell(i), `q[${at}]`)}; ` : '';
  });
  return `{ ${all} const q = [${items.join(', ')}]; ${notes.join('')}return q; }`;
}
