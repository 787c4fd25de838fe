/** The timing of a streamed text, compressed: characters per 100 ms, so that a replay can stream it again. */

const STEP_MS = 100;
/** Ten minutes; what comes later is added to the last step. */
const MOST_STEPS = 6000;

export interface Track {
  /** Counts characters that came just now. */
  add(characters: number): void;
  /** Characters of each step since the beginning. */
  steps(): number[];
}

/** A track that begins now. */
export function createTrack(now: () => number): Track {
  const startedAt = now();
  const steps: number[] = [];
  return {
    add(characters) {
      const step = Math.min(MOST_STEPS - 1, Math.max(0, Math.floor((now() - startedAt) / STEP_MS)));
      while (steps.length <= step) steps.push(0);
      steps[step] = (steps[step] ?? 0) + characters;
    },
    steps: () => steps,
  };
}
