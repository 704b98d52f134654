/**
 * Element and data segments. The bytes of all data segments that matter lie one after another in one block, which the
 * output holds as text or keeps in a file beside it; a segment is a part of that block.
 */
import type { ElementSegment } from '../wasm/module.ts';
import { type Constant, constant } from './constants.ts';
import type { LinkScope } from './scope.ts';

/** Declares passive segments that instructions use, as objects whose `v` is what has not been dropped. */
export function elementSegments(scope: LinkScope): void {
  scope.typed.module.elements.forEach((segment, i) => {
    if (!scope.uses.elements.has(i)) return;
    const values = segment.mode === 'passive' ? elementValues(scope, segment) : '';
    scope.line(`var ${scope.module.element(i)} = { v: [${values}] };`);
  });
}

export function activeElements(scope: LinkScope): void {
  for (const segment of scope.typed.module.elements) {
    if (segment.mode !== 'active') continue;
    const values = elementValues(scope, segment);
    const offset = tableOffset(constant(scope, segment.offset!));
    scope.line(`${scope.name('init_table')}(${scope.module.table(segment.table)}, ${offset}, [${values}]);`);
  }
}

/** An i64 that does not fit in 32 bits becomes an index that no table has. */
function tableOffset({ text, high }: Constant): string {
  if (high === '' || high === '0') return text;
  return /^-?\d+$/.test(high) ? '-1' : `${high} ? -1 : ${text}`;
}

function elementValues(scope: LinkScope, { funcs, exprs }: ElementSegment): string {
  if (funcs !== undefined) return Array.from(funcs, (index) => scope.funcRef(index)).join(', ');
  return exprs!.map((expr) => constant(scope, expr).text).join(', ');
}

/** The name of the block of bytes inside `instantiate`. */
const BLOCK = 'data_bytes';

/** Where each segment whose bytes are needed lies in the block. */
export interface DataLayout {
  readonly block: Uint8Array;
  /** By segment index: `[start, end)`. */
  readonly parts: ReadonlyMap<number, { readonly start: number; readonly end: number }>;
}

/** Active segments are needed, and passive ones that instructions use. */
export function dataLayout(scope: LinkScope): DataLayout {
  const { bytes, datas } = scope.typed.module;
  const parts = new Map<number, { start: number; end: number }>();
  let size = 0;
  datas.forEach(({ mode, start, end }, index) => {
    if (mode === 'passive' && !scope.uses.datas.has(index)) return;
    parts.set(index, { start: size, end: size + end - start });
    size += end - start;
  });
  const block = new Uint8Array(size);
  for (const [index, { start }] of parts) block.set(bytes.subarray(datas[index]!.start, datas[index]!.end), start);
  return { block, parts };
}

export function dataSegments(scope: LinkScope, layout: DataLayout): void {
  if (layout.block.length > 0) scope.line(`var ${BLOCK} = ${blockText(scope, layout.block)};`);
  for (const index of layout.parts.keys()) {
    if (!scope.uses.datas.has(index)) continue;
    const passive = scope.typed.module.datas[index]!.mode === 'passive';
    scope.line(`var ${scope.module.data(index)} = { v: ${passive ? bytesText(layout, index) : NOTHING} };`);
  }
}

/** Segments with known offsets in a row are one call. */
const ROW = 4;

export function activeData(scope: LinkScope, layout: DataLayout): void {
  const { datas } = scope.typed.module;
  for (let i = 0; i < datas.length; i++) {
    const row = knownOffsets(scope, i);
    if (row.length >= ROW && layout.block.length > 0) {
      activeRow(scope, layout, i, row);
      i += row.length - 1;
    } else if (datas[i]!.mode === 'active') activeSegment(scope, layout, i);
  }
}

/** Of a side module, another thread may have done it (runtime/dynlink/log.ts). */
const guard = (scope: LinkScope): string => (scope.typed.module.dylink === undefined ? '' : 'if (!options.attached) ');

function activeSegment(scope: LinkScope, layout: DataLayout, i: number): void {
  const { memory, offset } = scope.typed.module.datas[i]!;
  const { text, high } = constant(scope, offset!);
  const args = `${scope.module.memory(memory)}, ${i}, ${text}, ${bytesText(layout, i)}`;
  scope.line(`${guard(scope)}${scope.name('init_memory')}(${args}${high === '' || high === '0' ? '' : `, ${high}`});`);
}

/** The offsets of segment `from` and those behind it, as far as they are active, of one memory of 32 bits, and small constants. */
function knownOffsets(scope: LinkScope, from: number): number[] {
  const { datas, memories } = scope.typed.module;
  const offsets: number[] = [];
  for (let i = from; i < datas.length; i++) {
    const { mode, memory, offset } = datas[i]!;
    if (mode !== 'active' || memory !== datas[from]!.memory || memories[memory]!.type.is64) break;
    const { known } = constant(scope, offset!);
    if (known === undefined || known < 0n || known > 0x7fffffffn) break;
    offsets.push(Number(known));
  }
  return offsets;
}

function activeRow(scope: LinkScope, layout: DataLayout, first: number, offsets: readonly number[]): void {
  const places: number[] = [];
  let end = 0;
  for (const [i, offset] of offsets.entries()) {
    const part = layout.parts.get(first + i)!;
    const length = part.end - part.start;
    places.push(offset - end, length);
    end = offset + length;
  }
  const memory = scope.module.memory(scope.typed.module.datas[first]!.memory);
  const { start } = layout.parts.get(first)!;
  scope.line(
    `${guard(scope)}${scope.name('init_memories')}(${memory}, ${first}, ${BLOCK}, ${start}, [${places.join(', ')}]);`,
  );
}

const NOTHING = 'new Uint8Array(0)';

/** A segment's bytes: its part of the block. */
function bytesText({ parts }: DataLayout, index: number): string {
  const { start, end } = parts.get(index)!;
  return start === end ? NOTHING : `${BLOCK}.subarray(${start}, ${end})`;
}

function blockText(scope: LinkScope, block: Uint8Array): string {
  if (typeof scope.dataForm === 'object') return `options.data ?? ${scope.dataForm.file}`;
  if (scope.dataForm === 'text') return `${scope.name('decode_text')}(${encodeText(block)})`;
  const text = Buffer.from(block).toString('base64').replace(/=+$/, '');
  return `${scope.name('decode_base64')}("${text}")`;
}

/** The characters that stand for bytes: none that a string literal has to escape, nor `<`, which could end a script element. */
const DIGITS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((c) => !'"<\\'.includes(c));
/** How many byte values are one character. */
const FREQUENT = 90;

/** The arguments of `decode_text` (runtime/vm/segment.ts) that give these bytes. */
export function encodeText(bytes: Uint8Array): string {
  const counts = new Int32Array(256);
  for (const b of bytes) counts[b]!++;
  const values = [...counts.keys()];
  const frequent = new Set(
    values
      .slice()
      .sort((a, b) => counts[b]! - counts[a]! || a - b)
      .slice(0, FREQUENT),
  );
  const texts: string[] = [];
  let [one, rare] = [0, 0];
  for (const b of values) {
    if (frequent.has(b)) texts.push(DIGITS[one++]!);
    else texts.push(DIGITS[FREQUENT + Math.floor(rare / DIGITS.length)]! + DIGITS[rare++ % DIGITS.length]!);
  }
  let mask = '';
  for (let i = 0; i < 256; i += 4) {
    let digit = 0;
    for (let bit = 0; bit < 4; bit++) if (frequent.has(i + bit)) digit |= 1 << bit;
    mask += digit.toString(16);
  }
  return `"${mask}", "${Array.from(bytes, (b) => texts[b]!).join('')}"`;
}
