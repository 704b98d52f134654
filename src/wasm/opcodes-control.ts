/** Rows of the opcode table for tail calls and exceptions, the standard's and the legacy proposal's. */
export const tailCall = [
  [0x12, 'return_call', 'func', '*', 'cx'],
  [0x13, 'return_call_indirect', 'type_table', '*', 'tcbx'],
  [0x15, 'return_call_ref', 'type', '*', 'tcx'],
] as const;

export const exceptionHandling = [
  [0x08, 'throw', 'tag', '*', 'tx'],
  [0x0a, 'throw_ref', 'none', '*', 'tx'],
  [0x1f, 'try_table', 'try_table', '*', 'x'],
] as const;

export const legacyExceptions = [
  [0x06, 'try', 'block', '*', 'x'],
  [0x07, 'catch', 'tag', '*', 'x'],
  [0x09, 'rethrow', 'label', '*', 'tx'],
  [0x18, 'delegate', 'label', '*', 'x'],
  [0x19, 'catch_all', 'none', '*', 'x'],
] as const;
