/** Strongly connected components of a graph (Tarjan), with a stack of its own: call chains are as long as a module likes. */

/** By node: the number of its component if the node lies in a cycle, its own edge to itself included; otherwise -1. */
export function cycles(edges: readonly (readonly number[])[]): Int32Array {
  return new Components(edges).run();
}

class Components {
  private readonly edges: readonly (readonly number[])[];
  /** Order of discovery from 1, and the earliest node reached. */
  private readonly order: Int32Array;
  private readonly low: Int32Array;
  private readonly component: Int32Array;
  /** Nodes whose component is not complete yet. */
  private readonly pending: number[] = [];
  private readonly isPending: Uint8Array;
  private count = 0;
  private components = 0;

  constructor(edges: readonly (readonly number[])[]) {
    this.edges = edges;
    this.order = new Int32Array(edges.length);
    this.low = new Int32Array(edges.length);
    this.isPending = new Uint8Array(edges.length);
    this.component = new Int32Array(edges.length).fill(-1);
  }

  run(): Int32Array {
    for (let node = 0; node < this.edges.length; node++) if (this.order[node] === 0) this.search(node);
    return this.component;
  }

  private enter(node: number): void {
    this.order[node] = this.low[node] = ++this.count;
    this.pending.push(node);
    this.isPending[node] = 1;
  }

  private search(root: number): void {
    const path = [{ node: root, next: 0 }];
    this.enter(root);
    for (let top = path[0]; top !== undefined; top = path[path.length - 1]) {
      const { node } = top;
      const to = this.edges[node]![top.next++];
      if (to === undefined) {
        path.pop();
        const from = path[path.length - 1];
        if (from) this.reaches(from.node, this.low[node]!);
        if (this.low[node] === this.order[node]) this.complete(node);
      } else if (this.order[to] === 0) {
        this.enter(to);
        path.push({ node: to, next: 0 });
      } else if (this.isPending[to] === 1) this.reaches(node, this.order[to]!);
    }
  }

  private reaches(node: number, order: number): void {
    if (order < this.low[node]!) this.low[node] = order;
  }

  /** All nodes found since `root` are its component. */
  private complete(root: number): void {
    const { pending, isPending, component } = this;
    const inCycle = pending[pending.length - 1] !== root || this.edges[root]!.includes(root);
    for (let node = -1; node !== root; ) {
      node = pending.pop()!;
      isPending[node] = 0;
      if (inCycle) component[node] = this.components;
    }
    this.components++;
  }
}
