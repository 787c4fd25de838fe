/**
 * What a service keeps in its own hands, or may take otherwise than it was sent: by what its name means, and by what the
 * contract says of it. Of such a field nothing is demanded.
 */
import { isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Spec } from '../../spec/model.ts';
import { wordsOf } from '../cases/names.ts';
import { facets } from '../cases/schema-walk.ts';

/** Words of names that mean what follows from what happens, who asks, or what is kept to oneself. */
const KEPT = new Set(
  [
    'id uuid guid slug key ref reference number no seq sequence serial code hash checksum digest',
    'version revision rev etag status state stage phase step level rank position order sort',
    'role roles permission permissions scope scopes owner author creator user tenant account by',
    'password secret token pin otp credential credentials signature',
    'balance total subtotal sum paid due remaining available stock inventory',
    'count counter counts likes views votes score average progress',
    'created updated modified changed deleted archived removed published approved verified confirmed locked',
    'expires expiry expired completed finished closed cancelled canceled at on time timestamp since until',
    'default primary main current',
  ].flatMap((line) => line.split(' ')),
);

/** True for a name that may be of a thing that the service decides on, whatever is sent. */
export function isKept(name: string): boolean {
  return wordsOf(name).some((word) => KEPT.has(word));
}

/** Words of names that mean what moves by rules of its own, or is another's to give, whoever gave it at first. */
const OWNED = new Set(
  [
    'id uuid guid slug key hash checksum digest signature version revision rev etag',
    'status state stage phase step role roles permission permissions scope scopes',
    'owner author creator user tenant account by password secret token pin otp credential credentials',
    'balance paid created updated modified changed deleted archived removed default primary main current',
  ].flatMap((line) => line.split(' ')),
);

/** Words of names that mean what other things have a say in, or what is reckoned. */
const MOVED = new Set(
  'position rank order sort total subtotal sum remaining available stock inventory count counter counts likes views votes average progress'.split(
    ' ',
  ),
);

/** True for a name that means what a client gives, where the contract demands it or says what it is otherwise. */
export function isGiven(name: string): boolean {
  return !isOwned(name) && !wordsOf(name).some((word) => MOVED.has(word));
}

/** True for a name that a change may be told of and rightly leave as it is. */
export function isOwned(name: string): boolean {
  return wordsOf(name).some((word) => OWNED.has(word));
}

/** Words with which a contract says that a value need not stay as it was sent. */
const SAYS_SO =
  /read.?only|ignor|server|system|comput|calculat|deriv|generat|automatic|internal|normali|round|trim|truncat|cap(ped|s)\b|clamp|limited to|at most|up to|lower.?case|upper.?case|sanit|escap|strip|dedup|default|if (it |one )?is (absent|missing|omitted)|when (absent|missing|omitted)|unchanged|best.?effort|hint|may be (changed|adjusted|different)|adjust|override|convert|admin/i;

/** True where the contract reserves it, with a keyword or in words; any extension may do so. */
export function isReserved(spec: Spec, pointers: string[]): boolean {
  const stated = pointers.flatMap((pointer): JsonValue[] => {
    const schemas = [...facets(spec, pointer)].map(({ schema }) => schema);
    return schemas.length > 0 ? schemas : [valueAt(spec.document, pointer) ?? null];
  });
  return stated.some(
    (one) =>
      isObject(one) &&
      (one['readOnly'] === true ||
        one['writeOnly'] === true ||
        one['deprecated'] === true ||
        Object.keys(one).some((name) => name.startsWith('x-') && name !== 'x-invariants') ||
        [one['description'], one['summary'], one['title']].some(
          (text) => typeof text === 'string' && SAYS_SO.test(text),
        )),
  );
}
