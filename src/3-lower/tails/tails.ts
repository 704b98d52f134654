/**
 * Tail calls: which of them must not use up stack, and how. A tail call in no cycle of tail calls is an ordinary call whose
 * result is returned: such a chain is bounded. In a cycle, a call of the function itself is a loop; a small group whose
 * members are all known can be one function that switches over them; the others jump (runtime/README.md, "Tail calls").
 *
 * The graph has a node for each function, one for each set of functions that a call through a table or a reference may
 * reach, and one for what lies outside of the module, from where anything that others can get hold of is called.
 */
import { OperatorReader } from '../../1-decode/operators.ts';
import type { TypedModule } from '../../2-validate/typed.ts';
import { OP } from '../../wasm/opcodes.ts';
import { isRef, type ValType } from '../../wasm/types.ts';
import type { ClosedTable } from '../facts.ts';
import { cycles } from './cycles.ts';

/** Tail calls through one closed table at one type. */
export interface Dispatch {
  readonly table: number;
  readonly type: number;
  /** Elements of the table. */
  readonly length: number;
}
/** Functions in one cycle of tail calls. */
export interface TailGroup {
  /** Ascending. */
  readonly members: readonly number[];
  /** Calls through closed tables inside the cycle. */
  readonly dispatches: readonly Dispatch[];
  /** Small, and every call in the cycle has known targets: the members can be one function. */
  readonly merges: boolean;
}

/** How a tail call goes: on to the start of its own function, as a jump, as a jump if the callee can, as a call. */
export type TailForm = 'self' | 'jump' | 'either' | 'call';

/** Limits of groups that become one function. V8 optimises no function of more than 60 KB of its bytecode. */
const MAX_MEMBERS = 256;
const MAX_BYTES = 10_000;
const MAX_ELEMENTS = 1024;
const MAX_PARAMETERS = 24;

export class TailPlan {
  private readonly typed: TypedModule;
  private readonly closedTable: (table: number) => ClosedTable | undefined;
  private readonly referenced: readonly number[];
  private readonly edges: number[][] = [];
  private readonly sets = new Map<string, number>();
  /** Sets of functions by node, where each function is known. */
  private readonly dispatches = new Map<number, Dispatch>();
  private readonly outside: number;
  private readonly leaks: boolean;
  private readonly component: Int32Array;
  private readonly groups = new Map<number, TailGroup>();
  private readonly self = new Set<number>();

  constructor(typed: TypedModule, closedTable: (table: number) => ClosedTable | undefined) {
    const { module } = typed;
    this.typed = typed;
    this.closedTable = closedTable;
    this.referenced = [...typed.referenced];
    this.outside = module.funcs.length;
    this.leaks = typed.features.has('tail-call') && this.findLeaks();
    if (typed.features.has('tail-call')) this.read();
    this.component = cycles(this.edges);
    const nodes = new Map<number, number[]>();
    for (const [node, component] of this.component.entries()) {
      if (component < 0) continue;
      const same = nodes.get(component);
      if (same) same.push(node);
      else nodes.set(component, [node]);
    }
    for (const [component, all] of nodes) this.groups.set(component, this.group(all));
  }

  /** Does the function call itself in tail position? */
  callsItself(func: number): boolean {
    return this.self.has(func);
  }
  /** The cycle that a function is in. */
  groupOf(func: number): TailGroup | undefined {
    return this.groups.get(this.component[func] ?? -1);
  }
  /** A tail call from one function to another. */
  direct(func: number, callee: number): TailForm {
    if (func === callee) return 'self';
    if (this.typed.module.funcs[callee]!.import) return this.together(func, this.outside) ? 'either' : 'call';
    return this.together(func, callee) ? 'jump' : 'call';
  }
  /** A tail call through a table, or through a reference if that is undefined. */
  indirect(func: number, type: number, table: number | undefined): TailForm {
    return this.together(func, this.set(type, table)) ? 'either' : 'call';
  }

  private together(func: number, node: number): boolean {
    const component = this.component[func] ?? -1;
    return component >= 0 && this.component[node] === component;
  }

  private read(): void {
    const { module } = this.typed;
    for (let i = 0; i <= this.outside; i++) this.edges.push([]);
    this.edges[this.outside] = this.reachable();
    const reader = new OperatorReader(module.bytes);
    for (const f of module.funcs) {
      if (f.import) continue;
      reader.reset(reader.localGroups(f.start, f.end).start, f.end);
      const to = new Set<number>();
      while (reader.next()) this.site(reader, f.index, to);
      this.edges[f.index] = [...to];
    }
  }

  private site({ op, index, index2 }: OperatorReader, func: number, to: Set<number>): void {
    if (op === OP.return_call) {
      if (index === func) this.self.add(func);
      else to.add(this.node(index));
    } else if (op === OP.return_call_indirect) to.add(this.set(index, index2));
    else if (op === OP.return_call_ref) to.add(this.set(index, undefined));
  }
  private node(func: number): number {
    return this.typed.module.funcs[func]!.import ? this.outside : func;
  }

  /** The node of what a call at a type may reach, made when first asked for. */
  private set(type: number, table: number | undefined): number {
    const closed = table === undefined ? undefined : this.closedTable(table);
    const { final } = this.typed.module.types[type]!;
    const { canonical } = this.typed.types;
    const key = final ? canonical[type]! : -1;
    const name = `${closed ? table : ''} ${key}`;
    const known = this.sets.get(name);
    if (known !== undefined) return known;
    const node = this.edges.length;
    this.sets.set(name, node);
    const fits = (func: number): boolean => !final || canonical[this.typed.module.funcs[func]!.type] === key;
    const funcs = closed ? closed.filter((f) => f !== undefined) : this.referenced;
    const to = new Set(funcs.filter(fits).map((f) => this.node(f)));
    if (closed && final) this.dispatches.set(node, { table: table!, type, length: closed.length });
    else if (this.leaks) to.add(this.outside);
    this.edges.push([...to]);
    return node;
  }

  /** What others can call: exports, and whatever is referred to if references leave the module. */
  private reachable(): number[] {
    const { module } = this.typed;
    if (this.leaks) return this.referenced.map((f) => this.node(f));
    return module.exports.filter((e) => e.kind === 'func').map((e) => this.node(e.index));
  }

  /** Do references go in or out: by shared tables and globals, by parameters and results, by exceptions? */
  private findLeaks(): boolean {
    const { module } = this.typed;
    const shared = new Set(module.exports.map((e) => `${e.kind} ${e.index}`));
    const refers = (types: readonly ValType[]): boolean => types.some(isRef);
    const isShared = (kind: string, item: { import: unknown }, i: number): boolean =>
      item.import !== undefined || shared.has(`${kind} ${i}`);
    const refersAt = (func: number): boolean => {
      const { params, results } = this.typed.typeOf(func);
      return refers(params) || refers(results);
    };
    return (
      module.tags.length > 0 ||
      module.tables.some((t, i) => isShared('table', t, i)) ||
      module.globals.some((g, i) => isRef(g.type.type) && isShared('global', g, i)) ||
      module.funcs.some((f, i) => isShared('func', f, i) && refersAt(i))
    );
  }

  private group(nodes: readonly number[]): TailGroup {
    const { module } = this.typed;
    const members = nodes.filter((node) => node < this.outside);
    const dispatches = nodes.map((node) => this.dispatches.get(node)).filter((d) => d !== undefined);
    const sum = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b, 0);
    const merges =
      members.length + dispatches.length === nodes.length &&
      members.length <= MAX_MEMBERS &&
      sum(members.map((f) => module.funcs[f]!.end - module.funcs[f]!.start)) <= MAX_BYTES &&
      sum(dispatches.map((d) => d.length)) <= MAX_ELEMENTS &&
      members.every((f) => this.typed.typeOf(f).params.length <= MAX_PARAMETERS);
    return { members, dispatches, merges };
  }
}
