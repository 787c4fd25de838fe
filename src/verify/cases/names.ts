/** Says which names speak of the same thing: `employeeId`, `employee_id` and the collection `/employees`. */

/** The lower-case words of an identifier in any of the usual cases. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

/** The words of an identifier as one text, `order id` for `orderId`, `order_id` and `Order-ID`. */
export function spelled(name: string): string {
  let text = spellings.get(name);
  if (text === undefined) {
    if (spellings.size >= MOST_SPELLINGS) spellings.clear();
    spellings.set(name, (text = wordsOf(name).join(' ')));
  }
  return text;
}

/** Large contracts ask for the same names again and again. */
const spellings = new Map<string, string>();
const MOST_SPELLINGS = 50_000;

const IRREGULAR = new Map(
  Object.entries({
    people: 'person',
    persons: 'person',
    children: 'child',
    men: 'man',
    women: 'woman',
    mice: 'mouse',
    feet: 'foot',
    teeth: 'tooth',
    geese: 'goose',
    indices: 'index',
    indexes: 'index',
    matrices: 'matrix',
    vertices: 'vertex',
    appendices: 'appendix',
    criteria: 'criterion',
    phenomena: 'phenomenon',
    media: 'medium',
    curricula: 'curriculum',
    movies: 'movie',
    cookies: 'cookie',
    ties: 'tie',
    pies: 'pie',
    heroes: 'hero',
    potatoes: 'potato',
    tomatoes: 'tomato',
    echoes: 'echo',
    leaves: 'leave',
    knives: 'knife',
    wives: 'wife',
    lives: 'life',
    shelves: 'shelf',
    halves: 'half',
    wolves: 'wolf',
    loaves: 'loaf',
    calves: 'calf',
    thieves: 'thief',
    quizzes: 'quiz',
    buses: 'bus',
    gases: 'gas',
    aliases: 'alias',
    atlases: 'atlas',
    canvases: 'canvas',
    lenses: 'lens',
    news: 'news',
    series: 'series',
    species: 'species',
  }),
);

/** English singular of a lower-case word, as far as path segments need it. */
export function singular(word: string): string {
  const known = IRREGULAR.get(word);
  if (known !== undefined) return known;
  if (/(analy|cri|the|diagno)ses$/.test(word)) return `${word.slice(0, -2)}is`;
  if (/(stat|camp|vir|bon|sens|foc)uses$/.test(word)) return word.slice(0, -2);
  if (/(ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(ches|shes|sses|xes|zes)$/.test(word)) return word.slice(0, -2);
  if (word.endsWith('s')) return word.slice(0, -1);
  return word;
}

/** The thing that a collection segment holds: `/leave-requests` holds `leave request`. */
export function thingOf(segment: string): string {
  const words = wordsOf(segment);
  return words.map((word, index) => (index === words.length - 1 ? singular(word) : word)).join(' ');
}

/** Last words of names that refer to a resource whatever else they say. */
const ID_WORDS = new Set(['id', 'ids', 'uuid', 'uuids', 'guid', 'guids', 'identifier']);
/** Last words of names that refer to a resource where something is called like the words before them. */
const KEY_WORDS = new Set([...ID_WORDS, 'key', 'code', 'slug', 'number', 'no', 'ref', 'reference', 'sku', 'handle']);

/** The thing that a field refers to, `fromAccountId` → `from account`; undefined where the name is no reference. */
export function referredThing(field: string): string | undefined {
  return thingBefore(field, ID_WORDS);
}

/** Like `referredThing`, also for `orderNumber` and `product_code`: whoever asks must know a thing of that name. */
export function keyedThing(field: string): string | undefined {
  return thingBefore(field, KEY_WORDS);
}

function thingBefore(field: string, lasts: ReadonlySet<string>): string | undefined {
  const words = wordsOf(field);
  const last = words.at(-1);
  if (words.length < 2 || last === undefined || !lasts.has(last)) return undefined;
  return words.slice(0, -1).join(' ');
}

/** True where a reference speaks of a thing, with or without a qualifier before it. */
export function refersTo(reference: string, thing: string): boolean {
  return reference === thing || reference.endsWith(` ${thing}`);
}

/** True for `id`, `todoId` and, for the thing `todo`, also `todo` itself; false for names such as `slug` or `isbn`. */
export function isIdLike(name: string, thing: string): boolean {
  const words = wordsOf(name);
  const [last = ''] = words.slice(-1);
  return ID_WORDS.has(last) || refersTo(thing, words.join(' ')) || refersTo(words.join(' '), thing);
}

/** Name of the header with which a request that is sent again makes nothing a second time. */
export const IDEMPOTENCY_KEY = /idempotency-key$/i;
