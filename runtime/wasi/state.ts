/** What the WASI calls of one instance share. */
import { FdTable } from '../fs/table.ts';
import type { Vm } from '../host.ts';
import { GuestMemory } from './memory.ts';

export interface WasiVm extends Vm {
  readonly wasi: WasiState;
}

export interface WasiState {
  readonly memory: GuestMemory;
  /** Each with its terminating zero. */
  readonly args: readonly Uint8Array[];
  /** `NAME=value`, each with its terminating zero. */
  readonly environ: readonly Uint8Array[];
  readonly fds: FdTable;
}

/** A vm for one instance; `memory` is set once the instance exists. Text after a NUL is cut, as C would. */
export function create_vm(args: readonly string[], env: Readonly<Record<string, string | undefined>>): WasiVm {
  const vm: { memory: Vm['memory']; wasi: WasiState } = {
    memory: undefined,
    wasi: {
      get memory() {
        return memory;
      },
      args: args.map(c_string),
      environ: Object.entries(env).flatMap(([name, value]) =>
        value === undefined ? [] : [c_string(`${name}=${value}`)],
      ),
      fds: new FdTable(),
    },
  };
  const memory = new GuestMemory(vm);
  return vm;
}

function c_string(text: string): Uint8Array {
  return new TextEncoder().encode(`${text.split('\0', 1)[0]}\0`);
}
