/** tree-sitter with the grammar of C++, a side module of 4.7 MB. */
import { Language, Parser } from 'web-tree-sitter';
import { packageFile } from '../support.mjs';

const SOURCE = `
#include <vector>
namespace a::b { template <typename T, int N = 3> struct S : public Base<T>, private virtual C {
  explicit S(T &&t) noexcept : value{std::move(t)} {}
  virtual ~S() = default;
  auto operator<=>(const S &) const = default;
  static constexpr unsigned long long big = 0xFFull << N;
  T value; };
template <class... A> auto f(A &&...a) -> decltype(auto) { return [&, x = 1](auto y) mutable { return (a + ... + y); }; }
int main() try { for (auto &[k, v] : map) if (const auto it = v.find(k); it != v.end()) co_await it; 
  switch (x) { case 1: goto end; default: throw R"(raw "text")"; } end: return 0; } catch (...) { return 1; } }
`;

export async function run() {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(packageFile('@vscode/tree-sitter-wasm/wasm/tree-sitter-cpp.wasm')));
  return parser.parse(SOURCE.repeat(20)).rootNode.toString();
}
