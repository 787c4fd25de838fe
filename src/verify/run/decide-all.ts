/**
 * The order of a run: properties one after the other, the next one beginning as soon as the last case of the one before
 * has begun, wherever the two may run at the same time. What they showed is concluded in their order, so that verdicts
 * do not depend on which of them ended first.
 */
import type { Property } from '../checks/property.ts';
import type { Conclusions } from './conclude.ts';
import type { Ending, Lane, Outcome } from './lane.ts';
import type { Shares } from './shares.ts';

export interface Course {
  properties: readonly Property[];
  lane: Lane;
  conclusions: Conclusions;
  /** Whether a property may run beside others that may, too. */
  beside: (property: Property) => boolean;
  /** Does some work while no case is in flight. */
  alone: (work: () => Promise<void>) => Promise<void>;
  shares: Shares;
  /** Why the run must end now; undefined while it may go on. */
  stop: () => string | undefined;
  /** Told of each property when it is concluded. */
  settled: (property: Property, outcome: Outcome) => Promise<void>;
}

/** Runs properties until each has ended or the run must end. */
export async function decideAll(course: Course): Promise<void> {
  let left = course.properties;
  // Those whose share of the time was too short go on where they were, round by round.
  while (left.length > 0 && course.stop() === undefined) {
    const paused: Property[] = [];
    course.shares.round(left);
    for (const stretch of stretchesOf(left, course.beside)) {
      if (course.stop() !== undefined) break;
      paused.push(...(await runStretch(course, stretch)));
    }
    left = paused;
  }
  // What has begun says how far it came.
  for (const property of left) await settle(course, property, await course.lane.run(property, 'alone', () => false));
}

/** Runs properties beside each other, and concludes them in order; those that are not through are the answer. */
async function runStretch(course: Course, { beside, properties }: Stretch): Promise<Property[]> {
  const { lane } = course;
  const paused: Property[] = [];
  let settled = Promise.resolve();
  for (const property of properties) {
    if (course.stop() !== undefined) break;
    await lane.slots.spare();
    const { promise: dry, resolve: tellDry } = Promise.withResolvers<void>();
    const ending = lane.run(property, beside ? 'beside' : 'alone', course.shares.of(property), tellDry);
    const before = settled;
    settled = ending.then(async (one) => {
      await before;
      if (await settle(course, property, one)) return;
      paused.push(property);
    });
    await (beside ? Promise.race([dry, ending]) : settled);
  }
  await settled;
  return paused;
}

/** Concludes a property; false where it has not ended yet. */
async function settle(course: Course, property: Property, ending: Ending): Promise<boolean> {
  let last = ending;
  if (last.kind === 'broken')
    await course.alone(async () => {
      last = await course.lane.run(property, 'alone', course.shares.of(property));
    });
  if (last.kind !== 'ended') return false;
  await course.conclusions.absorb(property, last.outcome);
  await course.settled(property, last.outcome);
  return true;
}

interface Stretch {
  beside: boolean;
  properties: Property[];
}

/** Consecutive properties that may run beside each other; any other one is a stretch of its own. */
function stretchesOf(properties: readonly Property[], beside: (property: Property) => boolean): Stretch[] {
  const stretches: Stretch[] = [];
  for (const property of properties) {
    const together = beside(property);
    const last = stretches.at(-1);
    if (together && last?.beside === true) last.properties.push(property);
    else stretches.push({ beside: together, properties: [property] });
  }
  return stretches;
}
