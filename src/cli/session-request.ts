/** What `run`, `open` and `demo` were asked for; one set of flags for all three. */
import type { ParseArgsOptionsConfig } from 'node:util';
import type { Caps } from '../events/index.ts';
import { readArguments, usdMicros, wholeNumber, type Flags, type Parsed } from './arguments.ts';

export interface SessionRequest {
  /** Name or path; null where none was given. */
  spec: string | null;
  agent: 'builtin' | 'claude';
  /** Null for the agent's default. */
  model: string | null;
  prompt: string | null;
  caps: Caps;
  seed?: number;
  runs?: number;
  /** Command line that overrides the one of `plumb.yaml`. */
  start?: string;
  allowCommands: boolean;
  apply: boolean;
  json: boolean;
  plain: boolean;
  /** Session to go on with; an id or an unambiguous beginning of one. */
  resume: string | null;
}

const OPTIONS: ParseArgsOptionsConfig = {
  agent: { type: 'string' },
  model: { type: 'string' },
  prompt: { type: 'string' },
  'max-usd': { type: 'string' },
  'max-tokens': { type: 'string' },
  'max-rounds': { type: 'string' },
  seed: { type: 'string' },
  runs: { type: 'string' },
  start: { type: 'string' },
  'allow-commands': { type: 'boolean' },
  apply: { type: 'boolean' },
  json: { type: 'boolean' },
  plain: { type: 'boolean' },
  resume: { type: 'string' },
};

/** Reads the flags; the first thing that is wrong is a usage message. */
export function readSessionRequest(args: string[]): Parsed<SessionRequest> {
  const parsed = readArguments(args, OPTIONS);
  if (parsed.kind === 'usage') return parsed;
  const { flags, positionals } = parsed.value;
  if (positionals.length > 1) return { kind: 'usage', message: `one spec at a time, not ${positionals.length}` };
  const agent = flags['agent'] ?? 'builtin';
  if (agent !== 'builtin' && agent !== 'claude') {
    return { kind: 'usage', message: `--agent is builtin or claude, not ${JSON.stringify(agent)}` };
  }
  if (agent === 'builtin' && flags['model'] !== undefined) {
    return { kind: 'usage', message: '--model goes with --agent claude; the built-in agent has no model' };
  }
  const caps = readCaps(flags);
  if (caps.kind === 'usage') return caps;
  const seed = wholeNumber(flags, 'seed', -2_147_483_648, 2_147_483_647);
  if (seed.kind === 'usage') return seed;
  const runs = wholeNumber(flags, 'runs', 1, 1_000_000);
  if (runs.kind === 'usage') return runs;
  return {
    kind: 'ok',
    value: {
      spec: positionals[0] ?? null,
      agent,
      model: text(flags, 'model'),
      prompt: text(flags, 'prompt'),
      caps: caps.value,
      ...(seed.value === undefined ? {} : { seed: seed.value }),
      ...(runs.value === undefined ? {} : { runs: runs.value }),
      ...(typeof flags['start'] === 'string' ? { start: flags['start'] } : {}),
      allowCommands: flags['allow-commands'] === true,
      apply: flags['apply'] === true,
      json: flags['json'] === true,
      plain: flags['plain'] === true,
      resume: text(flags, 'resume'),
    },
  };
}

function readCaps(flags: Flags): Parsed<Caps> {
  const money = usdMicros(flags, 'max-usd');
  if (money.kind === 'usage') return money;
  const tokens = wholeNumber(flags, 'max-tokens', 0, 1_000_000_000_000);
  if (tokens.kind === 'usage') return tokens;
  const rounds = wholeNumber(flags, 'max-rounds', 1, 1000);
  if (rounds.kind === 'usage') return rounds;
  return {
    kind: 'ok',
    value: {
      ...(money.value === undefined ? {} : { maxUsdMicros: money.value }),
      ...(tokens.value === undefined ? {} : { maxTokens: tokens.value }),
      ...(rounds.value === undefined ? {} : { maxRounds: rounds.value }),
    },
  };
}

function text(flags: Flags, name: string): string | null {
  const value = flags[name];
  return typeof value === 'string' ? value : null;
}
