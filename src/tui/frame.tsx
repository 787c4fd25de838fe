import { Box, Text } from 'ink';
import { memo, type ReactElement } from 'react';
import type { Line, Span } from './line.ts';
import type { Theme } from './theme.ts';

export interface FrameProps {
  lines: readonly Line[];
  theme: Theme;
}

/** Rows of spans on the terminal. Rows that did not change keep their elements. */
export function Frame({ lines, theme }: FrameProps): ReactElement {
  return (
    <Box flexDirection="column">
      {lines.map((line, row) => (
        <Row key={row} line={line} theme={theme} />
      ))}
    </Box>
  );
}

const Row = memo(
  function Row({ line, theme }: { line: Line; theme: Theme }): ReactElement {
    return (
      <Text wrap="truncate">
        {merged(line).map(({ text, tone, bold, inverse }, index) => (
          <Text key={index} {...theme[tone ?? 'plain']} bold={bold === true} inverse={inverse === true}>
            {text}
          </Text>
        ))}
      </Text>
    );
  },
  (before, after) => before.theme === after.theme && sameLine(before.line, after.line),
);

function sameLine(before: Line, after: Line): boolean {
  return (
    before === after ||
    (before.length === after.length &&
      before.every((part, index) => part.text === after[index]?.text && sameLook(part, after[index])))
  );
}

function sameLook(a: Span, b: Span): boolean {
  return (
    (a.tone ?? 'plain') === (b.tone ?? 'plain') &&
    (a.bold ?? false) === (b.bold ?? false) &&
    (a.inverse ?? false) === (b.inverse ?? false)
  );
}

/** Neighbours of one look become one span: fewer nodes, fewer bytes. */
function merged(line: Line): Span[] {
  const spans: Span[] = [];
  for (const part of line) {
    const last = spans.at(-1);
    if (last !== undefined && sameLook(last, part)) spans[spans.length - 1] = { ...last, text: last.text + part.text };
    else if (part.text !== '') spans.push(part);
  }
  return spans;
}
