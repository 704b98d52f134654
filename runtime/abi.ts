/** Type descriptors (README.md): what compiler and runtime both know of the ABI. */

/** The value types that descriptors have letters for; a `funcref` is called `anyfunc` in the JS API's descriptors. */
export const TYPE_NAMES: Readonly<Record<string, string>> = {
  i: 'i32',
  I: 'i64',
  f: 'f32',
  F: 'f64',
  r: 'funcref',
  e: 'externref',
};

/** `ii:i` to the letters of its parameters and of its results. */
export function split_type(t: string): [params: string, results: string] {
  const colon = t.indexOf(':');
  return [t.slice(0, colon), t.slice(colon + 1)];
}
