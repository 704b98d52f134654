/**
 * `Tag`, `Exception` and `JSTag` of the JS API (sections 5.7 to 5.11): the runtime's own classes, which have the JS API's
 * conversions already, with the attributes that Web IDL gives their members.
 */
import { Exception, js_tag, Tag } from '../vm/exception.ts';
import { tag } from './module.ts';

tag(Tag, 'WebAssembly.Tag');
tag(Exception, 'WebAssembly.Exception');
for (const member of ['is', 'getArg', 'stack']) {
  Object.defineProperty(Exception.prototype, member, { enumerable: true });
}

export { Exception, Tag };
export const JSTag = js_tag();
