/**
 * Reads the operators of a function body or constant expression one at a time, without allocating: the current
 * operator's immediates lie in the reader's own fields until the next call of `next()`.
 */
import type { Op } from '../wasm/opcodes.ts';
import type { HeapType, ValType } from '../wasm/types.ts';

export abstract class OperatorReaderContract {
  /** Dense number of the current operator, and the byte offset of its opcode. */
  op: Op = 0;
  at = 0;
  /** Read position, and the end of the range. */
  pos = 0;
  end = 0;

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
  /** `i32.const` (signed), `f32.const` as bits (signed), lane index, flags of `br_on_cast`. */
  value = 0;
  /** `i64.const` and `f64.const`: the low and high 32 bits, both signed. */
  low = 0;
  high = 0;
  /** Memory argument: memory index, log2 of the alignment, and the offset (exact to 2^53; `offset64` above). */
  memory = 0;
  align = 0;
  offset = 0;
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
  catches: { kind: number; tag: number; label: number }[] = [];
  /** `v128.const` and shuffle lanes: 16 bytes. */
  readonly bytes16 = new Uint8Array(16);

  /** Moves to the next operator; false at the end of the range. Throws CompileError('malformed'). */
  abstract next(): boolean;
}
