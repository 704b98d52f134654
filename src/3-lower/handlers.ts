/** What each operator does to the builder, by the opcode table: those not named here take and give what its columns say. */
import { byOp, type Immediates, OPS } from '../wasm/opcodes.ts';
import type { Builder } from './build.ts';
import { GC } from './gc.ts';
import { INDEXED } from './index64.ts';
import { Type } from './ir.ts';
import { beginClause, openTry, openTryTable, rethrow, throwRef, throwTag } from './tries/try-blocks.ts';

type Handler = (b: Builder) => void;
const handlers: Parameters<typeof byOp<Handler>>[0] = {
  unreachable: (b) => b.unreachable(),
  nop: () => {},
  block: (b) => b.block(),
  loop: (b) => b.loop(),
  if: (b) => b.if(),
  else: (b) => b.else(),
  end: (b) => b.end(),
  br: (b) => b.br(),
  br_if: (b) => b.brIf(),
  br_table: (b) => b.brTable(),
  return: (b) => b.return(),
  try_table: openTryTable,
  try: openTry,
  catch: beginClause,
  catch_all: beginClause,
  delegate: (b) => b.end(),
  throw: throwTag,
  throw_ref: throwRef,
  rethrow,
  call: (b) => b.callDirect(),
  call_indirect: (b) => b.callIndirect(),
  return_call: (b) => b.returnCall(),
  return_call_indirect: (b) => b.returnCallIndirect(),
  return_call_ref: (b) => b.returnCallRef(),
  drop: (b) => void b.pop(),
  select: (b) => b.select(),
  select_t: (b) => b.select(),
  'local.get': (b) => b.localGet(),
  'local.set': (b) => b.localSet(),
  'local.tee': (b) => b.localTee(),
  'global.get': (b) => b.global(0, b.globalType()),
  'global.set': (b) => b.global(1, Type.none),
  'memory.init': (b) => b.indexed(3, Type.none),
  'memory.fill': (b) => b.indexed(3, Type.none),
  'data.drop': (b) => b.indexed(0, Type.none),
  ...INDEXED,
  'elem.drop': (b) => b.indexed(0, Type.none),
  'i64.add128': (b) => b.wide(),
  'i64.sub128': (b) => b.wide(),
  'i64.mul_wide_s': (b) => b.wide(),
  'i64.mul_wide_u': (b) => b.wide(),
  'i32.const': (b) => b.constant(Type.i32),
  'i64.const': (b) => b.constant(Type.i64),
  'f32.const': (b) => b.constant(Type.f32),
  'f64.const': (b) => b.constant(Type.f64),
  'ref.null': (b) => b.indexed(0, Type.ref),
  'ref.is_null': (b) => b.indexed(1, Type.i32),
  'ref.func': (b) => b.indexed(0, Type.ref),
  ...GC,
};

/** By the immediates that follow, where that says all. */
const BY_IMMEDIATES: Partial<Record<Immediates, Handler>> = {
  memarg: (b) => b.access(),
  memarg_lane: (b) => b.accessLane(),
  lane: (b) => b.lane(),
  v128: (b) => b.bytes16(0),
  shuffle: (b) => b.bytes16(2),
};

export const HANDLERS: Handler[] = OPS.map((o) => BY_IMMEDIATES[o.immediates] ?? ((b) => b.simple()));
for (const [op, handler] of byOp<Handler | undefined>(handlers, undefined).entries()) {
  if (handler) HANDLERS[op] = handler;
}
