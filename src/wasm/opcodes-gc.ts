/**
 * Rows of the opcode table for typed function references and garbage collection. Their signatures depend on types.
 * What creates an object counts as writing objects: two creations are two identities, never one value.
 */
export const functionReferences = [
  [0x14, 'call_ref', 'type', '*', 'tc'],
  [0xd4, 'ref.as_non_null', 'none', '*', 't'],
  [0xd5, 'br_on_null', 'label', '*', 'x'],
  [0xd6, 'br_on_non_null', 'label', '*', 'x'],
] as const;

export const gc = [
  [0xd3, 'ref.eq', 'none', '*', ''],
  [0xfb00, 'struct.new', 'type', '*', 'O'],
  [0xfb01, 'struct.new_default', 'type', '*', 'O'],
  [0xfb02, 'struct.get', 'type_field', '*', 'to'],
  [0xfb03, 'struct.get_s', 'type_field', '*', 'to'],
  [0xfb04, 'struct.get_u', 'type_field', '*', 'to'],
  [0xfb05, 'struct.set', 'type_field', '*', 'tO'],
  [0xfb06, 'array.new', 'type', '*', 'tO'],
  [0xfb07, 'array.new_default', 'type', '*', 'tO'],
  [0xfb08, 'array.new_fixed', 'type_count', '*', 'tO'],
  [0xfb09, 'array.new_data', 'type_data', '*', 'trO'],
  [0xfb0a, 'array.new_elem', 'type_elem', '*', 'tbO'],
  [0xfb0b, 'array.get', 'type', '*', 'to'],
  [0xfb0c, 'array.get_s', 'type', '*', 'to'],
  [0xfb0d, 'array.get_u', 'type', '*', 'to'],
  [0xfb0e, 'array.set', 'type', '*', 'tO'],
  [0xfb0f, 'array.len', 'none', '*', 't'],
  [0xfb10, 'array.fill', 'type', '*', 'tO'],
  [0xfb11, 'array.copy', 'type_type', '*', 'toO'],
  [0xfb12, 'array.init_data', 'type_data', '*', 'trO'],
  [0xfb13, 'array.init_elem', 'type_elem', '*', 'tbO'],
  [0xfb14, 'ref.test', 'cast', '*', ''],
  [0xfb15, 'ref.test_null', 'cast', '*', ''],
  [0xfb16, 'ref.cast', 'cast', '*', 't'],
  [0xfb17, 'ref.cast_null', 'cast', '*', 't'],
  [0xfb18, 'br_on_cast', 'branch_cast', '*', 'x'],
  [0xfb19, 'br_on_cast_fail', 'branch_cast', '*', 'x'],
  [0xfb1a, 'any.convert_extern', 'none', '*', ''],
  [0xfb1b, 'extern.convert_any', 'none', '*', ''],
  [0xfb1c, 'ref.i31', 'none', '*', ''],
  [0xfb1d, 'i31.get_s', 'none', '*', 't'],
  [0xfb1e, 'i31.get_u', 'none', '*', 't'],
] as const;
