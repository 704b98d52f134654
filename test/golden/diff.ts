/** The difference of two texts, as the lines that go and those that come; a dotted line stands for lines that stay. */
export function diff(before: string, after: string): string {
  const [a, b] = [before, after].map((text) => text.trimEnd().split('\n')) as [string[], string[]];
  const common = lengths(a, b);
  const out: string[] = [];
  let changed = true;
  const stays = (): void => {
    if (changed && out.length > 0) out.push(' …');
    changed = false;
  };
  for (let i = 0, k = 0; i < a.length || k < b.length; ) {
    if (i < a.length && k < b.length && a[i] === b[k]) {
      stays();
      i++;
      k++;
      continue;
    }
    changed = true;
    if (i < a.length && (k === b.length || common[i + 1]![k]! >= common[i]![k + 1]!)) out.push(`-${a[i++]}`);
    else out.push(`+${b[k++]}`);
  }
  if (out.at(-1) === ' …') out.pop();
  return `${out.join('\n')}\n`;
}

/** How long the longest common subsequence is of what follows each pair of places. */
function lengths(a: readonly string[], b: readonly string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let k = b.length - 1; k >= 0; k--) {
      const [down, right] = [table[i + 1]![k]!, table[i]![k + 1]!];
      table[i]![k] = a[i] === b[k] ? table[i + 1]![k + 1]! + 1 : Math.max(down, right);
    }
  }
  return table;
}
