/** FuncIR as text, for dumps and golden tests: one node a line, indented by frame. */
import { Effect, OPS } from '../wasm/opcodes.ts';
import {
  type FuncIR,
  floatValue,
  Ir,
  isAccess,
  isConst,
  isOpening,
  type Node,
  opName,
  type Target,
  TYPE_NAMES,
  Type,
} from './ir.ts';

export function irText(ir: FuncIR): string {
  const params = ir.params.map((p) => `v${p.id}:${TYPE_NAMES[p.type]}`).join(', ');
  const lines = [`func ${ir.index} (${params}) -> (${ir.results.map((t) => TYPE_NAMES[t]).join(', ')})`];
  let depth = 1;
  for (const n of ir.code) {
    if (n.op === Ir.end || n.op === Ir.else) depth--;
    lines.push('  '.repeat(depth) + nodeText(n));
    if (isOpening(n.op) || n.op === Ir.else) depth++;
  }
  return `${lines.join('\n')}\n`;
}

const ref = (n: Node): string => `v${n.id}`;
const list = (nodes: readonly Node[]): string => nodes.map(ref).join(', ');
const targetText = (t: Target): string => `${t.frame.kind === 'exit' ? 'return' : `@${t.frame.id}`}(${list(t.args)})`;

function nodeText(n: Node): string {
  const result = n.type === Type.none ? '' : `v${n.id}:${TYPE_NAMES[n.type]} = `;
  const parts = [opName(n.op)];
  if (neverTraps(n)) parts.push('nontrapping');
  if (n.name) parts.push(n.name);
  if (n.frame && n.op !== Ir.merge) parts.push(frameText(n));
  if (isConst(n)) parts.push(constantText(n));
  else if (n.lanes) parts.push(`[${n.lanes.join(' ')}]`);
  if (!isConst(n) && (n.imm !== 0 || n.imm2 !== 0)) parts.push(n.imm2 === 0 ? `#${n.imm}` : `#${n.imm},${n.imm2}`);
  if (n.inputs.length > 0) parts.push(list(n.inputs));
  if (n.targets) parts.push(n.targets.map(targetText).join(' '));
  return result + parts.join(' ');
}

/** Is it known to do without the trap that its instruction may have? Of accesses `span` and places tell. */
const neverTraps = (n: Node): boolean =>
  !isAccess(n) && ((OPS[n.op]?.effects ?? 0) & Effect.trap) !== 0 && (n.effects & Effect.trap) === 0;

function constantText(n: Node): string {
  if (n.type === Type.i32) return String(n.imm);
  if (n.type === Type.i64) return String((BigInt(n.imm2) << 32n) | BigInt(n.imm >>> 0));
  const value = floatValue(n);
  return Number.isNaN(value) ? `nan:0x${(n.imm2 >>> 0).toString(16)}${(n.imm >>> 0).toString(16)}` : String(value);
}

function frameText(n: Node): string {
  const f = n.frame!;
  if (n.op === Ir.loop) return `@${f.id}(${f.params.map((p, i) => `${ref(p)} = ${ref(f.init[i]!)}`).join(', ')})`;
  return n.op === Ir.end && f.kind !== 'loop' ? `@${f.id}(${list(f.params)})` : `@${f.id}`;
}
