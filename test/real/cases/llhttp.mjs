/** undici's HTTP parser, called directly: function imports that the guest calls back. */
import { require } from '../support.mjs';

function chunkedResponse() {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n';
  const chunks = Array.from({ length: 50 }, (_, i) => {
    const body = 'y'.repeat(i + 1);
    return `${body.length.toString(16)}\r\n${body}\r\n`;
  });
  return Buffer.from(`${head}${chunks.join('')}0\r\n\r\n`);
}

export async function run() {
  const events = [];
  const span = (name) => (_parser, at, length) => {
    events.push([name, at, length]);
    return 0;
  };
  const point = (name) => () => {
    events.push(name);
    return 0;
  };
  const { instance } = await WebAssembly.instantiate(require('undici/lib/llhttp/llhttp-wasm.js'), {
    env: {
      wasm_on_url: span('url'),
      wasm_on_status: span('st'),
      wasm_on_message_begin: span('mb'),
      wasm_on_header_field: span('hf'),
      wasm_on_header_value: span('hv'),
      wasm_on_headers_complete: point('hc'),
      wasm_on_body: span('b'),
      wasm_on_message_complete: point('mc'),
    },
  });
  const { llhttp_alloc, llhttp_execute, malloc, memory } = instance.exports;
  const parser = llhttp_alloc(2);
  const message = chunkedResponse();
  const at = malloc(message.length);
  for (let k = 0; k < 20; k++) {
    new Uint8Array(memory.buffer, at, message.length).set(message);
    events.push(llhttp_execute(parser, at, message.length));
  }
  return JSON.stringify(events);
}
