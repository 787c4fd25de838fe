/**
 * GraphQL contracts: arguments and selections drawn from SDL, sent over HTTP or executed in process, answers held
 * against the types. Must never guess what a contract leaves open: it says `error` with the clause.
 */
import type { VerifyReport } from '../../events/index.ts';
import type { Spec } from '../../spec/model.ts';
import type { CallSource, HttpSource, StartSubject, VerifyEvent, VerifyOptions } from '../model.ts';
import { graphqlHost } from '../subject/graphql-host-file.ts';
import { titleOf } from '../subject-title.ts';
import { undecidedReport } from '../undecided.ts';
import { redactorOf } from '../wire/redact-credentials.ts';
import { authorizationOf } from './authorization.ts';
import { type GraphParts, runGraph } from './run.ts';
import { inProcess, type ModuleOptions, overHttp } from './subject.ts';

/** A schema in process has no way to go. */
const TIMEOUT_MS = { http: 5000, module: 2000 };

/** A service, or a module that exports a schema or resolvers. */
export type GraphqlOptions = VerifyOptions & { subject: HttpSource | Extract<CallSource, { kind: 'module' }> };

/** What a run is made of besides its options: how what answers is started. */
export interface GraphqlParts extends Omit<GraphParts, 'start' | 'reach'> {
  startSubject: StartSubject;
  startCalls: ModuleOptions['start'];
}

/** The files that a contract is written in. */
function filesOf({ clauses, locate }: Spec): string[] {
  return [...new Set(clauses.map(({ pointer }) => locate(pointer).file))];
}

/** Verifies a GraphQL contract. */
export async function verifyGraphql(options: GraphqlOptions, parts: GraphqlParts): Promise<VerifyReport> {
  const { subject, signal, endpoint, spec } = options;
  const longest = TIMEOUT_MS[subject.kind === 'module' ? 'module' : 'http'];
  const timeoutMs = Math.min(longest, Math.max(500, (options.timeMs ?? Infinity) / 4));
  const common = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  switch (subject.kind) {
    case 'url':
    case 'command': {
      const authorized = authorizationOf(options.credentials);
      if (authorized.kind === 'fault') return undecidedReport(spec, titleOf(subject), parts.seed, authorized.message);
      const authorization = authorized.headers;
      const redacted = redactorOf(options.credentials ?? {});
      const http = { ...common, authorization, start: parts.startSubject };
      const onEvent = (event: VerifyEvent): void => options.onEvent?.(redacted(event));
      const report = await runGraph(
        { ...options, onEvent },
        {
          ...parts,
          start: () => overHttp(subject, endpoint === undefined ? http : { ...http, endpoint }),
          reach: ({ url = '' }) => ({ kind: 'http', url, authorization }),
        },
      );
      return redacted(report);
    }
    case 'module': {
      const contract = spec.text;
      const host = graphqlHost();
      return runGraph(options, {
        ...parts,
        start: () => inProcess(subject, { start: parts.startCalls, host, contract, timeoutMs }),
        reach: () => ({ kind: 'module', cwd: subject.cwd, file: subject.file, contract: filesOf(spec) }),
      });
    }
  }
}
