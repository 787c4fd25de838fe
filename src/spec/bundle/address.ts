/** Where the text of a `$ref` leads, before anything is read: only relative paths inside the folder are followed. */
import { posix } from 'node:path';

export type Address =
  /** In the same resource; the fragment is without `#`. */
  | { kind: 'here'; fragment: string }
  /** A file of the folder. */
  | { kind: 'file'; path: string; fragment: string }
  /** A URI that only an `$id` or `$self` of a file that was read can have. */
  | { kind: 'uri'; uri: string; fragment: string }
  | { kind: 'refused'; message: string; hint: string };

const INSIDE = 'put a copy into the folder of the contract, and refer to it by a relative path';

/** Reads a `$ref` text that is written in the file at `from`. */
export function addressOf(ref: string, from: string): Address {
  const hash = ref.indexOf('#');
  const place = hash < 0 ? ref : ref.slice(0, hash);
  const fragment = hash < 0 ? '' : ref.slice(hash + 1);
  const refused = (message: string): Address => ({
    kind: 'refused',
    message: `reference ${shown(ref)} ${message}`,
    hint: INSIDE,
  });
  if (place === '') return { kind: 'here', fragment };
  if (/^file:/i.test(place) || /^[a-z]:/i.test(place)) return refused('names a file of this machine and is not read');
  if (/^[a-z][a-z0-9+.-]*:/i.test(place)) return { kind: 'uri', uri: place, fragment };
  if (place.startsWith('//') || place.startsWith('\\\\')) return refused('names another machine and is not read');
  if (isOdd(place)) return refused('is not a path with `/`');
  const path = decoded(place);
  if (path === undefined || isOdd(path)) return refused('is not a path with `/`');
  if (path.startsWith('/')) return refused('is an absolute path and is not read');
  const target = posix.normalize(posix.join(posix.dirname(from), path));
  if (target === '..' || target.startsWith('../')) return refused('leaves the folder of the contract and is not read');
  if (target.split('/').some((part) => part.toLowerCase() === '.git')) return refused('leads into git and is not read');
  return { kind: 'file', path: target, fragment };
}

/** Backslashes and control characters, which no path has that is meant to work on every machine. */
function isOdd(path: string): boolean {
  return [...path].some((character) => character === '\\' || character < ' ');
}

/** A text from a document in a message: quoted, and not endless. */
export function shown(ref: string): string {
  return JSON.stringify(ref.length > 200 ? `${ref.slice(0, 200)}…` : ref);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
