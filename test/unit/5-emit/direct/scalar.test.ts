/** Every scalar instruction, on all pairs of edge operands, against native WebAssembly; operands as variables and as literals. */
import { expect, test } from 'vitest';
import { OPS } from '../../../../src/wasm/opcodes.ts';
import { assemble, floatBytes, type Item, type TestFunc } from './assemble.ts';
import { both, type Value } from './compare.ts';

const INTS = [0, 1, -1, 2, 7, 31, 32, 33, 255, 256, -128, 32767, 65536, 0x7fffffff, -0x80000000, 0x55555555, -10];
const LONGS = [
  ...[0n, 1n, -1n, 2n, 31n, 32n, 33n, 63n, 64n, 65n, 255n, -128n, 0x7fffffffn, 0x80000000n, 0xffffffffn],
  ...[0x100000000n, -0x100000000n, -0x80000000n, 0x7fffffffffffffffn, -0x8000000000000000n, 0x123456789abcdefn],
];
const FLOATS = [
  ...[0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, 0.1, 3.4e38, 1e-40, 16777217, 2147483647, 2147483648, -2147483649],
  ...[4294967295, 4294967296, 9.3e18, -9.3e18, 1.9e19, 1e300, 5e-324, Number.POSITIVE_INFINITY],
  ...[Number.NEGATIVE_INFINITY, Number.NaN, 0.49999999999999994, 4503599627370495.5, -0.9999],
];
const OPERANDS: Record<string, readonly Value[]> = { i: INTS, I: LONGS, f: FLOATS.map(Math.fround), F: FLOATS };

function literal(letter: string, x: Value): Item[] {
  if (letter === 'i') return ['i32.const', Number(x)];
  if (letter === 'I') return ['i64.const', BigInt(x)];
  return letter === 'f' ? ['f32.const', floatBytes('f', Number(x))] : ['f64.const', floatBytes('F', Number(x))];
}

const scalars = OPS.filter(
  (o) => o.signature !== undefined && /^[iIfF]+:[iIfF]$/.test(`${o.signature.params}:${o.signature.results}`),
);

/** The instruction with both operands in variables, and with each edge value as a literal on its right. */
function variants(op: (typeof scalars)[number]): TestFunc[] {
  const { params, results } = op.signature!;
  const gets = [...params].flatMap((_, k): Item[] => ['local.get', k]);
  const plain: TestFunc = { name: 'variables', type: `${params}:${results}`, body: [...gets, op.name] };
  const right = params.at(-1)!;
  const literals = OPERANDS[right]!.map((x, k): TestFunc => {
    const left = params.length === 2 ? params[0]! : '';
    const body: Item[] = [...(left === '' ? [] : (['local.get', 0] as Item[])), ...literal(right, x), op.name];
    return { name: `literal${k}`, type: `${left}:${results}`, body };
  });
  return [plain, ...literals];
}

test.each(scalars.map((o) => [o.name, o] as const))('%s', (_, op) => {
  const { params } = op.signature!;
  const pair = both(assemble({ funcs: variants(op) }));
  const lefts = OPERANDS[params[0]!]!;
  const rights = params.length === 2 ? OPERANDS[params[1]!]! : [undefined];
  const wrong: string[] = [];
  const check = (name: string, ...args: Value[]): void => {
    const { native, ours } = pair.call(name, ...args);
    if (native !== ours) wrong.push(`${name}(${args.join(', ')}): ${ours}, natively ${native}`);
  };
  for (const a of lefts) for (const b of rights) check('variables', ...(b === undefined ? [a] : [a, b]));
  const last = OPERANDS[params.at(-1)!]!;
  last.forEach((_b, k) => {
    for (const a of params.length === 2 ? lefts : [undefined]) check(`literal${k}`, ...(a === undefined ? [] : [a]));
  });
  expect(wrong).toEqual([]);
});
