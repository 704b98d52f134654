/** The lexer of CommonJS exports that Node uses: clang, MVP. */
import { init, parse } from 'cjs-module-lexer';
import { packageText } from '../support.mjs';

export async function run() {
  await init();
  const found = [];
  for (const file of ['sql.js/dist/sql-asm.js', 'undici/index.js', 'wabt/index.js']) {
    try {
      const { exports, reexports } = parse(packageText(file).slice(0, 200_000));
      found.push([...exports], [...reexports]);
    } catch (error) {
      found.push(error.message);
    }
  }
  return JSON.stringify(found);
}
