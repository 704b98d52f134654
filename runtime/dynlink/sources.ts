/**
 * Where libraries come from: a registry by name, which a bundle has of those it was linked with, and resolvers, such as for files
 * beside the output (node-files.ts). A registry may also hold functions that load a library when it is first asked for; those
 * that give promises have to be awaited by `preload`, because dlopen cannot wait.
 */
import { dl_fail } from './errors.ts';
import { is_side, type SideModule } from './side.ts';

/** A side module, or what a file of one exports. */
export type SideSource = SideModule | { readonly side: SideModule };
export type LazySource = () => SideSource | Promise<SideSource>;
export type Registry = Readonly<Record<string, SideSource | LazySource>>;

/** Finds the library that is asked for as `name`, by `from` if a library needs it. Gives the same object each time. */
export type Resolver = (name: string, from?: SideModule) => SideSource | undefined;

/** A name without folders and without the endings of libraries: `lib/libfoo.so.1` and `libfoo.mjs` are `libfoo`. */
export function stem_of(name: string): string {
  return name.replace(/^.*[/\\]/, '').replace(/\.(?:so(?:\.\d+)*|wasm|mjs|cjs|js)$/, '');
}

export class Sources {
  private readonly entries: Map<string, SideSource | LazySource>;
  private readonly resolvers: readonly Resolver[];

  constructor(registry: Registry, resolvers: readonly Resolver[]) {
    this.entries = new Map(Object.entries(registry));
    this.resolvers = resolvers;
  }

  /** Adds a library, or replaces one that is opened later. */
  add(name: string, source: SideSource | LazySource): void {
    this.entries.set(name, source);
  }

  /** Undefined where there is none of this name; throws DlError for what is there and no side module. */
  find(name: string, from: SideModule | undefined): SideModule | undefined {
    const key = this.key(name);
    if (key !== undefined) {
      const entry = this.entries.get(key)!;
      if (typeof entry !== 'function') return side_of(entry, key);
      const made = entry();
      if (made instanceof Promise) {
        made.catch(() => undefined);
        dl_fail(`${name}: it is loaded asynchronously, and was not preloaded`);
      }
      this.entries.set(key, made);
      return side_of(made, key);
    }
    for (const resolve of this.resolvers) {
      const found = resolve(name, from);
      if (found !== undefined) return side_of(found, name);
    }
    return undefined;
  }
  /** The registry's own name for a library: as given, or the one that differs in folder and ending only. */
  private key(name: string): string | undefined {
    if (this.entries.has(name)) return name;
    const stem = stem_of(name);
    for (const key of this.entries.keys()) if (stem_of(key) === stem) return key;
    return undefined;
  }

  /** Loads entries that are functions, those named or all, and what they need as far as the registry has it. */
  async preload(names: Iterable<string> = this.entries.keys()): Promise<void> {
    for (const name of [...names]) {
      const key = this.key(name);
      if (key === undefined) continue;
      const entry = this.entries.get(key)!;
      if (typeof entry !== 'function') continue;
      const made = await entry();
      this.entries.set(key, made);
      await this.preload(side_of(made, key).dylink.needed);
    }
  }
}

function side_of(source: SideSource, name: string): SideModule {
  const side = 'side' in source ? source.side : source;
  return is_side(side) ? side : dl_fail(`${name}: it is no side module`);
}
