/** What goes wrong with libraries. The guest never sees it thrown: dlfcn.ts makes `dlerror` of it. */

/** `message` is what `dlerror` gives. */
export class DlError extends Error {
  override readonly name = 'DlError';
}

export function dl_fail(text: string): never {
  throw new DlError(text);
}

/** The text of whatever instantiating a library threw; undefined for what must pass through: the end of the program. */
export function failure_text(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return (error as { wasm_kind?: string }).wasm_kind === 'exit' ? undefined : error.message;
}
