/** A failing case as a counterexample: shrunk, run once more, and written as a script. */
import type { Counterexample, PropertyRef } from '../../events/index.ts';
import { drawValue } from '../draw.ts';
import { shrink } from '../run/shrink.ts';
import type { Case, Sent } from './call.ts';
import type { Fault, Judgement, Property } from './checks/property.ts';
import type { Tried } from './decide.ts';
import type { GraphEngine } from './engine.ts';
import { replayed } from './replay.ts';
import { type Reach, scriptOf } from './reproducer.ts';

const SHRINK_ATTEMPTS = 300;
const SHRINK_MS = 3000;
const LEAST_SHRINK_MS = 200;
/** Counterexamples of a run that are each shown on a fresh subject. */
const MANY = 10;
/** Calls that a person is shown; the script has them all. */
const MOST_EXCHANGES = 20;
/** Cases that are tried on a fresh subject where a failure hangs on what others left behind. */
const ALONE = 20;

/** A fault, and the calls that show it. */
export interface Finding {
  fault: Fault;
  sent: Sent[];
}

/** What a judgement found, if it failed. */
export function findingOf(judgement: Judgement): Finding | undefined {
  return judgement.kind === 'failed' ? { fault: judgement, sent: judgement.sent } : undefined;
}

export interface CounterexampleOptions {
  engine: GraphEngine;
  property: Property;
  ref: PropertyRef;
  tried: Tried;
  finding: Finding;
  reach: Reach;
  renew: () => Promise<boolean>;
  again: (drawn: Case) => Promise<Finding | undefined>;
  /** Counterexamples that were told before; the more there are, the less time is spent on one. */
  explained: number;
  /** Cases that ran on the same subject before, oldest first. */
  past: readonly Case[];
}

/** Shrinks, runs once more, and writes the script. */
export async function counterexampleOf({
  engine,
  property,
  ref,
  tried,
  finding,
  reach,
  renew,
  again,
  past,
  explained,
}: CounterexampleOptions): Promise<Counterexample> {
  // What lists show may have been left by other cases; then a case that fails alone is looked for.
  const alone = async (drawn: Case): Promise<Finding | undefined> => ((await renew()) ? again(drawn) : undefined);
  let { index, drawn } = tried;
  // What hangs is shown as it was found: each attempt to make it smaller would hang as long.
  const hangs = finding.sent.some(({ answer }) => answer.kind === 'fault' && answer.silent === true);
  engine.forgive();
  let first = hangs ? undefined : property.fresh === true ? await alone(drawn.value) : await again(drawn.value);
  const others = property.fresh === true && !hangs ? ALONE : 0;
  for (let turn = 0; first === undefined && turn < others; turn++) {
    const other = drawValue(property.arbitrary(turn), engine.seed, property.ref.id, turn);
    const found = await alone(other.value);
    if (found !== undefined) [index, drawn, first] = [turn, other, found];
  }
  const fails = property.fresh === true && first !== undefined ? alone : again;
  const limits = { attempts: SHRINK_ATTEMPTS, timeMs: Math.max(LEAST_SHRINK_MS, SHRINK_MS / (1 + explained / 2)) };
  const shrunk =
    first === undefined
      ? { value: drawn.value, result: finding, path: String(index), shrinks: 0 }
      : await shrink(property.arbitrary(index), drawn, first, index, fails, limits);
  // What a script is to show it must show on a fresh subject, after what others left behind if need be.
  const twice = async (after: readonly Sent[][]): Promise<Finding | undefined> => {
    if (!(await renew())) return undefined;
    for (const one of after) await engine.run(one.map(({ step }) => step));
    return again(shrunk.value);
  };
  // Where much fails, most of it has one cause; the later ones are believed without a fresh subject for each.
  const isOneOfMany = explained >= MANY && first !== undefined;
  const lone = isOneOfMany ? shrunk.result : first === undefined && !hangs ? undefined : await alone(shrunk.value);
  const replay =
    first === undefined || lone !== undefined
      ? undefined
      : await replayed({ engine, past, renew, fails: () => again(shrunk.value), timeMs: limits.timeMs });
  const shown = lone ?? replay?.finding;
  const before = replay?.before ?? [];
  const isCompared = shown?.fault.test.includes('seen[') === true && !hangs;
  const twin = isCompared ? await twice(before) : undefined;
  const { fault, sent } = shown ?? shrunk.result;
  const focus = sent[fault.focus];
  return {
    seed: engine.seed,
    path: shrunk.path,
    shrinks: shrunk.shrinks,
    input: focus === undefined ? null : { query: focus.request.query, variables: focus.request.variables },
    actual: fault.actual,
    expected: fault.expected,
    reproducer: scriptOf({
      title: ref.id,
      expected: fault.expected,
      actual: fault.actual,
      before,
      sent,
      again: twin?.sent,
      test: fault.test,
      reach,
    }),
    exchanges: [...before.flat(), ...sent].slice(-MOST_EXCHANGES).map((one) => exchangeOf(one, reach)),
    reproducible: shown !== undefined,
  };
}

function exchangeOf({ request, answer, role }: Sent, reach: Reach): Counterexample['exchanges'][number] {
  const body = { query: request.query, variables: request.variables };
  return {
    method: 'POST',
    path: reach.kind === 'http' ? new URL(reach.url).pathname : reach.file,
    headers: { 'content-type': 'application/json' },
    body,
    role,
    ...(answer.kind === 'fault'
      ? { fault: answer.message }
      : { response: { status: answer.status ?? 200, headers: answer.headers, body: answer.json ?? answer.text } }),
  };
}
