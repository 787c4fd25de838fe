const UNITS: [name: string, ms: number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
];

/** How long ago an instant was, `2 h ago`; both in epoch milliseconds. */
export function ago(atMs: number, nowMs: number): string {
  for (const [name, ms] of UNITS) {
    const count = Math.floor((nowMs - atMs) / ms);
    if (count >= 1) return `${count} ${name} ago`;
  }
  return 'just now';
}
