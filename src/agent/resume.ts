/** Where an earlier run of a session stood, read off its events; so that a loop can go on after any kind of end. */
import type { Counterexample, Event, EventOf, PropertyResult, VerifyReport } from '../events/index.ts';
import { roundOutcome } from './progress.ts';
import type { RoundOutcome } from './progress.ts';

export interface Resumption {
  /** Rounds that were started; the next one has the number after it. */
  rounds: number;
  /** Those of them that were started since the last prompt and that came to a verdict. */
  roundsOfPrompt: number;
  history: RoundOutcome[];
  /** The last whole verdict; null before the first. */
  report: VerifyReport | null;
  /** Hash of the tree that `report` is about. */
  verifiedTree: string | null;
  /** Hash of the tree that was last proposed. */
  proposedTree: string | null;
  /** Hash of the session's first snapshot; null where nothing was ever proposed. */
  baseTree: string | null;
  /** The last prompt of the engineer; null where there was none. */
  prompt: string | null;
  /** Tool calls that never ended, because the program did. */
  openCalls: string[];
  /** Everything that happened, for those who rebuild more from it. */
  events: readonly Event[];
}

/** Folds a session's events, in order, into what a loop needs to go on. */
export function resumeFrom(events: readonly Event[]): Resumption {
  const state: Resumption = {
    rounds: 0,
    roundsOfPrompt: 0,
    history: [],
    report: null,
    verifiedTree: null,
    proposedTree: null,
    baseTree: null,
    prompt: null,
    openCalls: [],
    events,
  };
  let whole: Pick<Resumption, 'report' | 'verifiedTree' | 'roundsOfPrompt' | 'history'> = state;
  let loaded: EventOf<'specLoaded'> | null = null;
  let open: { started: EventOf<'verificationStarted'>; properties: Map<string, PropertyResult> } | null = null;
  let counted: number | null = null;
  const examples = new Map<string, Counterexample>();
  for (const event of events) {
    switch (event.type) {
      case 'specLoaded':
        loaded = event;
        break;
      case 'promptSubmitted':
        state.prompt = event.text;
        state.roundsOfPrompt = 0;
        state.history = [];
        counted = null;
        break;
      case 'roundStarted':
        state.rounds = Math.max(state.rounds, event.round);
        whole = { ...state, history: [...state.history] };
        break;
      case 'turnInterrupted': {
        // What was verified in a round that was stopped may have been stopped itself.
        const { report, verifiedTree, roundsOfPrompt, history } = whole;
        Object.assign(state, { report, verifiedTree, roundsOfPrompt, history: [...history] });
        break;
      }
      case 'changeProposed':
        state.proposedTree = event.tree;
        state.baseTree ??= event.baseTree;
        break;
      case 'toolRequested':
        state.openCalls.push(event.call);
        break;
      case 'toolRefused':
      case 'toolFinished':
        state.openCalls = state.openCalls.filter((call) => call !== event.call);
        break;
      case 'verificationStarted':
        open = event.clauses === undefined ? { started: event, properties: new Map() } : null;
        examples.clear();
        break;
      case 'counterexampleFound':
        examples.set(event.property.id, event.counterexample);
        break;
      case 'propertyDecided': {
        const { property, verdict, cases, reason } = event;
        const counterexample = examples.get(property.id);
        open?.properties.set(property.id, {
          ...property,
          verdict,
          cases,
          ...(counterexample === undefined ? {} : { counterexample }),
          ...(reason === undefined ? {} : { reason }),
        });
        break;
      }
      case 'verificationFinished':
        if (open === null || open.started.verification !== event.verification) break;
        state.report = reportOf(loaded, open.started, [...open.properties.values()], event);
        state.verifiedTree = open.started.tree;
        // The agent may have asked for whole verdicts inside its round; the round counts once, by the last of them.
        if (open.started.round === counted) state.history.pop();
        else state.roundsOfPrompt += 1;
        counted = open.started.round;
        state.history.push(roundOutcome(open.started.tree, state.report));
        open = null;
        break;
      default:
        break;
    }
  }
  return state;
}

function reportOf(
  loaded: EventOf<'specLoaded'> | null,
  started: EventOf<'verificationStarted'>,
  properties: PropertyResult[],
  finished: EventOf<'verificationFinished'>,
): VerifyReport {
  const { verdict, cases, casesPerSecond, durationMs, coverage, latency, warnings } = finished;
  const { semanticDigest, seed } = started;
  return {
    format: 'plumbline.verify/1',
    spec: { name: loaded?.name ?? '', semanticDigest, documentDigest: loaded?.documentDigest ?? '' },
    subject: '',
    verdict,
    seed,
    durationMs,
    cases,
    casesPerSecond,
    properties,
    coverage,
    latency,
    warnings,
  };
}
