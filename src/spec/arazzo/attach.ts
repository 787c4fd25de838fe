/** Adds the workflows beside a contract to its spec: its clauses, its digests and its text then hold them too. */
import { createHash } from 'node:crypto';
import { dirname, relative } from 'node:path';
import type { ClauseSummary } from '../../events/index.ts';
import { type BundleText, joinTexts, splitTexts } from '../bundle/files.ts';
import { canonicalText } from '../digest.ts';
import type { Spec } from '../model.ts';
import type { ReadSpec } from '../openapi/openapi.ts';
import type { Limits } from '../text/syntax.ts';
import { readArazzo, type ReadWorkflows } from './arazzo.ts';

/** A text that may be an Arazzo description, with its absolute path. */
export interface Beside {
  file: string;
  text: string;
}

/** The spec with the workflows of those texts that are about it. */
export function withWorkflows(read: ReadSpec, beside: Beside[], limits: Limits): ReadSpec {
  if (read.kind !== 'spec' || read.spec.contract !== 'openapi') return read;
  const { spec } = read;
  const found = beside.flatMap((one) => {
    const workflows = readArazzo(one.file, one.text, { file: spec.file, operations: spec.operations }, limits);
    return workflows === undefined ? [] : [{ ...one, ...workflows }];
  });
  if (found.length === 0) return read;
  return {
    kind: 'spec',
    spec: attached(spec, found),
    findings: [...read.findings, ...found.flatMap((one) => one.findings)],
  };
}

function attached(spec: Spec, found: (Beside & ReadWorkflows)[]): Spec {
  const workflows = found.flatMap((one) => one.workflows);
  const documents = found.map((one) => canonicalText(one.document));
  const owner = new Map(found.flatMap((one) => one.workflows.map(({ pointer }) => [pointer, one] as const)));
  const digest = (own: string): string =>
    createHash('sha256')
      .update([own, ...documents].join('\0'))
      .digest('hex');
  const folder = dirname(spec.file);
  const own: BundleText[] = splitTexts(spec.text) ?? [{ path: relative(folder, spec.file), text: spec.text }];
  // Paths in a text of several files are relative to the folder in which the contract has its own.
  const levels = (own[0]?.path.split('/').length ?? 1) - 1;
  const prefix = levels === 0 ? '' : `${own[0]?.path.split('/').slice(0, levels).join('/') ?? ''}/`;
  const added = found.map(({ file, text }) => ({ path: `${prefix}${relative(folder, file)}`, text }));
  return {
    ...spec,
    files: [...(spec.files ?? [spec.file]), ...found.map((one) => one.file)],
    text: joinTexts([...own, ...added.filter(({ path }) => !own.some((one) => one.path === path))]),
    workflows,
    clauses: [
      ...spec.clauses,
      ...workflows.map(({ pointer, id, summary }): ClauseSummary => ({
        pointer,
        kind: 'workflow',
        title: summary === '' ? id : `${id}: ${summary}`,
      })),
    ],
    semanticDigest: digest(spec.semanticDigest),
    documentDigest: digest(spec.documentDigest),
    locate(pointer) {
      const id = /^#\/workflows\/[^/]+/.exec(pointer)?.[0];
      const one = id === undefined ? undefined : owner.get(id);
      return one === undefined ? spec.locate(pointer) : one.locate(pointer);
    },
  };
}
