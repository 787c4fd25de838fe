import { Box, Text, Transform } from 'ink';
import type { ReactElement } from 'react';
import type { Line } from './line.ts';
import { styledText } from './styled-text.ts';
import type { Theme } from './theme.ts';

export interface FrameProps {
  /** Each of exactly the terminal's width. */
  lines: readonly Line[];
  columns: number;
  theme: Theme;
}

/**
 * Finished rows on the terminal. Ink lays out one cell for each row and gets the row itself when it writes: measuring and
 * styling every span through the layout costs more than twice as much for a frame (`test/bench/tui.ts`).
 */
export function Frame({ lines, columns, theme }: FrameProps): ReactElement {
  const rows = lines.map((line) => styledText(line, theme));
  return (
    <Box width={columns} height={lines.length}>
      <Transform transform={(_cell, row) => rows[row] ?? ''}>
        <Text>{lines.map(() => '.').join('\n')}</Text>
      </Transform>
    </Box>
  );
}
