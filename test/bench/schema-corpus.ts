/**
 * Our generator beside json-schema-faker on schemas of the real world: every JSON Schema below the folder that
 * PLUMB_SCHEMA_CORPUS names, judged by ajv with formats asserted. `node test/bench/schema-corpus.ts [VALUES] [PATTERN]`;
 * `VERBOSE=1` writes a line on each schema that did not go well, `PEER=0` leaves the peer out, `NEGATIVES=1` judges
 * the negatives too. Whoever takes over 20 s for a schema counts as hung on it.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createGeneratorSync } from 'json-schema-faker';
import type { JsonSchema } from 'json-schema-faker';
import { isObject } from '../../src/events/index.ts';
import type { JsonValue } from '../../src/events/index.ts';
import { dialectFor } from '../../src/verify/schema/dialect.ts';
import { openSchemas } from '../../src/verify/schema/open.ts';
import type { OpenSchemas } from '../../src/verify/schema/open.ts';
import { drawAt } from '../../src/verify/schema/source.ts';
import { judgeOf } from '../verify/schema/oracle.ts';
import type { Judge } from '../verify/schema/oracle.ts';
import { report } from './figure.ts';

const HUNG_MS = 20_000;
const folder = process.env['PLUMB_SCHEMA_CORPUS'];
const count = Number(process.argv[2] ?? 20);
const verbose = process.env['VERBOSE'] !== undefined;

interface Outcome {
  kind: 'valid' | 'invalid' | 'refused' | 'unsatisfiable' | 'crashed' | 'hung';
  judged: boolean;
  note: string;
  ms: number;
  negatives: number;
  /** Negatives that ajv takes for valid. */
  accepted: string[];
}

const WORDS = ['properties', 'oneOf', 'anyOf', 'allOf', 'items', '$ref', 'enum', 'definitions', '$defs'];

function looksLikeSchema(text: string): boolean {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (!isObject(value) || value['openapi'] !== undefined || value['swagger'] !== undefined) return false;
  const named = value['$schema'];
  return (typeof named !== 'string' || named.includes('json-schema.org')) && WORDS.some((word) => word in value);
}

function schemaFiles(root: string, pattern: string): string[] {
  const seen = new Set<string>();
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json') && name.includes(pattern))
    .sort()
    .map((name) => join(root, name))
    .filter((file) => {
      const text = readFileSync(file, 'utf8');
      if (seen.has(text) || !looksLikeSchema(text)) return false;
      seen.add(text);
      return true;
    });
}

function open(file: string) {
  const schema: JsonValue = JSON.parse(readFileSync(file, 'utf8'));
  const dialect = isObject(schema) && schema['$schema'] === undefined ? ('draft-07' as const) : dialectFor(schema);
  return { schema, dialect, judge: judgeOf(schema, dialect, {}, true) };
}

function look(file: string): Outcome {
  const { schema, dialect, judge } = open(file);
  const start = performance.now();
  const outcome = (kind: Outcome['kind'], note = ''): Outcome => ({
    kind,
    judged: judge !== undefined,
    note: `${dialect} ${note}`,
    ms: performance.now() - start,
    negatives: 0,
    accepted: [],
  });
  try {
    const schemas = openSchemas(schema, { dialect });
    const drawable = schemas.drawable('#', 'any');
    if (drawable.kind !== 'drawable') {
      const word = drawable.kind === 'refused' ? drawable.keyword : '';
      return outcome(drawable.kind, `${word} ${drawable.pointer}: ${drawable.reason}`);
    }
    const values = Array.from({ length: count }, (_, index) => drawAt(drawable.source, drawable.counts, 1, index));
    const wrong = judge && values.find((value) => !judge(value));
    const made =
      wrong === undefined
        ? outcome('valid', `rejected ${drawable.counts.rejected}`)
        : outcome('invalid', JSON.stringify(wrong).slice(0, 300));
    return judge && process.env['NEGATIVES'] ? { ...made, ...broken(schemas, judge) } : made;
  } catch (error) {
    return outcome('crashed', error instanceof Error ? (error.stack ?? '').slice(0, 600) : String(error));
  }
}

function broken(schemas: OpenSchemas, judge: Judge): Pick<Outcome, 'negatives' | 'accepted'> {
  const negatives = schemas.broken('#', 'any').negatives;
  const accepted = negatives.flatMap(({ source, counts, clause }) => {
    const value = drawAt(source, counts, 1, 0);
    return judge(value) ? [`${clause} ${JSON.stringify(value).slice(0, 200)}`] : [];
  });
  return { negatives: negatives.length, accepted };
}

/** Whether all values of json-schema-faker are valid. */
function lookOfPeer(file: string): Outcome {
  const { schema, judge } = open(file);
  const start = performance.now();
  const ended = (kind: 'valid' | 'invalid' | 'crashed'): Outcome => {
    return { kind, judged: judge !== undefined, note: '', ms: performance.now() - start, negatives: 0, accepted: [] };
  };
  try {
    const peer = createGeneratorSync({ seed: 42 });
    const values = Array.from({ length: count }, () => peer.generate(schema as JsonSchema) as JsonValue);
    return ended(judge !== undefined && values.every(judge) ? 'valid' : 'invalid');
  } catch {
    return ended('crashed');
  }
}

/** Looks at files one after another in a thread, which is replaced when a file takes for ever. */
async function lookAtAll(
  files: string[],
  peer: boolean,
  done: (file: string, outcome: Outcome) => void,
): Promise<void> {
  let next = 0;
  while (next < files.length) {
    await new Promise<void>((resolve) => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: { files, from: next, peer },
        argv: process.argv.slice(2),
      });
      const take = (outcome: Outcome): void => {
        clearTimeout(timer);
        const file = files[next++];
        if (file !== undefined) done(file, outcome);
      };
      const replace = (kind: 'hung' | 'crashed', note: string): void => {
        take({ kind, judged: true, note, ms: HUNG_MS, negatives: 0, accepted: [] });
        void worker.terminate().then(() => resolve());
      };
      const arm = () => setTimeout(() => replace('hung', ''), HUNG_MS);
      let timer = arm();
      worker.on('message', (outcome: Outcome) => {
        take(outcome);
        if (next < files.length) timer = arm();
        else void worker.terminate().then(() => resolve());
      });
      worker.on('error', (error) => replace('crashed', String(error)));
    });
  }
}

if (!isMainThread) {
  const { files, from, peer }: { files: string[]; from: number; peer: boolean } = workerData;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origins
  for (const file of files.slice(from)) parentPort?.postMessage(peer ? lookOfPeer(file) : look(file));
} else if (folder === undefined) {
  console.log('skipped: set PLUMB_SCHEMA_CORPUS to a folder of JSON Schemas');
} else {
  const files = schemaFiles(folder, process.argv[3] ?? '');
  const tally: Record<string, number> = {};
  const judged: { file: string; outcome: Outcome }[] = [];
  let [negatives, accepted] = [0, 0];
  await lookAtAll(files, false, (file, outcome) => {
    const key = `${outcome.judged ? '' : 'ajv cannot compile, '}${outcome.kind}`;
    tally[key] = (tally[key] ?? 0) + 1;
    negatives += outcome.negatives;
    accepted += outcome.accepted.length;
    const slow = outcome.ms > 1_000 ? `SLOW ${Math.round(outcome.ms)} ms ` : '';
    if (verbose && (outcome.kind !== 'valid' || slow || /rejected [1-9]/.test(outcome.note))) {
      console.log(`${slow}${key} ${file.slice(folder.length)} ${outcome.note}`);
    }
    if (verbose) for (const each of outcome.accepted) console.log(`ACCEPTED ${file.slice(folder.length)} ${each}`);
    if (outcome.judged && outcome.kind !== 'unsatisfiable') judged.push({ file, outcome });
  });
  console.table(tally);
  if (negatives > 0) console.log(`${negatives} negatives, of which ajv accepts ${accepted}`);
  const sum = (list: Outcome[]): number => list.reduce((total, { ms }) => total + ms, 0);
  const share = (list: Outcome[]): number => (100 * list.filter(({ kind }) => kind === 'valid').length) / list.length;
  const ours = judged.map(({ outcome }) => outcome);
  const theirs: Outcome[] = [];
  if (process.env['PEER'] !== '0') {
    const same = judged.map(({ file }) => file);
    await lookAtAll(same, true, (_, outcome) => theirs.push(outcome));
  }
  const peer = theirs.length === 0 ? {} : { peer: `json-schema-faker ${share(theirs).toFixed(1)} %` };
  report({
    figure: `${judged.length} real-world schemas: those whose ${count} values are all valid`,
    value: share(ours),
    unit: '%',
    limit: { atLeast: 97 },
    ...peer,
  });
  const rate = (list: Outcome[]): number => Math.round((1000 * list.length * count) / sum(list));
  report({
    figure: 'real-world schemas: values with preparation',
    value: rate(ours),
    unit: '/s',
    ...(theirs.length === 0 ? {} : { peer: `json-schema-faker ${rate(theirs)}` }),
  });
}
