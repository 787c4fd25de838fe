/** A frame is drawn anew in place: what Ink writes is exactly the rows it was given, before and after a change. */
import { render } from 'ink-testing-library';
import { expect, it } from 'vitest';
import { draw } from '../../src/tui/draw.ts';
import { Frame } from '../../src/tui/frame.tsx';
import { plainText } from '../../src/tui/line.ts';
import { themes } from '../../src/tui/theme.ts';
import { sceneOf } from '../support/scene.ts';
import { vacationSession } from '../support/vacation-session.ts';

it('shows the rows of a scene, then those of the next', () => {
  const rowsOf = (name: 'failing' | 'passing') => draw(sceneOf(vacationSession(name), 80, 24)).lines;
  const written = (rows: ReturnType<typeof rowsOf>) => rows.map((row) => plainText(row).trimEnd()).join('\n');
  const before = rowsOf('failing');
  const after = rowsOf('passing');
  const screen = render(<Frame lines={before} columns={80} theme={themes.none} />);
  const shown = () =>
    (screen.lastFrame() ?? '')
      // oxlint-disable-next-line no-control-regex -- bold and inverse remain without colours
      .replaceAll(/\u001b\[[\d;]*m/g, '')
      .split('\n')
      .map((row) => row.trimEnd())
      .join('\n');
  expect(shown()).toBe(written(before));
  screen.rerender(<Frame lines={after} columns={80} theme={themes.none} />);
  expect(shown()).toBe(written(after));
  expect(written(after)).not.toBe(written(before));
  screen.unmount();
});
