/** Type descriptors (README.md): what compiler and runtime both know of the ABI. */

/** The value types that descriptors have letters for; a `funcref` is called `anyfunc` in the JS API's descriptors. */
export const TYPE_NAMES: Readonly<Record<string, string>> = {
  i: 'i32',
  I: 'i64',
  f: 'f32',
  F: 'f64',
  V: 'v128',
  r: 'funcref',
  e: 'externref',
  x: 'exnref',
};

/** JavaScript values that a value of a type takes as a parameter; one, unless named here. */
const SLOTS: Readonly<Record<string, number>> = { I: 2, V: 4 };

/** How many JavaScript values these types take together. */
export function slot_count(types: readonly string[]): number {
  return types.reduce((sum, type) => sum + (SLOTS[type] ?? 1), 0);
}

/** A function's type as text, or an object that knows its parts. */
export type TypeText = string | { readonly sig: readonly [params: string[], results: string[]] };

/** `iV:f` to the types of its parameters and of its results: a letter each, or `<…>` for a type that has none. */
export function split_type(t: TypeText): readonly [params: string[], results: string[]] {
  if (typeof t !== 'string') return t.sig;
  const colon = t.indexOf(':');
  return [value_types(t.slice(0, colon)), value_types(t.slice(colon + 1))];
}
/** The types in one half of a descriptor. */
export function value_types(text: string): string[] {
  return text.match(/<[^>]*>|[^<]/g) ?? [];
}
