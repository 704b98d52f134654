/** The names of the runtime's libcalls, taken from the runtime itself: a wrong name is a type error. */
import type * as core from '../../../runtime/core/index.ts';

export type Libcall = keyof typeof core & string;
