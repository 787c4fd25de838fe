import { printable } from '../printable.ts';
import { shortDigest } from '../../session/format.ts';
import type { State } from '../../session/state.ts';
import { verdictText } from '../../session/verdict-text.ts';
import { fitLine, type Line, lineWidth, span, type Tone } from '../line.ts';

/** Spec and version, verdict, round, session and model in one row; what matters least goes first when it is narrow. */
export function headerLine(state: State, width: number): Line {
  const { header, outcome } = state;
  const name = printable(header.spec === '' ? 'plumbline' : header.spec);
  const version = header.version === '' ? '' : shortDigest(header.version);
  const round = state.rounds.at(-1)?.round;
  const left: Line = [span(` ${name}`, 'plain', true), span(version === '' ? '' : `  ${version}`, 'accent')];
  const before: Line =
    header.previousVersion === null ? [] : [span(` ← ${shortDigest(header.previousVersion)}`, 'dim')];
  const verdict: Line = [span(verdictText(state), TONES[toneKey(state)], true)];
  const rest: Line[] = [
    round === undefined ? [] : [span(`round ${round}`, 'plain')],
    outcome.activity === 'idle' && header.session !== '' ? [span('ready', 'dim')] : [],
    header.agent === null ? [] : [span(printable(header.model ?? 'built-in agent'), 'dim')],
    header.session === '' ? [] : [span(printable(header.session), 'dim')],
    header.sandbox.kind === 'none' && header.session !== '' ? [span('no sandbox', 'warn')] : [],
  ].filter((part) => part.length > 0);
  return packed(left, before, verdict, rest, width);
}

function packed(left: Line, before: Line, verdict: Line, rest: readonly Line[], width: number): Line {
  const gap = span('   ');
  let line: Line = [...left, gap, ...verdict];
  // Without room the version goes before the verdict is cut.
  if (lineWidth(line) > width) line = [...left.slice(0, 1), gap, ...verdict];
  if (lineWidth(line) + lineWidth(before) + 40 <= width) line = [...left, ...before, gap, ...verdict];
  let right: Line = [];
  for (const part of rest) {
    const next = [...right, gap, ...part];
    if (lineWidth(line) + lineWidth(next) + 1 > width) continue;
    right = next;
  }
  return right.length === 0
    ? fitLine(line, width)
    : [...fitLine(line, width - lineWidth(right) - 1), ...right, span(' ')];
}

const TONES: Record<'pass' | 'fail' | 'error' | 'none', Tone> = {
  pass: 'good',
  fail: 'bad',
  error: 'warn',
  none: 'accent',
};

function toneKey(state: State): keyof typeof TONES {
  return state.outcome.activity === 'verifying' ? 'none' : (state.outcome.verdict ?? 'none');
}
