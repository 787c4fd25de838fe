/** Keeps a subject alive over a run: notices that it died, starts it again a few times, and then gives up. */
import { createPatience } from '../patience.ts';
import type { StartSubject, Subject, SubjectAnswer, SubjectFault, SubjectRequest, HttpSource } from '../model.ts';

const MAX_RESTARTS = 40;
/** How long after a broken connection the end of the process may become known. */
const EXIT_NOTICE_MS = 400;
const FAULTS_IN_A_ROW = 40;
/** A subject that was waited for so often and still ran only answers badly; its end is no more waited for. */
const VAIN_WAITS = 3;

export interface Keeper {
  readonly subject: Subject;
  /** Grows with every restart; cases that span one are not to be trusted. */
  readonly generation: number;
  /** Set once the subject cannot be used any more. */
  readonly dead: string | undefined;
  send(request: SubjectRequest, signal?: AbortSignal): Promise<SubjectAnswer>;
  /** Replaces the subject by a fresh one, whose state is empty; false where that is not possible. */
  renew(): Promise<boolean>;
  stop(): Promise<void>;
}

/** True where the subject was given its time and did not answer in it. */
export function isSilence(answer: SubjectAnswer): boolean {
  return answer.kind === 'fault' && /^(no answer|answer not complete)/.test(answer.message);
}

async function exitOf(subject: Subject): Promise<void> {
  const until = performance.now() + EXIT_NOTICE_MS;
  while (subject.output().exited === null && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Starts a subject and keeps it. */
export async function keepSubject(
  start: StartSubject,
  source: HttpSource,
  signal?: AbortSignal,
): Promise<Keeper | SubjectFault> {
  const first = await start(source, signal);
  if (first.kind === 'fault') return first;
  let subject = first.subject;
  let generation = 0;
  let dead: string | undefined;
  let faults = 0;
  let waitedInVain = 0;
  const patience = createPatience();
  let reviving: Promise<void> | undefined;

  const revive = async (): Promise<void> => {
    const { exited, text } = subject.output();
    const last = text.trim().split('\n').slice(-3).join(' | ');
    const message = `the subject ended (${exited ?? 'unknown reason'})${last === '' ? '' : `: ${last}`}`;
    if (generation >= MAX_RESTARTS || source.kind !== 'command') {
      dead = message;
      return;
    }
    await subject.stop();
    const again = await start(source, signal);
    if (again.kind === 'fault') dead = `${message}; it did not start again: ${again.message}`;
    else subject = again.subject;
    generation++;
  };

  return {
    get subject() {
      return subject;
    },
    get generation() {
      return generation;
    },
    get dead() {
      return dead;
    },
    async send(request, abort) {
      if (dead === undefined && subject.output().exited !== null) {
        reviving ??= revive().finally(() => {
          reviving = undefined;
        });
        await reviving;
      }
      if (dead !== undefined) return { kind: 'fault', message: dead, ms: 0 };
      const asked = subject;
      if (request.timeoutMs !== undefined) request.timeoutMs = patience.limitMs(request.timeoutMs);
      const answer = await asked.send(request, abort);
      patience.note('', isSilence(answer));
      if (answer.kind === 'answer') waitedInVain = 0;
      else if (source.kind === 'command' && !isSilence(answer) && waitedInVain < VAIN_WAITS) {
        await exitOf(asked);
        waitedInVain = asked.output().exited === null ? waitedInVain + 1 : 0;
      }
      faults = answer.kind === 'fault' ? faults + 1 : 0;
      if (faults >= FAULTS_IN_A_ROW && source.kind === 'url')
        dead = `${source.url} answers no more: ${answer.kind === 'fault' ? answer.message : ''}`;
      return answer;
    },
    async renew() {
      if (dead !== undefined || source.kind !== 'command') return false;
      const again = await start(source, signal);
      if (again.kind === 'fault') return false;
      const old = subject;
      subject = again.subject;
      await old.stop();
      return true;
    },
    stop: () => subject.stop(),
  };
}
