/**
 * Reads the operators of a function body or constant expression one at a time, without allocating: the current
 * operator's immediates lie in the reader's own fields until the next call of `next()`. Which immediates follow an
 * opcode is a column of the opcode table; this file says how each kind is read, once.
 */
import { CompileError } from '../errors.ts';
import { type Immediates, OPS, type Op, type OpName } from '../wasm/opcodes.ts';
import type { HeapType, ValType } from '../wasm/types.ts';
import { ByteReader } from './bytes.ts';
import { IMMEDIATES } from './immediates.ts';
import { checkLimit } from './limits.ts';
import { readValType } from './types.ts';

/** Locals declared together (spec 5.4.10). */
export interface LocalGroup {
  readonly count: number;
  readonly type: ValType;
}

/** A clause of `try_table` (spec 5.4.1): 0 catch, 1 catch_ref, 2 catch_all, 3 catch_all_ref. */
export interface Catch {
  kind: number;
  tag: number;
  label: number;
}

export class OperatorReader extends ByteReader {
  /** Dense number of the current operator, and the byte offset of its opcode. */
  op: Op = 0;
  at = 0;

  /**
   * The first index immediate: local, global, function, table, memory (size, grow, fill), type, tag, label depth,
   * data or element segment, or the destination of `memory.copy` and `table.copy`.
   */
  index = 0;
  /**
   * The second: the table of `call_indirect` (its type is `index`), the memory of `memory.init`, the table of
   * `table.init`, the source of the copies, the field of `struct.get`, the length of `array.new_fixed`,
   * the segment of `array.new_data`, `array.new_elem` and the array inits, the source type of `array.copy`.
   */
  index2 = 0;
  /**
   * `i32.const` (signed), `f32.const` as bits (signed), lane index, flags of `br_on_cast`.
   * `i64.const` and `f64.const` lie in `low` and `high`, both signed.
   */
  value = 0;
  /** Memory argument: memory index, log2 of the alignment, and the offset. */
  memory = 0;
  align = 0;
  offset = 0;
  /** The offset, where it is 2^53 or more: `offset` then is 2^52, where no memory reaches, with the same alignment. */
  offset64: bigint | undefined;
  /** Block type: 'empty', one result (`type`), or a type index (`index`). */
  block: 'empty' | 'value' | 'index' = 'empty';
  type: ValType = 0;
  /** Heap types of `ref.null`, `ref.test`, `ref.cast` and both of `br_on_cast`; `nullable` for test and cast. */
  heap: HeapType = 0;
  heap2: HeapType = 0;
  nullable = false;
  nullable2 = false;
  /** `br_table`: label depths, the default last. Reused: copy what you keep. */
  targets: number[] = [];
  /** `select` with types. */
  types: ValType[] = [];
  /** `try_table` clauses. */
  catches: Catch[] = [];
  /** `v128.const` and shuffle lanes: 16 bytes. */
  readonly bytes16 = new Uint8Array(16);

  /** Moves to the next operator; false at the end of the range. Throws CompileError('malformed'). */
  next(): boolean {
    const at = this.pos;
    if (at >= this.end) return false;
    this.at = at;
    const code = this.bytes[at]!;
    this.pos = at + 1;
    let op = BY_BYTE[code]!;
    if (op < 0) op = this.prefixed(code);
    this.op = op;
    const read = READ[op];
    if (read !== undefined) read(this);
    return true;
  }

  private prefixed(prefix: number): Op {
    const subs = BY_PREFIX[prefix];
    if (subs === undefined) return this.fail(`illegal opcode 0x${hex(prefix)}`, this.at);
    const sub = this.u32();
    return subs[sub] ?? this.fail(`illegal opcode 0x${hex(prefix)} 0x${hex(sub)}`, this.at);
  }

  /** The local declarations of the body `[start, end)`, and where its operators start. */
  localGroups(start: number, end: number): { start: number; groups: LocalGroup[] } {
    this.reset(start, end);
    const groups: LocalGroup[] = [];
    const entries = this.u32();
    let total = 0;
    for (let i = 0; i < entries; i++) {
      const at = this.pos;
      const count = this.u32();
      total += count;
      if (total >= 2 ** 32) this.fail('too many locals: 2^32 or more', at);
      groups.push({ count, type: readValType(this) });
    }
    checkLimit('locals', total, start);
    return { start: this.pos, groups };
  }

  /** From the start of a constant expression: moves past its `end`, which must come before the range's end. */
  skipExpression(): { start: number; end: number } {
    const start = this.pos;
    let depth = 1;
    while (depth > 0) {
      if (!this.next())
        throw new CompileError('malformed', 'unexpected end of a constant expression', { offset: start });
      depth += NESTING[this.op]!;
    }
    return { start, end: this.pos };
  }
}

const hex = (n: number): string => n.toString(16).padStart(2, '0');

/** Operator by opcode byte, -1 where there is none or where the byte is a prefix; then by sub-opcode per prefix. */
const BY_BYTE = new Int16Array(256).fill(-1);
const BY_PREFIX: (Op[] | undefined)[] = [];
for (const { op, code } of OPS) {
  if (code < 0x100) BY_BYTE[code] = op;
  else if (code >= 0xfd000) (BY_PREFIX[0xfd] ??= [])[code - 0xfd000] = op;
  else (BY_PREFIX[code >> 8] ??= [])[code & 0xff] = op;
}

/** How to read each operator's immediates; undefined for none. */
const READ = OPS.map((o) => (o.immediates === 'none' ? undefined : IMMEDIATES[o.immediates satisfies Immediates]));

/** What an operator does to the depth of blocks. */
const OPENS = new Set<Immediates>(['block', 'try_table']);
const CLOSES = new Set<OpName>(['end', 'delegate']);
const NESTING = OPS.map((o) => (OPENS.has(o.immediates) ? 1 : CLOSES.has(o.name) ? -1 : 0));
