/**
 * The cases: the digest that every implementation of WebAssembly must give, the first 16 hex digits of the SHA-256 of what
 * the case's `run` returns. They were made by Node 26 and are the same on Node 20, which cannot run those marked
 * `newerNode`.
 */
export const CASES = {
  cjslexer: { digest: '6c4b011ab56260b6' },
  llhttp: { digest: '7c9d79e9f7a89a79' },
  hashwasm: { digest: 'a7fa0fac2a8bdc75' },
  sourcemap: { digest: 'fdb7a9a94fd13779' },
  yoga: { digest: '8d1605b95dab89b1' },
  onig: { digest: '2b3b5ca0c6091ff1' },
  wasmoon: { digest: '01349be24849dbbb' },
  sodium: { digest: 'ac40157f2fbac3e1' },
  sqljs: { digest: '36538272fe90dc93' },
  quickjs: { digest: '2f361f5f46506889' },
  quickjsAsyncify: { digest: 'ebfe690db8f36e03' },
  zstd: { digest: '4692ddd2bfda235f' },
  brotli: { digest: 'cd8c3b28f440ea50' },
  rollup: { digest: '5bb2740564813a03' },
  zigfmt: { digest: 'c62566c6748860de' },
  gofmt: { digest: 'c0904c586a13f357' },
  dprintjson: { digest: 'd60f70614475c1f9' },
  draco: { digest: '4bb89a45c29aa5ba' },
  argon2: { digest: '38e563933eb3b696' },
  viz: { digest: 'b29e52138d3274f8' },
  wabt: { digest: 'b7ee723d7551d830' },
  treesitter: { digest: '26c227ecc20df421' },
  treesittercpp: { digest: '35ebfe8ce0b93229' },
  treesitterchunks: { digest: '8a9eff93cfd2365e' },
  assha: { digest: '6c10364600b078e6' },
  box2d: { digest: '1fece520c21e8a39' },
  eslexer: { digest: 'e371f8a47ca3c27f' },
  webifc: { digest: '25b9e560f88783c7' },
  oxc: { digest: '6934c45f4c890fb6' },
  dartfmt: { digest: 'e6aa5fdbba45e3c5', newerNode: true },
};
