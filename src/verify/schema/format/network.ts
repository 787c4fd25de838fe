/** Names and addresses of hosts, and mailboxes. */
import { isAsciiLabel, isUnicodeLabel, keepsDirection } from './label.ts';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const ATEXT = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const QUOTED = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"$/;

/** RFC 1123 §2.1, and RFC 5890 §2.3 for labels that begin with `xn--`. */
export function isHostname(text: string): boolean {
  if (text.length > 253) return false;
  return text.split('.').every((label) => LABEL.test(label) && (!/^xn--/i.test(label) || isAsciiLabel(label)));
}

/** RFC 5890 §2.3.2.3; the separators are those of RFC 3490 §3.1. */
export function isIdnHostname(text: string): boolean {
  const labels = text.split(/[.\u3002\uff0e\uff61]/);
  if (text.length > 253 || text.normalize('NFC') !== text) return false;
  return (
    labels.every((label) => (/^xn--/i.test(label) ? isAsciiLabel(label) : isUnicodeLabel(label))) &&
    keepsDirection(labels)
  );
}

/** RFC 2673 §3.2. */
export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** RFC 4291 §2.2, without a zone. */
export function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    if (half === '') {
      if (halves.length === 1) return false;
      continue;
    }
    const parts = half.split(':');
    for (const [at, part] of parts.entries()) {
      const last = index === halves.length - 1 && at === parts.length - 1;
      if (/^[0-9a-f]{1,4}$/i.test(part)) groups++;
      else if (last && isIpv4(part)) groups += 2;
      else return false;
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}

/** RFC 5321 §4.1.2. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1) return false;
  const [local, host] = [text.slice(0, at), text.slice(at + 1)];
  return (ATEXT.test(local) || QUOTED.test(local)) && (isHostname(host) || isAddressLiteral(host));
}

function isAddressLiteral(text: string): boolean {
  if (!text.startsWith('[') || !text.endsWith(']')) return false;
  const inner = text.slice(1, -1);
  return /^IPv6:/i.test(inner) ? isIpv6(inner.slice(5)) : isIpv4(inner);
}

/** RFC 6531 §3.3: as a mailbox, but characters beyond ASCII stand for themselves. */
export function isIdnEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1) return false;
  const [local, host] = [text.slice(0, at).replace(/[^\0-\x7f]/gu, 'x'), text.slice(at + 1)];
  const named = isHostname(host) || isIdnHostname(host.normalize('NFC')) || isAddressLiteral(host);
  return (ATEXT.test(local) || QUOTED.test(local)) && named;
}
