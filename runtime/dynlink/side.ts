/**
 * Side modules as data (tool-conventions, DynamicLinking.md): what the compiler puts beside `instantiate` in the output of a
 * module with a `dylink.0` or `dylink` section, and what the loader reads.
 */

export interface SideItem {
  readonly kind: 'function' | 'table' | 'memory' | 'global' | 'tag';
  /** Of a function or tag its type descriptor, `ii:i`, where it has one; of a global the letter of its value. */
  readonly type?: string;
  readonly mutable?: boolean;
  /** Of memories, in pages, and tables. */
  readonly min?: number;
  readonly max?: number;
  readonly is64?: boolean;
  readonly shared?: boolean;
}
export interface SideImport extends SideItem {
  readonly module: string;
  readonly name: string;
}
export interface SideExport extends SideItem {
  readonly name: string;
}

/** The contents of the section. */
export interface DylinkInfo {
  /** Bytes of memory, and log2 of their alignment. */
  readonly memorySize: number;
  readonly memoryAlignment: number;
  /** Elements of the table, and log2 of their alignment. */
  readonly tableSize: number;
  readonly tableAlignment: number;
  readonly needed: readonly string[];
  /** Flags of exports and imports: see `FLAG_*`. */
  readonly exports: readonly (readonly [name: string, flags: number])[];
  readonly imports: readonly { readonly module: string; readonly field: string; readonly flags: number }[];
  readonly runtimePath: readonly string[];
}

/** The symbol may be missing. */
export const FLAG_WEAK = 1;
/** The symbol is thread-local: its address is relative to the block of a thread. */
export const FLAG_TLS = 0x100;

export interface SideInfo {
  /** The file's name: what other libraries need it by. */
  readonly name: string;
  readonly dylink: DylinkInfo;
  readonly imports: readonly SideImport[];
  readonly exports: readonly SideExport[];
}

/** What the output of a side module exports as `side`. */
export interface SideModule extends SideInfo {
  instantiate(imports: object, options?: object): { readonly exports: object };
}

/** Is a value that a file exports a side module? */
export function is_side(value: unknown): value is SideModule {
  const side = value as Partial<SideModule> | null | undefined;
  return typeof side === 'object' && side !== null && typeof side.instantiate === 'function' && 'dylink' in side;
}
