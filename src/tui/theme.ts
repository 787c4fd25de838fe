import type { Tone } from './line.ts';

/** How a span looks; props of Ink's Text. */
export interface Look {
  color?: string;
  backgroundColor?: string;
  dimColor?: boolean;
}

export type ThemeName = 'dark' | 'light' | 'none';

export type Theme = Record<Tone, Look>;

const dark: Theme = {
  plain: {},
  dim: { color: 'gray' },
  accent: { color: 'cyan' },
  good: { color: 'green' },
  bad: { color: 'red' },
  warn: { color: 'yellow' },
  added: { color: 'green' },
  removed: { color: 'red' },
};

const light: Theme = {
  plain: {},
  dim: { color: 'gray' },
  accent: { color: 'blue' },
  good: { color: '#116329' },
  bad: { color: '#a40e26' },
  warn: { color: '#7d4e00' },
  added: { color: '#116329' },
  removed: { color: '#a40e26' },
};

const none: Theme = { plain: {}, dim: {}, accent: {}, good: {}, bad: {}, warn: {}, added: {}, removed: {} };

export const themes: Record<ThemeName, Theme> = { dark, light, none };

/** Follows NO_COLOR (https://no-color.org), TERM=dumb and COLORFGBG (`15;0` is light on dark). */
export function themeFor(env: Readonly<Record<string, string | undefined>>): ThemeName {
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return 'none';
  const background = Number(env['COLORFGBG']?.split(';').at(-1) ?? Number.NaN);
  return background === 7 || background === 15 ? 'light' : 'dark';
}
