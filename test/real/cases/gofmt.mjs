/** Go's formatter, compiled by TinyGo. */
import * as go from '@wasm-fmt/gofmt';

export async function run() {
  await go.default?.();
  return go.format('package main\nimport "fmt"\nfunc main(){x:=[]int{1,2,3};for i,v:=range x{fmt.Println(i,v)}}\n');
}
