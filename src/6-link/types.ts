/**
 * The types that one module needs at run time: its recursive groups as text, found in or added to the realm's by the
 * runtime, and a class for each structure and array type that the code makes or casts to.
 */
import { groupText } from '../2-validate/keys.ts';
import { elementKind, fieldNames } from '../5-emit/js/objects.ts';
import { F32, F64, type StorageType } from '../wasm/types.ts';
import { type LinkScope, quote } from './scope.ts';

/** Declarations for all types used so far, for the start of the factory. */
export function typeLines(scope: LinkScope): string[] {
  const { features } = scope.typed;
  const lines: string[] = [];
  // Before values of such types can cross the boundary.
  if (features.has('gc') || features.has('function-references')) lines.push(`${scope.name('typed_realm')}();`);
  if (scope.uses.types.size === 0) return lines;
  new Groups(scope, lines).write();
  for (const type of [...scope.uses.types].sort((a, b) => a - b)) {
    const { group } = scope.typed.module.types[type]!;
    lines.push(`const ${scope.module.type(type)} = ${groupName(group)}[${type - group}];`);
  }
  for (const type of [...scope.uses.classes].sort((a, b) => a - b)) lines.push(classLine(scope, type));
  return lines;
}

const groupName = (group: number): string => `$y${group}$g`;

/** The groups of the types used, and those that these refer to, in order of the module. */
class Groups {
  private readonly scope: LinkScope;
  private readonly lines: string[];

  constructor(scope: LinkScope, lines: string[]) {
    this.scope = scope;
    this.lines = lines;
  }

  write(): void {
    const { types } = this.scope.typed.module;
    const texts = new Map<number, { text: string; others: readonly number[] }>();
    const work = [...this.scope.uses.types].map((t) => types[t]!.group);
    for (let group = work.pop(); group !== undefined; group = work.pop()) {
      if (texts.has(group)) continue;
      const described = this.describe(group);
      texts.set(group, described);
      work.push(...described.others);
    }
    for (const group of [...texts.keys()].sort((a, b) => a - b)) {
      const { text, others } = texts.get(group)!;
      const args = [quote(text), ...others.map(groupName)].join(', ');
      this.lines.push(`const ${groupName(group)} = ${this.scope.libcall('type_group')}(${args});`);
    }
  }

  private describe(group: number): { text: string; others: number[] } {
    const { types } = this.scope.typed.module;
    const { canonical } = this.scope.typed.types;
    const others: number[] = [];
    const places = new Map<number, number>();
    const text = groupText(types, group, (type) => {
      const first = canonical[type]!;
      const home = types[first]!.group;
      if (home === group) return `.${first - group}`;
      let place = places.get(home);
      if (place === undefined) places.set(home, (place = others.push(home) - 1));
      return `${place}.${first - home}`;
    });
    return { text, others };
  }
}

/** A value that engines take for one of the field's kind, as a first example. */
const sampleOf = (type: StorageType): string => (type === F32 || type === F64 ? '0.5' : type >= 0 ? 'null' : '0');

function classLine(scope: LinkScope, type: number): string {
  const c = scope.typed.module.types[type]!.composite;
  const declared = `const ${scope.module.gcClass(type)} = ${scope.libcall('gc_class')}(${scope.module.type(type)}, `;
  if (c.kind === 'array') {
    const { parts } = elementKind(c.field.type);
    const length = parts === 1 ? 'v.length' : `v.length / ${parts}`;
    return `${declared}class { constructor(v) { this.v = v; this.n = ${length}; } });`;
  }
  if (c.kind !== 'struct') throw new Error('wasmelt bug: a class for a function type');
  const names = c.fields.flatMap((f, i) => fieldNames(f.type, i));
  const floats = c.fields.some((f) => f.type === F32 || f.type === F64);
  const sample = floats ? c.fields.flatMap((f, i) => fieldNames(f.type, i).map(() => sampleOf(f.type))) : [];
  const body = names.map((name) => `this.${name} = ${name};`).join(' ');
  const made = `class { constructor(${names.join(', ')}) { ${body} } }`;
  return `${declared}${[made, ...sample].join(', ')});`;
}
