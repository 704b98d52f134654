/**
 * What must happen outside of all handlers of a function though it stands inside: tail calls, whose callee runs when the
 * handlers are gone, and exceptions that `delegate` hands to the caller. Blocks around the whole body are there for them to
 * branch to; those that stay unused vanish.
 */
import type { Builder } from '../build.ts';
import { siteKey, type TailSite } from '../events.ts';
import { type Frame, Ir, type Node, Type } from '../ir.ts';
import { land } from './try-blocks.ts';

export interface Outside {
  /** Where `delegate` hands exceptions that no handler is to see. */
  readonly landing: { readonly frame: Frame; readonly exception: Node } | undefined;
  readonly tails: ReadonlyMap<string, { readonly site: TailSite; readonly frame: Frame }>;
}

/** Before the body. */
export function openOutside(b: Builder): Outside {
  const landing = b.carried.delegates ? land(b) : undefined;
  const tails = new Map(b.carried.tails.map((site) => [siteKey(site), { site, frame: b.ir.frame('block') }]));
  for (const { frame } of tails.values()) b.marker(Ir.block, frame);
  return { landing, tails };
}

/** A tail call in a block with handlers. */
export function leaveTry(b: Builder, site: TailSite, inputs: Node[]): void {
  const found = b.outside.tails.get(siteKey(site));
  if (!found) throw new Error('wasmelt bug: a tail call that was not seen');
  const { frame } = found;
  if (!b.left.has(frame)) for (const i of inputs) b.ir.merge(frame, i.type);
  b.left.add(frame);
  b.emit(b.branch(Ir.br, [], { frame, args: inputs }));
}

/** After the body. */
export function closeOutside(b: Builder): void {
  const { landing, tails } = b.outside;
  for (const { site, frame } of [...tails.values()].reverse()) {
    b.marker(Ir.end, frame);
    if (b.left.has(frame)) b.tailCall(site, frame.params.slice());
  }
  if (!landing) return;
  b.marker(Ir.end, landing.frame);
  if (b.left.has(landing.frame)) b.emit(b.ir.node(Ir.throw, Type.none, [landing.exception], 1));
}
