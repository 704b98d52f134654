/** Notes as text: a part a paragraph, its name in the first column. */
import type { Section } from '../notes.ts';

const COLUMN = 13;
/** More items than this are counted only. */
const MAX_ITEMS = 24;

/** Sections with something to say, then those that found nothing to do in one line. */
export function sectionsText(sections: readonly Section[]): string {
  const told = sections.filter(hasChanged);
  const idle = sections.filter((s) => !hasChanged(s)).map((s) => s.part);
  const lines = told.flatMap(sectionLines);
  if (idle.length > 0) lines.push(row('no change', [...new Set(idle)].join(', ')));
  return lines.map((line) => `${line}\n`).join('');
}

const hasChanged = ({ remarks, nodes }: Section): boolean => remarks.size > 0 || nodes?.before !== nodes?.after;

function sectionLines({ part, nodes, remarks }: Section): string[] {
  const texts = [...remarks].map(([remark, { count, items }]) => {
    if (items.length > 0) return `${remark}: ${itemsText(items)}`;
    return count === 0 ? remark : `${remark}: ${count.toLocaleString('en-US')}`;
  });
  if (nodes && nodes.before !== nodes.after) texts.unshift(`nodes: ${nodes.before} -> ${nodes.after}`);
  return texts.map((text, i) => row(i === 0 ? part : '', text));
}

export const row = (head: string, text: string): string => `  ${head.padEnd(COLUMN)}${text}`;

/** Each item once, with how often it stands there. */
export function itemsText(items: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  const texts = Array.from(counts, ([item, n]) => (n === 1 ? item : `${item} (${n})`));
  const more = texts.length - MAX_ITEMS;
  return more > 0 ? `${texts.slice(0, MAX_ITEMS).join(', ')} and ${more} more` : texts.join(', ');
}
