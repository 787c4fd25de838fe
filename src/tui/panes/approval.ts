import { exactly, printable } from '../printable.ts';
import type { Approval } from '../../session/store.ts';
import { wrap } from '../../session/wrap.ts';
import { fitLine, type Line, span } from '../line.ts';

/** A frame like no other on the screen: what would run, exactly, with hidden characters made visible. */
export function approvalLines(approval: Approval, width: number, height: number): Line[] {
  const inside = Math.max(4, width - 6);
  const command = wrap(exactly(approval.detail), inside);
  const room = Math.max(1, height - 8);
  const shown = command.slice(0, room);
  const rest = command.length - shown.length;
  const row = (line: Line): Line => [span('║  ', 'warn'), ...fitLine(line, inside), span('  ║', 'warn')];
  const title = ' This command is not confined. Run it? ';
  const rule = Math.max(0, width - 4 - title.length);
  return [
    fitLine([span('╔══', 'warn'), span(title, 'warn', true), span(`${'═'.repeat(rule)}╗`, 'warn')], width),
    row([span(printable(approval.title), 'plain', true)]),
    row([]),
    ...shown.map((line) => row([span(line)])),
    ...(rest > 0 ? [row([span(`… ${rest} more lines are not shown: refuse what you cannot read`, 'bad')])] : []),
    row([]),
    row([span('y', 'plain', true), span(' run it once     '), span('n', 'plain', true), span(' refuse')]),
    fitLine([span(`╚${'═'.repeat(Math.max(0, width - 2))}╝`, 'warn')], width),
  ];
}
