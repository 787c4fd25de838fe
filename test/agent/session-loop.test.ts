/** The loop with a scripted agent and scripted verdicts: what it records, and why it ends. */
import { describe, expect, test } from 'vitest';
import type { Coder, CoderOutcome, CoderTurn } from '../../src/agent/coder.ts';
import { recordVerification } from '../../src/agent/record-verification.ts';
import { resumeFrom } from '../../src/agent/resume.ts';
import { runLoop } from '../../src/agent/session-loop.ts';
import type { LoopOptions } from '../../src/agent/session-loop.ts';
import type { VerifyReport } from '../../src/events/index.ts';
import { exampleSpec } from '../support/example-spec.ts';
import { memoryRecorder } from '../support/memory-recorder.ts';
import { memoryWorkspace } from '../support/memory-workspace.ts';
import { reportOf } from '../support/reports.ts';

type Step = (turn: CoderTurn) => CoderOutcome | Promise<CoderOutcome>;

const file = 'services/example/server.js';

function writes(text: string): Step {
  return (turn) => {
    turn.workspace.write(file, text);
    return { kind: 'worked' };
  };
}

/** A loop whose agent takes one step a round and whose engine judges by the file's text. */
function setting(steps: Step[], verdicts: Record<string, VerifyReport>, change: Partial<LoopOptions> = {}) {
  const recorder = change.recorder === undefined ? memoryRecorder() : memoryRecorder(change.resume?.events);
  const workspace = memoryWorkspace();
  const spec = exampleSpec();
  const turns: CoderTurn[] = [];
  const coder: Coder = {
    kind: 'claude',
    model: 'scripted',
    turn: async (turn) => {
      turns.push(turn);
      return (await steps[turns.length - 1]?.(turn)) ?? { kind: 'worked' };
    },
  };
  let verifications = 0;
  const options: LoopOptions = {
    spec,
    prompt: null,
    codeFolder: 'services/example',
    writable: ['services/example/**'],
    start: 'node server.js',
    caps: {},
    coder,
    workspace,
    verify: (tree, round, only) => {
      verifications += 1;
      const report = verdicts[workspace.files.get(file) ?? ''] ?? reportOf({});
      return recordVerification(recorder, { spec, tree: tree.hash, round, ...only }, (onEvent) => {
        onEvent({ type: 'started', seed: report.seed, properties: report.properties });
        for (const result of report.properties) onEvent({ type: 'decided', result });
        return Promise.resolve(report);
      });
    },
    approve: () => Promise.resolve(false),
    signal: new AbortController().signal,
    now: () => 0,
    ...change,
    recorder,
  };
  return { options, recorder, workspace, turns, verifications: () => verifications };
}

const pass = reportOf({ a: 'pass', b: 'pass' });
const one = reportOf({ a: 'pass', b: 'fail' });
const two = reportOf({ a: 'fail', b: 'fail' });
const many = (count: number) =>
  reportOf(Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, 'fail'])));

describe('a loop', () => {
  test('feeds each verdict to the next turn and ends with the passing one, committed and recorded', async () => {
    const { options, recorder, workspace, turns } = setting([writes('1'), writes('2')], { '1': one, '2': pass });
    const result = await runLoop(options);
    expect(result).toMatchObject({ reason: 'passed', verdict: 'pass', rounds: 2, unsatisfied: [] });
    expect(turns.map((turn) => turn.lastReport)).toEqual([null, one]);
    expect(workspace.commits.map((commit) => commit.tree)).toEqual([result.tree.hash]);
    const firstRound = 'roundStarted changeProposed verificationStarted propertyDecided counterexampleFound';
    const secondRound = 'roundStarted changeProposed verificationStarted propertyDecided propertyDecided';
    const ending = 'verificationFinished changeApplied specVersionRecorded sessionEnded';
    expect(recorder.types().join(' ')).toBe(
      `${firstRound} propertyDecided verificationFinished ${secondRound} ${ending}`,
    );
  });

  test('an empty set of checks is never a pass', async () => {
    const { options } = setting([writes('1')], { '1': reportOf({}) }, { caps: { maxRounds: 1 } });
    expect(await runLoop(options)).toMatchObject({ reason: 'roundsEnded', verdict: 'error' });
  });

  test('ends when a round changes nothing, without verifying the same code twice', async () => {
    const { options, verifications } = setting([writes('1'), writes('1')], { '1': two });
    expect(await runLoop(options)).toMatchObject({ reason: 'noProgress', verdict: 'fail', rounds: 2 });
    expect(verifications()).toBe(1);
  });

  test('ends after three rounds without fewer failing properties', async () => {
    const verdicts = { '1': two, '2': one, '3': two, '4': one, '5': many(3), '6': pass };
    const { options } = setting(['1', '2', '3', '4', '5', '6'].map(writes), verdicts);
    expect(await runLoop(options)).toMatchObject({ reason: 'noProgress', rounds: 5 });
  });

  test('goes on as long as fewer properties fail', async () => {
    const steps = [6, 5, 4, 3, 2, 1].map((count) => writes(String(count)));
    const verdicts = Object.fromEntries([6, 5, 4, 3, 2].map((count) => [String(count), many(count)]));
    const { options } = setting(steps, { ...verdicts, '1': pass });
    expect(await runLoop(options)).toMatchObject({ reason: 'passed', rounds: 6 });
  });

  test('ends with its rounds, keeps the work on the branch and names the clauses', async () => {
    const { options, workspace } = setting(
      [writes('1'), writes('2')],
      { '1': two, '2': one },
      { caps: { maxRounds: 2 } },
    );
    expect(await runLoop(options)).toMatchObject({ reason: 'roundsEnded', verdict: 'fail', unsatisfied: ['#/b'] });
    expect(workspace.commits).toHaveLength(1);
  });

  test('a stuck agent ends the session with its clauses, unless the verdict passes', async () => {
    const stuck: CoderOutcome = { kind: 'stuck', unsatisfied: ['#/c'], message: 'cannot satisfy #/c; use a model' };
    const step =
      (text: string): Step =>
      (turn) => (turn.workspace.write(file, text), stuck);
    const failing = await runLoop(setting([step('1')], { '1': one }).options);
    expect(failing).toMatchObject({ reason: 'stuck', unsatisfied: ['#/b', '#/c'], message: stuck.message });
    expect(await runLoop(setting([step('2')], { '2': pass }).options)).toMatchObject({ reason: 'passed' });
  });

  test.each(['cap', 'provider', 'noProgress'] as const)('a turn stopped by %s ends it', async (reason) => {
    const stop: CoderOutcome = { kind: 'stopped', reason, message: 'enough' };
    const nothing = setting([() => stop], {});
    expect(await runLoop(nothing.options)).toMatchObject({ reason, verdict: 'error', message: 'enough' });
    expect(nothing.verifications()).toBe(0);
    const worked = setting([(turn) => (turn.workspace.write(file, '1'), stop)], { '1': one });
    expect(await runLoop(worked.options)).toMatchObject({ reason, verdict: 'fail' });
  });

  test('an abort in a turn is recorded and ends the session as interrupted', async () => {
    const abort = new AbortController();
    const step: Step = (turn) => {
      turn.workspace.write(file, '1');
      abort.abort(new Error('stopped by the engineer'));
      return { kind: 'stopped', reason: 'interrupted', message: '' };
    };
    const { options, recorder, workspace } = setting([step], { '1': pass }, { signal: abort.signal });
    expect(await runLoop(options)).toMatchObject({ reason: 'interrupted', verdict: 'error', commit: null });
    expect(recorder.types()).toEqual(['roundStarted', 'turnInterrupted', 'sessionEnded']);
    expect(recorder.of('turnInterrupted')[0]?.reason).toBe('stopped by the engineer');
    expect(workspace.commits).toEqual([]);
  });

  test('an abort in a verification leaves no verdict behind, neither now nor when resumed', async () => {
    const abort = new AbortController();
    const first = setting([writes('1'), writes('2')], { '1': two, '2': one }, { signal: abort.signal });
    const { verify } = first.options;
    let count = 0;
    first.options.verify = (...args) => {
      count += 1;
      if (count === 2) abort.abort(new Error('stopped'));
      return verify(...args);
    };
    expect(await runLoop(first.options)).toMatchObject({ reason: 'interrupted', verdict: 'error', report: two });
    const resume = resumeFrom(first.recorder.events);
    expect(resume).toMatchObject({ rounds: 2, roundsOfPrompt: 1, report: { properties: two.properties } });
    expect(resume.verifiedTree).toBe(first.recorder.of('verificationStarted')[0]?.tree);
  });

  test('a fault in a room ends the session as an error, with its message in the log', async () => {
    const step: Step = () => {
      throw new Error('the checkout is gone');
    };
    const { options, recorder } = setting([step], {});
    expect(await runLoop(options)).toMatchObject({ reason: 'error', verdict: 'error' });
    expect(recorder.of('sessionEnded')[0]?.message).toContain('the checkout is gone');
  });

  test('resumes with the round, the verdict and the history of the earlier run', async () => {
    const abort = new AbortController();
    const stop: Step = () => (abort.abort(), { kind: 'worked' });
    const first = setting([writes('1'), stop], { '1': one }, { signal: abort.signal });
    await runLoop(first.options);
    const resume = resumeFrom(first.recorder.events);
    expect(resume.report?.properties).toEqual(one.properties);
    const second = setting([writes('2')], { '2': pass }, { resume, recorder: first.recorder });
    expect(await runLoop(second.options)).toMatchObject({ reason: 'passed', rounds: 3 });
    expect(second.turns[0]).toMatchObject({ round: 3, lastReport: { properties: one.properties } });
  });

  test('the rounds of a resumed session count against the same limit', async () => {
    const caps = { maxRounds: 2 };
    const first = setting([writes('1'), writes('2')], { '1': two, '2': one }, { caps });
    await runLoop(first.options);
    const resume = resumeFrom(first.recorder.events);
    const again = setting([], {}, { caps, resume, recorder: first.recorder });
    expect(await runLoop(again.options)).toMatchObject({ reason: 'roundsEnded', rounds: 2 });
    expect(again.turns).toEqual([]);
  });

  test('a verdict on some clauses is marked as such and does not become the verdict of the code', async () => {
    const step: Step = async (turn) => {
      turn.workspace.write(file, '1');
      await turn.verify({ clauses: ['#/a'] });
      return { kind: 'worked' };
    };
    const { options, recorder } = setting([step], { '1': one }, { caps: { maxRounds: 1 } });
    await runLoop(options);
    expect(recorder.of('verificationStarted').map((event) => event.clauses)).toEqual([['#/a'], undefined]);
    expect(resumeFrom(recorder.events.slice(0, 5)).report).toBeNull();
  });
});
