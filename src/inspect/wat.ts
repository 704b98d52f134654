/**
 * One function in the text format, printed by wasmparser's disassembler.
 *
 * wasmparser misreads some operations (a table index longer than a byte, operands of newer proposals): a function that
 * uses one is refused with the reason, since wrong text is worse than none. What it prints is given a module that holds
 * the one body only, so that large modules cost nothing; padded table indices, which linkers write, are shortened in it.
 */
import wasmparser from 'wasmparser';
import { OperatorReader } from '../1-decode/operators.ts';
import { answersTo } from '../dump.ts';
import { CompileError } from '../errors.ts';
import type { WasmModule } from '../wasm/module.ts';
import { OPS } from '../wasm/opcodes.ts';
import { Heap } from '../wasm/types.ts';
import { watNames } from './names.ts';
import { sectionsOf } from './sections.ts';

/** The function whose index or name this is. Throws CompileError('usage') where there is none. */
export function findFunction(module: WasmModule, wanted: string): number {
  const found = module.funcs.find((f) => answersTo(module, f.index, wanted));
  if (found === undefined) throw new CompileError('usage', `no function has the index or name ${wanted}`);
  return found.index;
}

/** Throws CompileError('unsupported') where wasmparser would print something else than what is there. */
export function functionText(module: WasmModule, index: number): string {
  const func = module.funcs[index]!;
  const name = module.names.funcs.get(index);
  const refuse = (reason: string, offset?: number) =>
    new CompileError('unsupported', reason, {
      func: index,
      ...(name && { funcName: name }),
      ...(offset && { offset }),
    });
  if (func.import !== undefined) throw refuse('it is imported and has no body');
  const reader = new OperatorReader(module.bytes);
  const start = reader.localGroups(func.start, func.end).start;
  const cuts: Range[] = [];
  for (reader.reset(start, func.end); reader.next(); ) {
    const reason = misread(module, reader);
    if (reason !== undefined) throw refuse(`the text printer misreads ${OPS[reader.op]!.name}${reason}`, reader.at);
    const padding = paddedTable(module.bytes, reader);
    if (padding !== undefined) cuts.push(padding);
  }
  return disassemble(module, index, without(module.bytes, func.start, func.end, cuts));
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const GROUPS_READ_RIGHT = new Set([
  'mvp',
  'sign-extension',
  'saturating-float-to-int',
  'bulk-memory',
  'reference-types',
  'tail-call',
  'simd',
  'relaxed-simd',
  'threads',
]);

/** Why wasmparser misreads the current operator, to follow its name; undefined where it reads it right. */
function misread(module: WasmModule, r: OperatorReader): string | undefined {
  const { name, feature, immediates } = OPS[r.op]!;
  if (!GROUPS_READ_RIGHT.has(feature)) return ` of ${feature}`;
  if (name === 'return_call_ref') return '';
  switch (immediates) {
    case 'heap':
      return r.heap === Heap.exn || r.heap === Heap.noexn ? ' of exceptions' : undefined;
    case 'memarg':
    case 'memarg_lane':
      if (r.memory !== 0) return ' of a memory other than 0';
      return module.memories[0]?.type.is64 ? ' of a 64-bit memory' : undefined;
    case 'memory':
      return r.index !== 0 ? ' of a memory other than 0' : undefined;
    case 'data_memory':
      return r.index2 !== 0 ? ' of a memory other than 0' : undefined;
    case 'memory_memory':
      return r.index !== 0 || r.index2 !== 0 ? ' of a memory other than 0' : undefined;
    case 'type_table':
      return r.index2 !== 0 ? ' of a table other than 0' : undefined;
    case 'table_table':
      return r.index !== r.index2 ? ' between two tables' : undefined;
    case 'table':
      return (name === 'table.size' || name === 'table.grow') && r.index !== 0 ? ' of a table other than 0' : undefined;
    case 'f32':
      return (r.value & 0x7fc00000) === 0x7f800000 && (r.value & 0x3fffff) !== 0 ? ' with a signalling NaN' : undefined;
    default:
      return undefined;
  }
}

/** The bytes to leave out so that a padded table index 0, the last operand, is one byte long. */
function paddedTable(bytes: Uint8Array, r: OperatorReader): Range | undefined {
  if (OPS[r.op]!.immediates !== 'type_table') return undefined;
  let start = r.pos - 1;
  while (bytes[start - 1] === 0x80 && start - 1 > r.at + 1) start--;
  return start === r.pos - 1 ? undefined : { start, end: r.pos - 1 };
}

function without(bytes: Uint8Array, start: number, end: number, cuts: readonly Range[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = start;
  for (const cut of cuts) {
    parts.push(bytes.subarray(from, cut.start));
    from = cut.end;
  }
  return concat([...parts, bytes.subarray(from, end)]);
}

const STUB = [2, 0, 0x0b];
const TYPE_IMPORT_FUNCTION = new Set([1, 2, 3]);
const CODE = 10;

/** Disassembles a module of the same types, imports and functions, where all other bodies are empty. */
function disassemble(module: WasmModule, index: number, body: Uint8Array): string {
  const place = index - module.importedFuncs;
  const after = module.funcs.length - index - 1;
  const code = concat([
    leb(module.funcs.length - module.importedFuncs),
    ...Array.from({ length: place }, () => STUB),
    leb(body.length),
    body,
    ...Array.from({ length: after }, () => STUB),
  ]);
  const kept = sectionsOf(module.bytes).filter((s) => TYPE_IMPORT_FUNCTION.has(s.id));
  const small = concat([
    module.bytes.subarray(0, 8),
    ...kept.flatMap((s) => [[s.id], leb(s.size), module.bytes.subarray(s.offset, s.offset + s.size)]),
    [CODE],
    leb(code.length),
    code,
  ]);
  const reader = new wasmparser.BinaryReader();
  reader.setData(small.buffer as ArrayBuffer, 0, small.length);
  const printer = new wasmparser.WasmDisassembler();
  printer.skipTypes = true;
  printer.nameResolver = watNames(module);
  return pick(printer.disassemble(reader), index);
}

/** The text of the n-th function, imports counted, without the module around it. */
function pick(text: string, n: number): string {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, i) => (line.startsWith('  (func ') ? [i] : []));
  const end = starts[n + 1] ?? lines.lastIndexOf(')');
  return `${lines
    .slice(starts[n], end)
    .map((line) =>
      line
        .slice(2)
        .replace(/^ *\S+/, (word) => renamed(word))
        .replace(/^( *select) (.+)$/, '$1 (result $2)'),
    )
    .join('\n')
    .trimEnd()}\n`;
}

/** Names that wasmparser still has from drafts of the SIMD proposal (`v8x16.load_splat`), to those of the standard. */
const DRAFT_NAMES = new Map(
  OPS.filter((o) => o.feature === 'simd').flatMap((o) => {
    const theirs = wasmparser.OperatorCodeNames[o.code];
    return theirs === undefined || theirs === o.name ? [] : [[theirs, o.name] as const];
  }),
);

function renamed(word: string): string {
  const name = word.trimStart();
  return word.slice(0, word.length - name.length) + (DRAFT_NAMES.get(name) ?? name);
}

function leb(n: number): number[] {
  const low = n & 0x7f;
  return n > 0x7f ? [low | 0x80, ...leb(n >>> 7)] : [low];
}

function concat(parts: readonly ArrayLike<number>[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
