/** Texts at the edges of a format: days that only some years have, the ends of a year and of a day (RFC 3339 §5.6). */

const EDGES: Readonly<Record<string, readonly string[]>> = {
  date: ['2024-02-29', '2000-02-29', '2023-12-31', '2024-01-01', '2023-01-31'],
  'date-time': ['2024-02-29T23:59:59Z', '2000-02-29T00:00:00Z', '2023-12-31T12:30:00+01:00'],
  time: ['00:00:00Z', '23:59:59Z'],
};

/** None for a format that has no edges. */
export function edgesOfFormat(format: string): readonly string[] {
  return Object.hasOwn(EDGES, format) ? (EDGES[format] ?? []) : [];
}
