const MOST_NAMED = 3;

/** The warning about places of which not all keywords are broken, if there are any. */
export function cutText(places: readonly string[]): string[] {
  if (places.length === 0) return [];
  const more = places.length > MOST_NAMED ? ` and ${places.length - MOST_NAMED} more` : '';
  const named = `${places.slice(0, MOST_NAMED).join(', ')}${more}`;
  return [`of large schemas only the first keywords are broken, the outermost ones first: ${named}`];
}
