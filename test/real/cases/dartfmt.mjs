/** Dart's formatter by dart2wasm: GC, call_ref, legacy exceptions, no linear memory. */
const SOURCE =
  'void main(){var x=[1,2,3].map((e)=>e*2).toList();for(final q in x){print("$q");}}\nclass A extends B{final int a;A(this.a):super(a);}';

export async function run() {
  // The package compiles its module when it is imported.
  const { format } = await import('@wasm-fmt/dart_fmt');
  return format(SOURCE);
}
