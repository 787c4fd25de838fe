/** Figures as a person reads them. Fixed shapes, so that a column of them does not jump. */

/** `812`, `12.3k`, `4.56M`. */
export function formatCount(count: number): string {
  if (count < 1000) return String(Math.round(count));
  if (count < 99_950) return `${(count / 1000).toFixed(1)}k`;
  if (count < 999_500) return `${Math.round(count / 1000)}k`;
  return `${(count / 1e6).toFixed(2)}M`;
}

/** `1,940`. */
export function formatWhole(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Micro-dollars as `$0.042`; below a dollar three decimals, above two. */
export function formatUsd(usdMicros: number): string {
  const usd = usdMicros / 1e6;
  return `$${usd >= 1 || usd === 0 ? usd.toFixed(2) : usd.toFixed(3)}`;
}

/** `2m 14s`, `14.2 s`, `310 ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

/** `3.1 ms`, `128 ms`. */
export function formatMs(ms: number): string {
  return ms < 100 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** `0.91` as `91 %`. */
export function formatShare(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** The first 12 of a digest's hex digits; what is no hex digit shows as `?`. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12).replaceAll(/[^0-9a-f]/gi, '?');
}

/** Elapsed time as `00:01:52`. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
