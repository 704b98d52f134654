/** The text of data segments gives back the bytes, whatever they are. */
import { expect, it } from 'vitest';
import { decode_text } from '../../../runtime/vm/segment.ts';
import { encodeText } from '../../../src/6-link/segments.ts';

const back = (bytes: Uint8Array): Uint8Array =>
  decode_text(...(JSON.parse(`[${encodeText(bytes)}]`) as [string, string]));

it.each<[string, number[]]>([
  ['nothing', []],
  ['zeros', [0, 0, 0]],
  ['text', [...Buffer.from('"<script>" \\ and more')]],
  ['all values', Array.from({ length: 256 }, (_, i) => i)],
  ['all values, some frequent', Array.from({ length: 5000 }, (_, i) => (i * i * 7 + (i >> 3)) & 255)],
  ['high values frequent', Array.from({ length: 999 }, (_, i) => (i % 3 === 0 ? i & 255 : 255 - (i & 63)))],
])('%s', (_, bytes) => {
  expect(Array.from(back(Uint8Array.from(bytes)))).toEqual(bytes);
});

it('is safe in a string and in a script element', () => {
  expect(encodeText(Uint8Array.from({ length: 256 }, (_, i) => i))).toMatch(/^"[0-9a-f]{64}", "[^"<\\\n]+"$/);
});
