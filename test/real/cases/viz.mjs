/** Graphviz: lays out a graph of 60 nodes as SVG. */
import { instance } from '@viz-js/viz';

export async function run() {
  const viz = await instance();
  const edges = Array.from({ length: 60 }, (_, i) => `n${i}->n${(i * 7 + 3) % 60};n${i}->n${(i * i) % 60};`);
  return viz.renderString(`digraph{${edges.join('')}}`, { format: 'svg' });
}
