/**
 * GraphQL contracts: arguments and selections drawn from SDL, sent over HTTP or executed in process, answers held
 * against the types. Must never guess what a contract leaves open: it says `error` with the clause.
 */
import type { VerifyReport } from '../../events/index.ts';
import type { Spec } from '../../spec/model.ts';
import type { StartSubject, VerifyOptions } from '../model.ts';
import { startCalls } from '../subject/calls.ts';
import { graphqlHost } from '../subject/graphql-host-file.ts';
import { type GraphParts, runGraph } from './run.ts';
import { inProcess, overHttp } from './subject.ts';

const TIMEOUT_MS = 5000;

/** The files that a contract is written in. */
function filesOf({ clauses, locate }: Spec): string[] {
  return [...new Set(clauses.map(({ pointer }) => locate(pointer).file))];
}

/** Verifies a GraphQL contract; undefined where the subject is of a kind that cannot answer GraphQL. */
export async function verifyGraphql(
  options: VerifyOptions,
  parts: Omit<GraphParts, 'start' | 'reach'> & { startSubject: StartSubject },
): Promise<VerifyReport | undefined> {
  const { subject, signal, endpoint } = options;
  const timeoutMs = Math.min(TIMEOUT_MS, Math.max(500, (options.timeMs ?? Infinity) / 4));
  const common = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  switch (subject.kind) {
    case 'url':
    case 'command':
      return runGraph(options, {
        ...parts,
        start: () =>
          overHttp(subject, { ...common, start: parts.startSubject, ...(endpoint === undefined ? {} : { endpoint }) }),
        reach: ({ url = '' }) => ({ kind: 'http', url }),
      });
    case 'module': {
      const contract = options.spec.text;
      const host = graphqlHost();
      return runGraph(options, {
        ...parts,
        start: () => inProcess(subject, { start: startCalls, host, contract, timeoutMs }),
        reach: () => ({ kind: 'module', cwd: subject.cwd, file: subject.file, contract: filesOf(options.spec) }),
      });
    }
    default:
      return undefined;
  }
}
