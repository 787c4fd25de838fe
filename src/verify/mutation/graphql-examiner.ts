/** Mutants of what answers GraphQL: a service or a module that is started for each, and a run that ends with its first finding. */
import type { PropertyRef, VerifyReport } from '../../events/index.ts';
import { DEFAULT_RUNS } from '../default-runs.ts';
import { type GraphqlOptions, type GraphqlParts, verifyGraphql } from '../graphql/index.ts';
import type { Examiner, Outcome } from './examiner.ts';
import { SWITCH } from './switch.ts';

/** Cases of each property in the first round, which most mutants do not outlive. */
const FEW = 10;

export interface GraphqlExaminerOptions extends GraphqlParts {
  options: GraphqlOptions;
  /** Of the code as it is. */
  report: VerifyReport;
}

/** Makes an examiner of a GraphQL subject. */
export function createGraphqlExaminer({ options, report, ...parts }: GraphqlExaminerOptions): Examiner {
  const { subject } = options;
  if (subject.kind === 'url') throw new Error('what runs already cannot be started');
  const refs = new Map(report.properties.map((one): [string, PropertyRef] => [one.id, one]));
  const tryWith = async (
    mutant: number,
    wanted: ReadonlySet<string>,
    runs: number,
    isLast: boolean,
    stop: () => boolean,
  ): Promise<Outcome> => {
    const over = new AbortController();
    let shown: Outcome | undefined;
    const env = { ...subject.env, [SWITCH]: String(mutant) };
    const clauses = [...new Set([...wanted].flatMap((id) => refs.get(id)?.clause ?? []))];
    const ended = await verifyGraphql(
      {
        ...options,
        subject: { ...subject, env },
        clauses,
        runs,
        skipObjectives: true,
        signal: over.signal,
        onEvent(event) {
          if (stop()) over.abort();
          if (event.type !== 'decided' || shown !== undefined || over.signal.aborted) return;
          const { result } = event;
          if (result.verdict === 'fail') shown = { kind: 'failed', by: result };
          // Of few cases some leave a property open that all of them decide.
          if (result.verdict === 'error' && isLast) shown = { kind: 'undecided', by: result };
          if (shown !== undefined) over.abort();
        },
      },
      parts,
    );
    if (shown !== undefined) return shown;
    if (stop()) return { kind: 'stopped' };
    // No property was begun: it does not start.
    return ended.properties.length === 0 ? { kind: 'crashed' } : { kind: 'survived' };
  };
  const all = options.runs ?? DEFAULT_RUNS.overHttp;
  return {
    refs,
    async examine(mutant, properties, stop) {
      const wanted = new Set(properties);
      for (const runs of all > FEW ? [FEW, all] : [all]) {
        const outcome = await tryWith(mutant, wanted, runs, runs === all, stop);
        if (outcome.kind !== 'survived') return outcome;
      }
      return { kind: 'survived' };
    },
    settle: () => Promise.resolve([]),
  };
}
