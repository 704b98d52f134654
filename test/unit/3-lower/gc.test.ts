/** Order of effects and traps around objects, values of two halves in them, and what lowering leaves out. */
import { beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../../support/func-ir.ts';
import { translatedWebAssembly } from '../../support/translated.ts';

const TEXT = `(module
  (type $p (struct (field $x (mut i64)) (field $y (mut i32)) (field $b (mut i8))))
  (type $l (array (mut i64))) (type $e (array (mut externref))) (type $h (array (mut i16)))
  (type $f (func (param i32) (result i32)))
  (type $base (sub (func (param i32) (result i32)))) (type $below (sub $base (func (param i32) (result i32))))
  (import "m" "note" (func $note (param i32) (result i32)))
  (table $t funcref (elem $down))
  (func $down (type $below) (i32.add (local.get 0) (i32.const 1)))
  (func (export "setNull") (param $p (ref null $p)) (struct.set $p $y (local.get $p) (call $note (i32.const 1))))
  (func (export "indexFirst") (param $a (ref null $l)) (result i64)
    (array.get $l (local.get $a) (i32.div_u (i32.const 1) (i32.const 0))))
  (func (export "storeLast") (param $a (ref null $l))
    (array.set $l (local.get $a) (call $note (i32.const 2)) (i64.extend_i32_s (call $note (i32.const 3)))))
  (func (export "calleeLast") (param $f (ref null $f)) (result i32)
    (call_ref $f (call $note (i32.const 4)) (local.get $f)))
  (func (export "none") (result (ref null $p)) (ref.null none))
  (func (export "noneL") (result (ref null $l)) (ref.null none))
  (func (export "noneF") (result (ref null $f)) (ref.null nofunc))
  (func (export "halves") (param $v i64) (result i64) (local $p (ref null $p))
    (local.set $p (struct.new_default $p))
    (struct.set $p $x (local.get $p) (local.get $v))
    (i64.add (struct.get $p $x (local.get $p)) (i64.const 1)))
  (func (export "elements") (param $i i32) (param $v i64) (result i64) (local $a (ref $l))
    (local.set $a (array.new $l (i64.const -2) (i32.const 3)))
    (array.set $l (local.get $a) (local.get $i) (local.get $v))
    (array.fill $l (local.get $a) (i32.const 2) (i64.const 0x100000005) (i32.const 1))
    (array.copy $l $l (local.get $a) (i32.const 0) (local.get $a) (i32.const 1) (i32.const 2))
    (i64.add (array.get $l (local.get $a) (i32.const 0)) (array.get $l (local.get $a) (i32.const 1))))
  (func (export "wraps") (param $i i32) (result i64)
    (array.get $l (array.new_default $l (i32.const 3)) (local.get $i)))
  (func (export "packed") (param $v i32) (result i32 i32) (local $p (ref $p))
    (local.set $p (struct.new $p (i64.const 0) (i32.const 0) (local.get $v)))
    (struct.get_s $p $b (local.get $p)) (struct.get_u $p $b (local.get $p)))
  (func (export "packed16") (param $v i32) (result i32 i32) (local $a (ref $h))
    (local.set $a (array.new_fixed $h 2 (local.get $v) (local.get $v)))
    (array.get_s $h (local.get $a) (i32.const 1)) (array.get_u $h (local.get $a) (i32.const 0)))
  (func (export "hosts") (param $i i32) (param $v externref) (result externref) (local $a (ref $e))
    (local.set $a (array.new $e (local.get $v) (i32.const 2)))
    (array.set $e (local.get $a) (i32.const 1) (local.get $v))
    (array.get $e (local.get $a) (local.get $i)))
  (func (export "through") (result i32) (call_indirect (type $base) (i32.const 4) (i32.const 0)))
  (func (export "notThrough") (result i32) (call_indirect (type $f) (i32.const 4) (i32.const 0)))
  (func (export "large") (param i32) (drop (array.new_default $l (local.get 0))))
  (func (export "same") (result i32) (local $p (ref $p))
    (local.set $p (struct.new_default $p))
    (i32.add (ref.eq (local.get $p) (local.get $p)) (ref.eq (local.get $p) (struct.new_default $p))))
)`;

let bytes: Uint8Array;
beforeAll(async () => {
  bytes = await assemble(TEXT);
});

describe.each(['wavm', 'wamr'] as const)('%s', (backend) => {
  const make = () => {
    const wasm = translatedWebAssembly(backend);
    const notes: number[] = [];
    const note = (n: number): number => notes.push(n);
    const { exports } = new wasm.Instance(new wasm.Module(bytes), { m: { note } });
    return { x: exports as Record<string, (...args: unknown[]) => unknown>, notes };
  };
  const NULL = 'dereferencing a null pointer';

  it('evaluates operands before it traps', () => {
    const { x, notes } = make();
    expect(() => x.setNull!(x.none!())).toThrow(NULL);
    expect(() => x.indexFirst!(x.noneL!())).toThrow('divide by zero');
    expect(() => x.storeLast!(x.noneL!())).toThrow(NULL);
    expect(() => x.calleeLast!(x.noneF!())).toThrow(NULL);
    expect(notes).toEqual([1, 2, 3, 4]);
  });

  it('keeps both halves of an i64 in fields and elements', () => {
    const { x } = make();
    for (const v of [0n, -1n, 0xffffffffn, -(2n ** 63n), 2n ** 62n]) {
      expect(x.halves!(v)).toBe(BigInt.asIntN(64, v + 1n));
      expect(x.elements!(1, v)).toBe(BigInt.asIntN(64, v + 0x100000005n));
    }
    for (const i of [3, -1, 0x40000000, -0x80000000]) {
      expect(() => x.wraps!(i)).toThrow('array element access out of bounds');
      expect(() => x.elements!(i, 1n)).toThrow('array element access out of bounds');
    }
  });

  it('extends packed values as it is told', () => {
    const { x } = make();
    expect(x.packed!(0x1ff)).toEqual([-1, 255]);
    expect(x.packed!(0x17f)).toEqual([127, 127]);
    expect(x.packed16!(0x1ffff)).toEqual([-1, 65535]);
  });

  it('tells an element that is undefined from none', () => {
    const { x } = make();
    expect([x.hosts!(0, undefined), x.hosts!(1, null), x.hosts!(1, 'text')]).toEqual([undefined, null, 'text']);
    expect(() => x.hosts!(2, undefined)).toThrow('array element access out of bounds');
  });

  it('calls through tables what is below the type, and nothing else', () => {
    const { x } = make();
    expect(x.through!()).toBe(5);
    expect(() => x.notThrough!()).toThrow('signature mismatch');
  });

  it('gives each object an identity, and refuses what is too large', () => {
    const { x } = make();
    expect(x.same!()).toBe(1);
    expect(() => x.large!(-1)).toThrow('requested new array is too large');
  });
});
