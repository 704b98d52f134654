/** For glue code that compiles its module itself and has no option for another way. */

/**
 * Runs `start`; what it compiles and instantiates is what the engine provides instead. Small modules that the glue makes
 * itself, such as wrappers of functions for tables, are left to `globalThis.WebAssembly`.
 * @template T
 * @param {(imports: object) => object | Promise<object>} instantiate
 * @param {() => Promise<T>} start
 * @returns {Promise<T>}
 */
export async function insteadOfCompiling(instantiate, start) {
  const { WebAssembly } = globalThis;
  const own = Object.getOwnPropertyDescriptors(WebAssembly ?? {});
  globalThis.WebAssembly = Object.defineProperties(
    {},
    {
      ...own,
      instantiateStreaming: { value: undefined },
      instantiate: {
        value: async (_, imports) => ({ module: {}, instance: { exports: await instantiate(imports) } }),
      },
    },
  );
  try {
    return await start();
  } finally {
    if (WebAssembly !== undefined) globalThis.WebAssembly = WebAssembly;
  }
}
