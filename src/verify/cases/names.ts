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

/** English singular of a lower-case word, as far as path segments need it. */
export function singular(word: string): string {
  if (/(ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(ches|shes|sses|xes|zes)$/.test(word)) return word.slice(0, -2);
  if (word.endsWith('s')) return word.slice(0, -1);
  return word;
}

/** The thing that a collection segment holds: `/leave-requests` holds `leave request`. */
export function thingOf(segment: string): string {
  const words = wordsOf(segment);
  return words.map((word, index) => (index === words.length - 1 ? singular(word) : word)).join(' ');
}

/** The thing that a field refers to, `fromAccountId` → `from account`; undefined where the name is no reference. */
export function referredThing(field: string): string | undefined {
  const words = wordsOf(field);
  const last = words.at(-1);
  if (words.length < 2 || (last !== 'id' && last !== 'ids' && last !== 'uuid')) return undefined;
  return words.slice(0, -1).join(' ');
}

/** True where a reference speaks of a thing, with or without a qualifier before it. */
export function refersTo(reference: string, thing: string): boolean {
  return reference === thing || reference.endsWith(` ${thing}`);
}
