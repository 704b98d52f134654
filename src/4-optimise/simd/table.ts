/** The rules of all vector instructions; one that no family names is a call of the runtime, on words. */
import type { Node } from '../../3-lower/ir.ts';
import { byOp, OPS } from '../../wasm/opcodes.ts';
import { FLOAT_RULES } from './floats.ts';
import { LANE_RULES } from './lanes.ts';
import { MEMORY_RULES } from './memory.ts';
import { PACKED_RULES } from './packed.ts';
import { I, operands, type Rule, type RuleChoice } from './rules.ts';
import { SHUFFLE_RULES } from './shuffles.ts';
import { WORD_RULES } from './words.ts';

const RULES = byOp<RuleChoice | undefined>(
  { ...WORD_RULES, ...FLOAT_RULES, ...PACKED_RULES, ...LANE_RULES, ...SHUFFLE_RULES, ...MEMORY_RULES },
  undefined,
);
for (const { op, name, signature } of OPS) {
  if (RULES[op] || !signature || !`${signature.params}${signature.results}`.includes('V')) continue;
  RULES[op] = callRule(
    name.replace('.', '_'),
    signature.params.replace(/./g, (c) => (c === 'V' ? 'I' : 's')),
  );
}

function callRule(name: string, takes: string): Rule {
  return { takes, gives: I, expand: (x, n, form) => x.libcall(name, operands(x, n, takes, form).flat()) };
}

/** The rule of a vector instruction; undefined for all else. */
export function ruleOf(n: Node): Rule | undefined {
  const rule = RULES[n.op];
  return typeof rule === 'function' ? rule(n) : rule;
}
