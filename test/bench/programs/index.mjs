/** Programs that the benchmark runs as npm ships them, each with several workloads. Adding one is adding a file here, and its line. */
import * as lua from './lua.mjs';
import * as quickjs from './quickjs.mjs';
import * as sqlite from './sqlite.mjs';

/**
 * @typedef {object} Program
 * @property {() => string} wasm path of its module
 * @property {Record<string, unknown>} WORKLOADS by name
 * @property {(instantiate: (imports: object) => object | Promise<object>) => Promise<(workload: string) => string>} open
 * starts the program; `instantiate` makes its module's exports from their imports. What it gives does a workload once and
 * returns text to compare
 */

/** @type {Record<string, Program>} by the name of its class */
export const PROGRAMS = { sqlite, lua, quickjs };
