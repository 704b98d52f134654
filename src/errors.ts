/** The one error that users of the compiler see. Anything else that escapes is a bug of ours. */
import type { ValType } from './wasm/types.ts';

/** What kind of problem: the input's (`malformed`, `invalid`, `limit`), ours (`unsupported`), or the call's (`usage`). */
export type ErrorCode = 'malformed' | 'invalid' | 'limit' | 'unsupported' | 'usage';

/**
 * A module that cannot be translated, and why.
 * `offset` is a byte offset in the module; `func` the function's index, where the problem lies in one.
 */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly code: ErrorCode;
  readonly offset: number | undefined;
  readonly func: number | undefined;
  /** The function's name from the name section, for messages. */
  readonly funcName: string | undefined;
  /** The bare reason, without position. */
  readonly reason: string;

  constructor(code: ErrorCode, reason: string, where: { offset?: number; func?: number; funcName?: string } = {}) {
    super(describe(reason, where));
    this.code = code;
    this.reason = reason;
    this.offset = where.offset;
    this.func = where.func;
    this.funcName = where.funcName;
  }

  /** The same error, placed in a function. */
  inFunction(func: number, funcName: string | undefined): CompileError {
    if (this.func !== undefined) return this;
    return new CompileError(this.code, this.reason, {
      ...(this.offset !== undefined && { offset: this.offset }),
      func,
      ...(funcName !== undefined && { funcName }),
    });
  }
}

function describe(reason: string, where: { offset?: number; func?: number; funcName?: string }): string {
  const parts: string[] = [];
  if (where.func !== undefined) {
    parts.push(`function ${where.func}${where.funcName === undefined ? '' : ` ${JSON.stringify(where.funcName)}`}`);
  }
  if (where.offset !== undefined) parts.push(`at 0x${where.offset.toString(16)}`);
  return parts.length === 0 ? reason : `${parts.join(' ')}: ${reason}`;
}

/** For states that our own invariants exclude. */
export function unreachable(x: never, what = 'value'): never {
  throw new Error(`wasmelt bug: unexpected ${what} ${String(x as unknown as ValType)}`);
}
