/** A running service in which one mutant is shown after the other, each with fresh state. */
import type { HttpSource, StartSubject, Subject, SubjectFault } from '../model.ts';
import { SWITCH } from './switch.ts';
import { openSwitchboard } from './switchboard.ts';

/** A mutant that gathers without end dies before it takes the machine along. */
const MEMORY = '--max-old-space-size=512';
const READY_MS = 2000;

export interface Stage {
  readonly subject: Subject;
  /** Mutants that it was made anew for since its process began. */
  readonly shown: number;
  /** Makes the service anew in the same process; false where that cannot be done, and the process is of no use then. */
  show(mutant: number): Promise<boolean>;
  /** The mutant that was come by last, 0 for none; undefined where that is not known. */
  reached(): Promise<number | undefined>;
  stop(): Promise<void>;
}

export interface StageOptions {
  source: Extract<HttpSource, { kind: 'command' }>;
  startSubject: StartSubject;
  /** Folder of the modules that are made anew with each mutant; without one a process shows only its first. */
  folder: string | undefined;
}

/** Starts the service with a mutant on. */
export async function startStage(options: StageOptions, mutant: number): Promise<Stage | SubjectFault> {
  const { source, startSubject, folder } = options;
  const board = folder === undefined ? undefined : await openSwitchboard(folder);
  const limits = `${source.env?.['NODE_OPTIONS'] ?? ''} ${MEMORY}`.trim();
  const env = { ...source.env, NODE_OPTIONS: limits, ...board?.environment(limits), [SWITCH]: String(mutant) };
  const started = await startSubject({ ...source, env });
  if (started.kind === 'fault') {
    board?.close();
    return started;
  }
  const first = started.subject;
  let subject = first;
  let shown = 0;
  return {
    get subject() {
      return subject;
    },
    get shown() {
      return shown;
    },
    async show(next) {
      if (board === undefined || !(await board.show(next))) return false;
      shown++;
      // The connections of the one before are gone with it.
      if (subject !== first) await subject.stop();
      const again = await startSubject({ kind: 'url', url: first.baseUrl });
      if (again.kind === 'fault') return false;
      subject = again.subject;
      return ready(subject, source.readyPath);
    },
    reached: () => board?.reached() ?? Promise.resolve(undefined),
    async stop() {
      board?.close();
      if (subject !== first) await subject.stop();
      await first.stop();
    },
  };
}

async function ready(subject: Subject, path: string | undefined): Promise<boolean> {
  if (path === undefined) return true;
  for (const until = performance.now() + READY_MS; performance.now() < until;) {
    const answer = await subject.send({ method: 'GET', path, headers: {}, timeoutMs: READY_MS });
    if (answer.kind === 'answer' && answer.status < 500) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
