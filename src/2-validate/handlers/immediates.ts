/** Immediates of operators with a signature in the table: memory arguments, memories, segments, lanes. */
import type { Immediates } from '../../wasm/opcodes.ts';
import { OPS } from '../../wasm/opcodes.ts';
import { I32, I64 } from '../../wasm/types.ts';
import type { Body } from '../body.ts';
import type { Handler } from './index.ts';

/** Sets the address type to that of memory `index`. */
export function useMemory(v: Body, index: number): void {
  const memory = v.context.memories[index];
  if (memory === undefined) v.fail(`unknown memory ${index}`);
  v.address = memory.address;
}

export function useData(v: Body, index: number): void {
  const { dataCount } = v.context.module;
  if (dataCount === undefined) v.reader.fail(`data count section required by ${v.opName}`, v.reader.at);
  if (index >= dataCount) v.fail(`unknown data segment ${index}`);
}

function access(v: Body): void {
  const r = v.reader;
  useMemory(v, r.memory);
  const { width, feature } = OPS[r.op]!;
  const natural = 31 - Math.clz32(width);
  if (r.align > natural) v.fail(`alignment must not be larger than natural: ${2 ** r.align} bytes for ${v.opName}`);
  if (feature === 'threads' && r.align !== natural) v.fail(`atomic alignment must be natural: ${width} bytes`);
  if (v.address !== I64 && r.offset >= 2 ** 32) v.fail(`offset out of range: ${r.offset64 ?? r.offset}`);
}

function lane(v: Body): void {
  const { lanes } = OPS[v.reader.op]!;
  if (v.reader.value >= lanes) v.fail(`invalid lane index ${v.reader.value}: ${v.opName} has ${lanes} lanes`);
}

export const IMMEDIATE_CHECKS: Partial<Record<Immediates, Handler>> = {
  memarg: access,
  memarg_lane: (v) => {
    access(v);
    lane(v);
  },
  lane,
  shuffle: (v) => {
    for (const b of v.reader.bytes16) if (b >= 32) v.fail(`invalid lane index ${b}: i8x16.shuffle chooses from 32`);
  },
  memory: (v) => useMemory(v, v.reader.index),
  data: (v) => useData(v, v.reader.index),
  data_memory: (v) => {
    useMemory(v, v.reader.index2);
    useData(v, v.reader.index);
  },
  elem: (v) => useElement(v, v.reader.index),
};

/** The type of element segment `index`. */
export function useElement(v: Body, index: number): number {
  const t = v.context.elements[index];
  return t ?? v.fail(`unknown element segment ${index}`);
}

/** Sizes of the copies between memories or tables of two address types: the smaller one. */
export const smaller = (a: number, b: number): number => (a === I64 && b === I64 ? I64 : I32);
