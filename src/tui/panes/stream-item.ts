import { printable } from '../printable.ts';
import { formatDuration, formatWhole, shortDigest } from '../../session/format.ts';
import { GLYPH } from '../../session/marks.ts';
import { memoize } from '../../session/memoize.ts';
import type { Item, ToolItem } from '../../session/transcript.ts';
import { cut, cutStart, widthOf, wrap } from '../../session/wrap.ts';
import { blankLine, type Line, lineWidth, span, spread, type Tone } from '../line.ts';
import { markdown, outputLines, paragraphs } from './prose.ts';

const remembered = memoize((_item: Item) => new Map<string, Line[]>());

/** The rows of one thing in the stream; drawn once for each width. */
export function itemLines(item: Item, width: number, verbose: boolean): Line[] {
  const known = remembered(item);
  const key = `${width}${verbose ? 'v' : ''}`;
  const lines = known.get(key) ?? drawItem(item, width, verbose);
  if (known.size > 3) known.clear();
  known.set(key, lines);
  return lines;
}

function drawItem(item: Item, width: number, verbose: boolean): Line[] {
  switch (item.kind) {
    case 'round':
      return [
        blankLine(width),
        [span(`── round ${item.round} ${'─'.repeat(Math.max(0, width - 10 - String(item.round).length))}`, 'dim')],
      ];
    case 'prompt':
      return [
        blankLine(width),
        ...paragraphs(item.text, width - 2, 'accent').map((line, row): Line => [
          span(row === 0 ? '› ' : '  ', 'accent', true),
          ...line,
        ]),
      ];
    case 'text':
      return [...markdown(item.text.trimEnd(), width), blankLine(width)];
    case 'thinking': {
      const lines = paragraphs(item.text.trimEnd(), width, 'dim', '┊ ');
      return verbose || lines.length <= 3
        ? lines
        : [...lines.slice(0, 2), [span(`┊ … ${lines.length - 2} more lines of thinking (v)`, 'dim')]];
    }
    case 'tool':
      return toolLines(item, width, verbose);
    case 'note':
      return paragraphs(item.text, width, 'plain');
    case 'notice': {
      const tone = item.level === 'error' ? 'bad' : item.level === 'warning' ? 'warn' : 'dim';
      const mark = item.level === 'info' ? 'note' : item.level;
      return paragraphs(`${mark}: ${item.text}`, width, tone);
    }
    case 'fault': {
      const next = item.retryInMs === null ? 'not tried again' : `next try in ${formatDuration(item.retryInMs)}`;
      return paragraphs(`! ${item.fault}, attempt ${item.attempt}: ${item.message} (${next})`, width, 'warn');
    }
    case 'change':
      return changeLines(item.files, width, verbose);
    case 'applied': {
      const where =
        item.mode === 'merge' ? 'merged into the working tree' : `committed on ${item.branch ?? 'no branch'}`;
      const which = item.files.length > 3 && !verbose ? `${item.files.length} files` : item.files.join(', ');
      const lines = paragraphs(`◆ ${where}: ${which}`, width, 'good');
      return item.conflicts.length === 0
        ? lines
        : [...lines, ...paragraphs(`left alone for conflicts: ${item.conflicts.join(', ')}`, width, 'warn')];
    }
    case 'verification':
      return verificationLines(item, width);
    case 'rolledBack':
      return paragraphs(
        `rolled back from ${shortDigest(item.from)} to ${shortDigest(item.to)} on ${item.branch}`,
        width,
        'accent',
      );
    case 'interrupted':
      return paragraphs(`■ stopped: ${item.reason}`, width, 'warn');
    case 'ended':
      return [
        blankLine(width),
        ...paragraphs(
          `${GLYPH[item.verdict]} ${item.message}`,
          width,
          item.verdict === 'pass' ? 'good' : item.verdict === 'fail' ? 'bad' : 'warn',
        ),
      ];
    default:
      return item satisfies never;
  }
}

const MAX_FILES = 6;

/** The files of a change; of a long list the biggest changes. */
function changeLines(files: Extract<Item, { kind: 'change' }>['files'], width: number, verbose: boolean): Line[] {
  const row = (title: Line, additions: number, deletions: number): Line =>
    spread(title, [span(` +${additions}`, 'added'), span(` −${deletions}`, 'removed')], width);
  const plain = (path: string): Line => [
    span('± ', 'accent'),
    span(cutStart(printable(path), Math.max(8, width - 14))),
  ];
  if (verbose || files.length <= MAX_FILES) {
    return files.map(({ path, additions, deletions }) => row(plain(path), additions, deletions));
  }
  const size = (file: (typeof files)[number]): number => file.additions + file.deletions;
  const biggest = files.toSorted((a, b) => size(b) - size(a)).slice(0, MAX_FILES - 2);
  const sum = (pick: 'additions' | 'deletions'): number => files.reduce((total, file) => total + file[pick], 0);
  return [
    row([span('± ', 'accent'), span(`${files.length} files`)], sum('additions'), sum('deletions')),
    ...biggest.map(({ path, additions, deletions }) =>
      row([span('  '), ...plain(path).slice(1)], additions, deletions),
    ),
    [span(`  … ${files.length - biggest.length} more (v shows all)`, 'dim')],
  ];
}

function toolLines(item: ToolItem, width: number, verbose: boolean): Line[] {
  const mark: Record<ToolItem['status'], [string, Tone]> = {
    requested: ['▸', 'accent'],
    approved: ['▸', 'accent'],
    refused: ['⊘', 'warn'],
    done: ['▸', 'dim'],
    failed: ['✗', 'bad'],
  };
  const [glyph, tone] = mark[item.status];
  const title = printable(item.title === '' ? item.tool : item.title);
  const summary = printable(item.summary);
  const took =
    item.durationMs === null ? (item.status === 'requested' ? 'waits' : '') : formatDuration(item.durationMs);
  const said = summary === title ? '' : summary;
  const troubled = item.status === 'failed' || item.status === 'refused';
  const rest = troubled ? widthOf(took) + 3 : widthOf(said) + Math.max(6, widthOf(took)) + 6;
  // Of a path that leaves no room its end says most.
  const short = widthOf(title) + rest <= width ? title : title.replaceAll(/\S+\/(?=[^\s/]+)/g, '…/');
  const left: Line = [span(`${glyph} `, tone), span(short)];
  // A short summary stands in the row itself, where there is room for both.
  const inRow = !troubled && lineWidth(left) + rest - 2 <= width;
  const right: Line = [
    span(inRow && said !== '' ? `  ${said}  ` : ' ', 'dim'),
    span(took.padStart(inRow ? 6 : 0), 'dim'),
  ];
  const lines: Line[] = [spread(left, right, width)];
  if (!inRow && said !== '') {
    const parts = wrap(said, Math.max(1, width - 2)).slice(0, verbose ? 20 : 2);
    lines.push(...parts.map((line): Line => [span(`  ${line}`, troubled ? tone : 'dim')]));
  }
  if (item.output !== '' && (verbose || item.status === 'failed'))
    lines.push(...outputLines(item.output, width, verbose ? 40 : 5));
  return lines;
}

function verificationLines(item: Extract<Item, { kind: 'verification' }>, width: number): Line[] {
  const right =
    item.durationMs === null
      ? []
      : [span(` ${formatWhole(item.cases)} cases  ${formatDuration(item.durationMs)}`, 'dim')];
  const glyph = item.verdict === null ? GLYPH.running : GLYPH[item.verdict];
  const tone: Tone =
    item.verdict === null ? 'accent' : item.verdict === 'pass' ? 'good' : item.verdict === 'fail' ? 'bad' : 'warn';
  const what =
    item.verdict === null
      ? `verifying ${item.total} properties, ${item.held} hold`
      : `${item.held} of ${item.total} properties hold`;
  const broken = item.broken
    .slice(0, 4)
    .map(({ id, verdict }): Line => [
      span(`  ${GLYPH[verdict]} `, verdict === 'fail' ? 'bad' : 'warn'),
      span(cut(printable(id), Math.max(1, width - 4))),
    ]);
  const more = item.broken.length > 4 ? [[span(`  … and ${item.broken.length - 4} more`, 'dim')]] : [];
  return [spread([span(`${glyph} `, tone), span(what, tone)], right, width), ...broken, ...more];
}
