/**
 * Types at run time: one object for each type of WebAssembly that is more than a plain function type, the same in all
 * bundles of a realm. A recursive group comes as text in which references out of the group are numbered places; with the
 * numbers of the types that stand there it is a key, and equal groups are found by it (hash-consing, spec 3.1.4).
 *
 * A type knows its supertypes as a display: the one at each depth. Objects find their type on the prototype of their
 * class, the display as properties `d0`, `d1`…, so that a cast is one property read, which engines fold into the check
 * of the object's shape.
 */

type Class = new (...args: never[]) => object;

export interface RuntimeType {
  /** Of all types in the realm. */
  readonly id: number;
  readonly kind: 'func' | 'struct' | 'array';
  /** Supertypes from the top down, the type itself last. */
  readonly d: readonly RuntimeType[];
  readonly depth: number;
  /** Descriptors of the references to it: non-null, and nullable. */
  readonly ref: string;
  readonly nullref: string;
  /** The descriptor, where this is a plain function type: functions of it carry that instead. */
  readonly plain: string | undefined;
  /** Descriptors of parameters and results; only functions have any. */
  sig: readonly [params: string[], results: string[]];
  /** The class of its objects, once a module that makes some has been instantiated. */
  make: Class | undefined;
}

/** What all bundles share. */
export interface Realm {
  readonly groups: Map<string, readonly RuntimeType[]>;
  /** By number. */
  readonly types: RuntimeType[];
  /** What JavaScript has of an object, and the way back. */
  readonly outer: WeakMap<object, object>;
  readonly inner: WeakMap<object, object>;
  /** Conversions and matching of types that have no letter (vm/types.ts), once a module that has some was instantiated. */
  from?: (value: unknown, type: string) => unknown;
  to?: (value: unknown, type: string) => unknown;
  matches?: (type: string, expected: string) => boolean;
}

const TYPES = /* @__PURE__ */ Symbol.for('wasmelt.types');

/** The realm's record of types, if any module has made one. */
export function known_realm(): Realm | undefined {
  return (globalThis as unknown as Record<symbol, Realm | undefined>)[TYPES];
}
export function realm(): Realm {
  return ((globalThis as unknown as Record<symbol, Realm>)[TYPES] ??= {
    groups: new Map(),
    types: [],
    outer: new WeakMap(),
    inner: new WeakMap(),
  });
}

/**
 * The types of a group. In `text`, types are separated by `;`; `2.1` is the type 1 of group 2 of `others`, and `.1` one
 * of this group.
 */
export function type_group(text: string, ...others: (readonly RuntimeType[])[]): readonly RuntimeType[] {
  const { groups, types } = realm();
  const key = text.replace(/(\d+)\.(\d+)/g, (_, group: string, at: string) => `${others[+group]![+at]!.id}`);
  let group = groups.get(key) as RuntimeType[] | undefined;
  if (group !== undefined) return group;
  group = [];
  const first = types.length;
  // What references look like as descriptors: inside the group, they get their numbers now.
  // A type on its own, final, without supertype and without references to others.
  const plain = !/;|^open |^sub |<(null )?[.\d]/.test(key);
  for (const item of key.replace(/(<(?:null )?)\.(\d+)>/g, (_, open, at) => `${open}${first + +at}>`).split(';')) {
    const [, above, body] = /^(?:open )?(?:sub (\S+) )?(.*)$/.exec(item) as unknown as [string, string?, string?];
    const parent = above === undefined ? undefined : above[0] === '.' ? group[+above.slice(1)] : types[+above];
    const type = make_type(types.length, parent, body!, plain);
    types.push(type);
    group.push(type);
  }
  groups.set(key, group);
  return group;
}

function make_type(id: number, parent: RuntimeType | undefined, body: string, plain: boolean): RuntimeType {
  const d: RuntimeType[] = parent ? [...parent.d] : [];
  const kind = /^struct|^array/.exec(body)?.[0] ?? 'func';
  const [params, results] = kind === 'func' ? body.split(':').map(value_types) : [[], []];
  const type: RuntimeType = {
    ...{ id, kind: kind as 'func', d, depth: d.length, ref: `<${id}>`, nullref: `<null ${id}>` },
    plain: plain && kind === 'func' ? body : undefined,
    sig: [params!, results!],
    make: undefined,
  };
  d.push(type);
  return type;
}
function value_types(text: string): string[] {
  return text.match(/<[^>]*>|[^<]/g) ?? [];
}

/** Which kind of object: on the prototype of each class, and of boxes of host values. */
export const HOST = 0;
export const STRUCT = 1;
export const ARRAY = 2;

/**
 * The class of a type's objects: `candidate` for the first module that has the type, and that one's for all others.
 * `sample` are arguments that show engines what each field holds: a float that is 0 first would be taken for an integer.
 */
export function gc_class<C extends Class>(type: RuntimeType, candidate: C, ...sample: unknown[]): C {
  if (type.make !== undefined) return type.make as C;
  const { prototype } = candidate as { prototype: Record<string, unknown> };
  Object.setPrototypeOf(prototype, null);
  prototype.t = type;
  prototype.k = type.kind === 'struct' ? STRUCT : ARRAY;
  for (const above of type.d) prototype[`d${above.depth}`] = above;
  if (sample.length > 0) new candidate(...(sample as never[]));
  type.make = candidate;
  return candidate;
}

/** Is the function of the type or of one below it? `f` may be null. */
export function is_func(f: unknown, type: RuntimeType): boolean {
  if (f === null || f === undefined) return false;
  const { t } = f as { t: string | RuntimeType };
  return t === type || t === type.plain || (t as RuntimeType).d?.[type.depth] === type;
}
