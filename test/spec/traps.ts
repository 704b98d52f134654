/**
 * The suite names traps in its own words; V8, whose messages translated code gives, in others. For each text of the suite
 * the messages that mean it; V8 shortened one of them on the way to Node 26.
 */
const SIGNATURE = ['null function or function signature mismatch', 'function signature mismatch'];
const NULL = ['dereferencing a null pointer'];

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'integer divide by zero': ['divide by zero', 'remainder by zero'],
  'integer overflow': ['divide result unrepresentable', 'float unrepresentable in integer range'],
  'invalid conversion to integer': ['float unrepresentable in integer range'],
  unreachable: ['unreachable'],
  'out of bounds memory access': ['memory access out of bounds', 'data segment out of bounds'],
  'out of bounds table access': ['table index is out of bounds', 'element segment out of bounds'],
  'undefined element': ['table index is out of bounds'],
  'uninitialized element': [...SIGNATURE, ...NULL],
  'indirect call type mismatch': SIGNATURE,
  'indirect call': SIGNATURE,
  'unaligned atomic': ['operation does not support unaligned accesses'],
  'expected shared memory': ['Atomics.wait cannot be called in this context'],
  'null function reference': NULL,
  'null function': [...NULL, ...SIGNATURE],
  'null reference': NULL,
  'null exception reference': [...NULL, 'rethrowing null value'],
  'null i31 reference': NULL,
  'null structure reference': NULL,
  'null array reference': NULL,
  'cast failure': ['illegal cast'],
  'cast failed': ['illegal cast'],
  'out of bounds array access': ['array element access out of bounds', 'element segment out of bounds'],
  'array size is too large': ['requested new array is too large'],
};

/** At instantiation V8 names the segment, and where it was to go. */
const SEGMENT = /^(data segment|table initializer) \d+.* out of bounds/;

/** Whether a trap's message is what the suite's text asks for; a text may have a detail behind it (`undefined element 3`). */
export function meansTrap(message: string, text: string): boolean {
  const bare = message.replace(/^WebAssembly\.Instance\(\): /, '');
  const accepted = TEXTS[text] ?? TEXTS[text.replace(/ \d+$/, '')] ?? [];
  return accepted.includes(bare) || (/^out of bounds (memory|table) access$/.test(text) && SEGMENT.test(bare));
}

/** Whether the engine ran out of stack: V8's error, JavaScriptCore's and SpiderMonkey's. */
export function isExhaustion({ name, message }: Error): boolean {
  if (name === 'InternalError') return message === 'too much recursion';
  return name === 'RangeError' && /^Maximum call stack size exceeded\.?$/.test(message);
}
