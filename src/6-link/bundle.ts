/** What the compiler hands out: the text of the JavaScript module, and files to lie beside it. */

/**
 * `command`: the output runs when it is loaded; `library`: it exports `instantiate`; `side`: it exports `side` as well, the
 * description by which `runtime/dynlink` loads it.
 */
export type BundleKind = 'command' | 'library' | 'side';

export interface BundleFile {
  /** Name relative to the output. */
  readonly name: string;
  readonly contents: Uint8Array;
}

export interface BundleStats {
  /** Functions with a body. */
  readonly functions: number;
  /** Bytes of the module, and characters of the output. */
  readonly input: number;
  readonly output: number;
}

export interface Bundle {
  readonly kind: BundleKind;
  /** The JavaScript. */
  readonly code: string;
  /** Files that belong beside it: the data file, with `--data`. */
  readonly files: readonly BundleFile[];
  /** What the user should know, one line each. */
  readonly warnings: readonly string[];
  readonly stats: BundleStats;
}
