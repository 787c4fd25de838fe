/** How many threads a run takes, and what each begins with. */
import { availableParallelism } from 'node:os';
import type { HttpSource, VerifyOptions } from '../../model.ts';
import { costsOf } from '../cost.ts';
import type { Prepared } from '../prepare.ts';
import type { WorkerTask } from './messages.ts';

/** Requests below which another thread would hardly have warmed up when the run is over. */
const WORTH_A_THREAD = 40_000;
const MOST_BY_DEFAULT = 4;
/** A thread derives all that this one has derived; the time left must be so many times as long. */
const WORTH_DERIVING = 6;

/** Threads that run cases, this one included. Where the subject's code or drift is followed there is only this one. */
export function workersFor(
  options: VerifyOptions & { subject: HttpSource },
  { engine, derived, selection }: Prepared,
  isTraced: boolean,
  deriving: { tookMs: number; leftMs: number },
): number {
  if (isTraced || options.drift === true) return 1;
  // A thread that derives for itself would not come as far, or further.
  if (derived.unseen + derived.unbroken > 0) return 1;
  if (options.workers !== undefined) return Math.max(1, Math.min(options.workers, selection.active.length));
  if (deriving.leftMs < deriving.tookMs * WORTH_DERIVING) return 1;
  const cost = costsOf(engine);
  const requests = selection.active.reduce((sum, property) => sum + cost(property), 0);
  return Math.max(1, Math.min(availableParallelism(), MOST_BY_DEFAULT, Math.floor(requests / WORTH_A_THREAD) + 1));
}

/** What a worker needs to derive the same properties. */
export function workerTask(
  { spec, subject: _subject, signal: _signal, onEvent: _onEvent, code: _code, ...options }: VerifyOptions,
  seed: number,
  today: string,
): Omit<WorkerTask, 'baseUrl' | 'timeoutMs' | 'leftMs'> {
  const { file, name, text, documentDigest, basePath } = spec;
  return { source: { file, name, text, documentDigest, basePath }, options, seed, today };
}
