/** Starts a subject before anyone has asked for it. */
import type { HttpSource, StartSubject } from '../model.ts';
import { started, startSubject } from './start.ts';

export interface Ahead {
  /** The first start is the one that has begun; later ones are starts of their own. */
  start: StartSubject;
  /** Stops what was begun and never asked for. */
  drop(): Promise<void>;
}

/** Begins to start a subject, and answers as soon as it starts on its own: from then on we may be busy. */
export async function startAhead(source: HttpSource, signal: AbortSignal | undefined): Promise<Ahead> {
  let begun: ReturnType<StartSubject> | undefined;
  await new Promise<void>((resolve) => {
    begun = started(source, signal, resolve);
    void begun.finally(resolve);
  });
  const take = (): typeof begun => {
    const taken = begun;
    begun = undefined;
    return taken;
  };
  return {
    start: (asked, abort) => take() ?? startSubject(asked, abort),
    async drop() {
      const subject = await take();
      if (subject?.kind === 'subject') await subject.subject.stop();
    },
  };
}
