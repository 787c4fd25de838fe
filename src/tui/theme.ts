import type { Tone } from './line.ts';

export type ThemeName = 'dark' | 'light' | 'none';

/** SGR parameters of each tone's foreground (ECMA-48 §8.3.117); empty for the terminal's own. */
export type Theme = Record<Tone, string>;

const dark: Theme = {
  plain: '',
  dim: '90',
  accent: '36',
  good: '32',
  bad: '31',
  warn: '33',
  added: '32',
  removed: '31',
};

/** Darker than the palette's own, which many light terminals show too pale to read. */
const light: Theme = {
  plain: '',
  dim: '38;5;242',
  accent: '38;5;25',
  good: '38;5;22',
  bad: '38;5;124',
  warn: '38;5;94',
  added: '38;5;22',
  removed: '38;5;124',
};

const none: Theme = { plain: '', dim: '', accent: '', good: '', bad: '', warn: '', added: '', removed: '' };

export const themes: Record<ThemeName, Theme> = { dark, light, none };

/** Follows NO_COLOR (https://no-color.org), TERM=dumb and COLORFGBG (`15;0` is light on dark). */
export function themeFor(env: Readonly<Record<string, string | undefined>>): ThemeName {
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return 'none';
  const background = Number(env['COLORFGBG']?.split(';').at(-1) ?? Number.NaN);
  return background === 7 || background === 15 ? 'light' : 'dark';
}
