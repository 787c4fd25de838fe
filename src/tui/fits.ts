/** Below this a screen has no room for its panes. */
const LEAST = { columns: 60, rows: 12 };

/** Why a session should be told as lines of text instead of drawn; null where a screen fits. */
export function noScreen(
  size: { columns: number; rows: number },
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  if (env['INK_SCREEN_READER'] === 'true' || (env['ACCESSIBLE'] ?? '') !== '') return 'a screen reader is in use';
  if (env['TERM'] === 'dumb') return 'the terminal is dumb';
  if (size.columns < LEAST.columns || size.rows < LEAST.rows) {
    return `the terminal has ${size.columns}×${size.rows} cells; a screen needs ${LEAST.columns}×${LEAST.rows}`;
  }
  return null;
}
