/** Mozilla's source-map: Rust, with callbacks into JavaScript. */
import { packageText, require } from '../support.mjs';

export async function run() {
  const { SourceMapConsumer } = require('source-map');
  const found = [];
  await SourceMapConsumer.with(packageText('wasmparser/dist/cjs/WasmParser.js.map'), null, (consumer) => {
    consumer.computeColumnSpans?.();
    consumer.eachMapping((m) => found.push(m.generatedLine, m.generatedColumn, m.originalLine, m.originalColumn));
    for (let line = 1; line < 2000; line++) found.push(consumer.originalPositionFor({ line, column: 5 }).line);
  });
  return JSON.stringify(found);
}
