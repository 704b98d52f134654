/** The validation of each operator whose types are not plain letters, and of the immediates of those that are. */
import { byOp, type DynamicOpName, OPS } from '../../wasm/opcodes.ts';
import type { Body } from '../body.ts';
import { control } from './control.ts';
import { exceptions } from './exceptions.ts';
import { gc } from './gc.ts';
import { IMMEDIATE_CHECKS } from './immediates.ts';
import { references } from './references.ts';
import { variables } from './variables.ts';

export type Handler = (v: Body) => void;

/** Complete by type: an opcode without signature in the table must have a handler here. */
const all: Record<DynamicOpName, Handler> = { ...control, ...exceptions, ...variables, ...references, ...gc };

/** By operator. */
export const HANDLERS: readonly (Handler | undefined)[] = byOp<Handler | undefined>(all, undefined);

/** By operator, what its immediates must satisfy before its signature is applied. */
export const CHECKS: readonly (Handler | undefined)[] = OPS.map((o) =>
  o.signature === undefined ? undefined : IMMEDIATE_CHECKS[o.immediates],
);
