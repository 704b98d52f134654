/**
 * `Memory`, `Table` and `Global` of the JS API (sections 5.3 to 5.5): the runtime's own objects behind Web IDL's
 * conversions. Instances must be made with these classes, so that what they export is `instanceof` them:
 * see `withApiClasses`.
 */
import { Global as GlobalCell, type GlobalDescriptor } from '../vm/global.ts';
import { type MemoryDescriptor, Memory as MemoryObject } from '../vm/memory.ts';
import { type TableDescriptor, Table as TableObject } from '../vm/table.ts';
import { typed_realm } from '../vm/types.ts';
import { addressValue, isObject } from './convert.ts';
import { tag } from './module.ts';

type Fields = Record<PropertyKey, unknown>;

/** The address type and limits of a descriptor; the relation of the limits is the object's to check. */
function limits(descriptor: Fields, where: string): Pick<MemoryDescriptor, 'initial' | 'maximum' | 'address'> {
  const { maximum, initial } = descriptor;
  const address = addressType(descriptor.address, where);
  const is64 = address === 'i64';
  if (initial === undefined) throw new TypeError(`${where}: Property 'initial' is required`);
  return {
    address,
    maximum: maximum === undefined ? undefined : addressValue(maximum, is64, `${where}: Property 'maximum'`),
    initial: addressValue(initial, is64, `${where}: Property 'initial'`),
  };
}
function addressType(value: unknown, where: string): 'i32' | 'i64' {
  const address = value === undefined ? 'i32' : String(value);
  if (address === 'i32' || address === 'i64') return address;
  throw new TypeError(`${where}: Unknown address type '${address}'; pass 'i32' or 'i64'`);
}

function memoryDescriptor(value: unknown): MemoryDescriptor {
  const where = 'WebAssembly.Memory()';
  if (!isObject(value)) throw new TypeError(`${where}: Argument 0 must be a memory descriptor`);
  return { ...limits(value, where), shared: Boolean(value.shared) };
}

export class Memory extends MemoryObject {
  constructor(descriptor: MemoryDescriptor) {
    super(memoryDescriptor(descriptor));
  }
  override get buffer(): ArrayBufferLike {
    if (!isObject(this) || !('wasm_kind' in this)) {
      throw new TypeError('WebAssembly.Memory.buffer: Receiver is not a WebAssembly.Memory');
    }
    return super.buffer;
  }
  override grow(delta: number | bigint): number | bigint {
    return super.grow(addressValue(delta, this.is64, 'WebAssembly.Memory.grow(): Argument 0'));
  }
}
tag(Memory, 'WebAssembly.Memory');

/** Types of references that values can be converted to once the realm knows how. */
const ANY_HIERARCHY = /^(any|eq|i31|struct|array)ref$/;

function tableDescriptor(value: unknown): TableDescriptor {
  const where = 'WebAssembly.Table()';
  if (!isObject(value)) throw new TypeError(`${where}: Argument 0 must be a table descriptor`);
  const element = String(value.element) as TableDescriptor['element'];
  if (ANY_HIERARCHY.test(element)) typed_realm();
  else if (element !== 'anyfunc' && element !== 'externref' && element !== 'exnref') {
    throw new TypeError(`${where}: Descriptor property 'element' must be a WebAssembly reference type`);
  }
  return { element, ...limits(value, where) };
}

export class Table extends TableObject {
  constructor(descriptor: TableDescriptor, init: unknown = undefined) {
    super(tableDescriptor(descriptor), init);
  }
  override get(index: number | bigint): unknown {
    return super.get(addressValue(index, this.is64, 'WebAssembly.Table.get(): Argument 0'));
  }
  /** A missing value is the default; `undefined` given to a table of functions is an error. */
  override set(index: number | bigint, ...value: [unknown?]): void {
    const at = addressValue(index, this.is64, 'WebAssembly.Table.set(): Argument 0');
    super.set(at, ...this.checked('set', value));
  }
  override grow(delta: number | bigint, ...value: [unknown?]): number | bigint {
    const count = addressValue(delta, this.is64, 'WebAssembly.Table.grow(): Argument 0');
    return super.grow(count, ...this.checked('grow', value));
  }
  private checked(method: string, value: [unknown?]): [unknown?] {
    if (value.length === 0 || value[0] !== undefined || this.element !== 'r') return value;
    throw new TypeError(
      `WebAssembly.Table.${method}(): Argument 1 is invalid: function-typed object must be null (if nullable) or a Wasm function object`,
    );
  }
}
tag(Table, 'WebAssembly.Table');

function globalDescriptor(value: unknown): GlobalDescriptor {
  const where = 'WebAssembly.Global()';
  if (!isObject(value)) throw new TypeError(`${where}: Argument 0 must be a global descriptor`);
  const mutable = Boolean(value.mutable);
  const type = String(value.value) as GlobalDescriptor['value'];
  if (ANY_HIERARCHY.test(type)) typed_realm();
  if (type === 'funcref') throw new TypeError(`${where}: Descriptor property 'value' must be a WebAssembly type`);
  return { value: type, mutable };
}

export class Global extends GlobalCell {
  constructor(descriptor: GlobalDescriptor, ...value: [unknown?]) {
    super(globalDescriptor(descriptor), value[0]);
    // To the `any` hierarchy `undefined` is a value like others.
    if (value.length > 0 && value[0] === undefined && this.type[0] === '<') {
      this.v = typed_realm().from!(undefined, this.type);
    }
  }
}
tag(Global, 'WebAssembly.Global');
