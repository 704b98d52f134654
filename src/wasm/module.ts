/** What a decoded module is made of: plain data, no behaviour. Index spaces hold imports first, then definitions. */
import type { GlobalType, MemoryType, SubType, TableType, ValType } from './types.ts';

/** A constant expression, left as bytes: `[start, end)` in the module, `end` just past its `end` opcode. */
export interface ConstExpr {
  readonly start: number;
  readonly end: number;
}

export type ExternKind = 'func' | 'table' | 'memory' | 'global' | 'tag';

/** Where an imported item comes from. */
export interface ImportName {
  readonly module: string;
  readonly field: string;
  /** Position in the import section. */
  readonly ordinal: number;
  /** Byte offset of the import in the module. */
  readonly offset: number;
}
export interface Func {
  readonly index: number;
  /** Type index; the validator has checked that it names a function type. */
  readonly type: number;
  readonly import: ImportName | undefined;
  /** Byte range of the body, from its local declarations to just past its last `end`; 0, 0 for an import. */
  start: number;
  end: number;
}
export interface Table {
  readonly type: TableType;
  readonly import: ImportName | undefined;
  readonly init: ConstExpr | undefined;
}
export interface Memory {
  readonly type: MemoryType;
  readonly import: ImportName | undefined;
}
export interface Global {
  readonly type: GlobalType;
  readonly import: ImportName | undefined;
  readonly init: ConstExpr | undefined;
}
export interface Tag {
  readonly type: number;
  readonly import: ImportName | undefined;
}
export interface Export {
  readonly name: string;
  readonly kind: ExternKind;
  readonly index: number;
  readonly offset: number;
}
export type SegmentMode = 'active' | 'passive' | 'declarative';

/** An element segment (spec 2.5.8). Function indices where it was written as such, else constant expressions. */
export interface ElementSegment {
  readonly mode: SegmentMode;
  readonly type: ValType;
  readonly table: number;
  readonly offset: ConstExpr | undefined;
  readonly funcs: Uint32Array | undefined;
  readonly exprs: readonly ConstExpr[] | undefined;
}
/** A data segment (spec 2.5.9): `[start, end)` of its bytes in the module. */
export interface DataSegment {
  readonly mode: 'active' | 'passive';
  readonly memory: number;
  readonly offset: ConstExpr | undefined;
  readonly start: number;
  readonly end: number;
}
export interface CustomSection {
  readonly name: string;
  /** Byte range of the contents, after the name. */
  readonly start: number;
  readonly end: number;
}

/** The `name` section, all subsections of the spec's appendix and the extended-name proposal. */
export interface Names {
  readonly module: string | undefined;
  readonly funcs: ReadonlyMap<number, string>;
  readonly locals: ReadonlyMap<number, ReadonlyMap<number, string>>;
  readonly labels: ReadonlyMap<number, ReadonlyMap<number, string>>;
  readonly types: ReadonlyMap<number, string>;
  readonly fields: ReadonlyMap<number, ReadonlyMap<number, string>>;
  readonly tables: ReadonlyMap<number, string>;
  readonly memories: ReadonlyMap<number, string>;
  readonly globals: ReadonlyMap<number, string>;
  readonly elements: ReadonlyMap<number, string>;
  readonly datas: ReadonlyMap<number, string>;
  readonly tags: ReadonlyMap<number, string>;
}

/** `dylink.0` (tool-conventions DynamicLinking) or the old `dylink` section, in one shape. */
export interface Dylink {
  readonly memorySize: number;
  /** log2 of bytes. */
  readonly memoryAlignment: number;
  readonly tableSize: number;
  /** log2 of elements. */
  readonly tableAlignment: number;
  readonly needed: readonly string[];
  readonly exports: ReadonlyMap<string, number>;
  readonly imports: readonly { module: string; field: string; flags: number }[];
  readonly runtimePath: readonly string[];
}

export interface WasmModule {
  readonly bytes: Uint8Array;
  readonly types: readonly SubType[];
  /** Imports in order of the section, each an entry of one index space. */
  readonly imports: readonly { name: ImportName; kind: ExternKind; index: number }[];
  readonly funcs: readonly Func[];
  readonly tables: readonly Table[];
  readonly memories: readonly Memory[];
  readonly globals: readonly Global[];
  readonly tags: readonly Tag[];
  readonly exports: readonly Export[];
  readonly start: number | undefined;
  readonly elements: readonly ElementSegment[];
  readonly dataCount: number | undefined;
  readonly datas: readonly DataSegment[];
  readonly customs: readonly CustomSection[];
  readonly names: Names;
  readonly dylink: Dylink | undefined;
  readonly importedFuncs: number;
  readonly importedTables: number;
  readonly importedMemories: number;
  readonly importedGlobals: number;
  readonly importedTags: number;
  /** `producers`, `target_features`, `sourceMappingURL` and branch hints, where present and well-formed. */
  readonly producers: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly targetFeatures: readonly string[];
  readonly sourceMappingURL: string | undefined;
  /** function index → body offset → likely (true) or unlikely. */
  readonly branchHints: ReadonlyMap<number, ReadonlyMap<number, boolean>>;
}
