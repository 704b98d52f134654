/** Base64 of converted scripts, in engines' shells too, which have no `Buffer`: by the runtime's own decoder. */
import { decode_base64 } from '../../runtime/vm/segment.ts';

export const fromBase64 = (text: string): Uint8Array => decode_base64(text.replace(/=+$/, ''));
