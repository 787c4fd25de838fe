/** URIs, IRIs and their references (RFC 3986, RFC 3987), URI templates (RFC 6570), and pointers (RFC 6901). */
import { isIpv6 } from './network.ts';

const PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const SCHEME = /^[a-z][a-z0-9+.-]*$/i;
const HOST = /^((?:[^@[\]]*@)?)(\[[^\]]*\]|[^:[\]@]*)(?::\d*)?$/;
const UCS = '\\u{a0}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{ffef}\\u{10000}-\\u{effff}';
const PRIVATE = '\\u{e000}-\\u{f8ff}\\u{f0000}-\\u{10ffff}';

interface Alphabet {
  host: RegExp;
  path: RegExp;
  query: RegExp;
  fragment: RegExp;
}

function alphabet(more: string, inQuery: string): Alphabet {
  const of = (own: string): RegExp => new RegExp(`^(?:[a-z0-9._~!$&'()*+,;=${own}${more}-]|%[0-9a-f]{2})*$`, 'iu');
  return { host: of(':'), path: of(':@/'), query: of(`:@/?${inQuery}`), fragment: of(':@/?') };
}

let uri: Alphabet | undefined;
let iri: Alphabet | undefined;

/** `absolute`: a scheme must be there. `wide`: an IRI. */
export function isResource(text: string, absolute: boolean, wide: boolean): boolean {
  const match = PARTS.exec(text);
  if (!match) return false;
  const letters = wide ? (iri ??= alphabet(UCS, PRIVATE)) : (uri ??= alphabet('', ''));
  const [, scheme, authority, path = '', query = '', fragment = ''] = match;
  if (scheme === undefined ? absolute || text.startsWith(':') : !SCHEME.test(scheme)) return false;
  if (authority !== undefined && !isAuthority(authority, letters)) return false;
  return letters.path.test(path) && letters.query.test(query) && letters.fragment.test(fragment);
}

function isAuthority(text: string, letters: Alphabet): boolean {
  const [, user = '', host] = HOST.exec(text) ?? [];
  if (host === undefined || !letters.host.test(user.slice(0, -1))) return false;
  if (!host.startsWith('[')) return letters.host.test(host);
  const inner = host.slice(1, -1);
  return isIpv6(inner) || /^v[0-9a-f]+\.[a-z0-9._~!$&'()*+,;=:-]+$/i.test(inner);
}

const VARIABLE = '(?:[a-z0-9_]|%[0-9a-f]{2})+(?:\\.(?:[a-z0-9_]|%[0-9a-f]{2})+)*(?::[1-9]\\d{0,3}|\\*)?';
let template: RegExp | undefined;

export function isUriTemplate(text: string): boolean {
  template ??= new RegExp(
    // oxlint-disable-next-line no-control-regex -- RFC 6570 §2.1 names them
    `^(?:[^\\x00-\\x20"<>%\\\\^\`{|}\\x7f-\\x9f]|%[0-9a-f]{2}|\\{[+#./;?&=,!@|]?${VARIABLE}(?:,${VARIABLE})*\\})*$`,
    'iu',
  );
  return template.test(text);
}

const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;

export function isJsonPointer(text: string): boolean {
  return POINTER.test(text);
}

/** draft-bhutton-relative-json-pointer-00 §3. */
export function isRelativeJsonPointer(text: string): boolean {
  const [, rest] = /^(?:0|[1-9]\d*)(?:[+-][1-9]\d*)?(.*)$/s.exec(text) ?? [];
  return rest === '#' || (rest !== undefined && POINTER.test(rest));
}
