import { Box, Text, Transform } from 'ink';
import type { ReactElement } from 'react';
import { fitLine, type Line } from './line.ts';
import { styledText } from './styled-text.ts';
import type { Theme } from './theme.ts';

export interface FrameProps {
  /** Each of exactly the terminal's width. */
  lines: readonly Line[];
  columns: number;
  theme: Theme;
  /**
   * Columns of the terminal at the moment of writing. After a resize Ink writes the old frame once more, before React
   * has made the new one; a row wider than the terminal would wrap and push the rest of the screen away.
   */
  columnsNow?: () => number;
}

/**
 * Finished rows on the terminal. Ink lays out one cell for each row and gets the row itself when it writes: measuring and
 * styling every span through the layout costs more than twice as much for a frame (`test/bench/tui.ts`).
 */
export function Frame({ lines, columns, theme, columnsNow }: FrameProps): ReactElement {
  const rows = lines.map((line) => styledText(line, theme));
  const rowText = (row: number): string => {
    const now = columnsNow?.() ?? columns;
    const line = lines[row];
    return now >= columns || line === undefined ? (rows[row] ?? '') : styledText(fitLine(line, now), theme);
  };
  return (
    <Box width={columns} height={lines.length}>
      <Transform transform={(_cell, row) => rowText(row)}>
        <Text>{lines.map(() => '.').join('\n')}</Text>
      </Transform>
    </Box>
  );
}
