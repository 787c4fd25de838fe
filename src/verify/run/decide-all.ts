/**
 * The order of a run: properties one after the other, the next one beginning as soon as the last case of the one before
 * has begun, wherever the two may run at the same time. What they showed is concluded in their order, so that verdicts
 * depend neither on which of them ended first nor on how many lanes there are.
 */
import type { Property } from '../checks/property.ts';
import type { Conclusions } from './conclude.ts';
import type { Ending, Lane, Outcome } from './lane.ts';
import type { Shares } from './shares.ts';

export interface Course {
  properties: readonly Property[];
  /** Of this thread; what cannot run beside others runs here. */
  lane: Lane;
  /** Of workers. */
  others: readonly Lane[];
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
  // Those whose share of the time was too short go on where they were, round by round.
  const paused = new Map<Property, Lane>();
  let left = course.properties;
  while (left.length > 0 && course.stop() === undefined) {
    course.shares.round(left);
    for (const { beside, properties } of stretchesOf(left, course.beside)) {
      if (course.stop() !== undefined) break;
      if (beside) await runBeside(course, properties, paused);
      else for (const property of properties) await runAlone(course, property, paused);
    }
    left = [...paused.keys()];
  }
  // What has begun says how far it came.
  for (const [property, lane] of paused) {
    const ending = await lane.run(property, 'alone', Infinity);
    if (ending.kind === 'ended') await conclude(course, property, ending.outcome);
  }
}

/** One after the other in each lane, all lanes at once. */
async function runBeside(course: Course, properties: readonly Property[], paused: Map<Property, Lane>): Promise<void> {
  const begun = properties.map(() => Promise.withResolvers<Ending | 'not begun'>());
  const concluded = properties.map(() => Promise.withResolvers<void>());
  const taken = new Set<Property>();
  // All before it are taken.
  let open = 0;
  const take = (lane: Lane): number => {
    for (let index = open; index < properties.length; index++) {
      const property = properties[index];
      if (property === undefined || taken.has(property)) continue;
      const owner = paused.get(property) ?? lane;
      if (owner !== lane && owner.lost === undefined) continue;
      taken.add(property);
      while (open <= index && taken.has(properties[open] ?? property)) open++;
      return index;
    }
    return -1;
  };
  const feed = async (lane: Lane): Promise<void> => {
    for (;;) {
      await lane.slots.spare();
      if (course.stop() !== undefined || lane.lost !== undefined) return;
      const index = take(lane);
      const property = properties[index];
      if (property === undefined) return;
      const { promise: dry, resolve: tellDry } = Promise.withResolvers<'dry'>();
      const ending = lane.run(property, 'beside', course.shares.of(property), () => tellDry('dry'));
      paused.set(property, lane);
      begun[index]?.resolve(ending);
      const first = await Promise.race([dry, ending]);
      // Something broke: nothing more begins before it is known whose doing that was.
      if (first !== 'dry' && first.kind === 'broken') await concluded[index]?.promise;
    }
  };
  const fed = Promise.all([course.lane, ...course.others].map(feed)).finally(() => {
    for (const one of begun) one.resolve('not begun');
  });
  for (const [index, property] of properties.entries()) {
    const ending = await begun[index]?.promise;
    if (ending !== undefined && ending !== 'not begun') await settle(course, property, ending, paused);
    concluded[index]?.resolve();
  }
  await fed;
}

async function runAlone(course: Course, property: Property, paused: Map<Property, Lane>): Promise<void> {
  paused.set(property, course.lane);
  await settle(course, property, await course.lane.run(property, 'alone', course.shares.of(property)), paused);
}

/** Concludes a property that has ended; it is no longer among the paused ones then. */
async function settle(course: Course, property: Property, ending: Ending, paused: Map<Property, Lane>): Promise<void> {
  let last = ending;
  if (last.kind === 'broken') {
    course.conclusions.dropped({ answered: 0, retried: 0, faults: last.faults });
    await course.alone(async () => {
      paused.set(property, course.lane);
      last = await course.lane.run(property, 'alone', course.shares.of(property));
    });
  }
  if (last.kind !== 'ended') return;
  paused.delete(property);
  await conclude(course, property, last.outcome);
}

async function conclude(course: Course, property: Property, outcome: Outcome): Promise<void> {
  await course.conclusions.absorb(property, outcome);
  await course.settled(property, outcome);
}

interface Stretch {
  beside: boolean;
  properties: Property[];
}

/** Of more properties than these no stretch is longer: to ask about one costs as much as the contract is large. */
const MANY = 2000;
const LONGEST_OF_MANY = 50;

/** Consecutive properties that may run beside each other, or that may not; each is asked about when its turn comes. */
function* stretchesOf(properties: readonly Property[], beside: (property: Property) => boolean): Generator<Stretch> {
  const longest = properties.length > MANY ? LONGEST_OF_MANY : Infinity;
  let stretch: Stretch | undefined;
  for (const property of properties) {
    const together = beside(property);
    if (stretch?.beside === together && stretch.properties.length < longest) stretch.properties.push(property);
    else {
      if (stretch !== undefined) yield stretch;
      stretch = { beside: together, properties: [property] };
    }
  }
  if (stretch !== undefined) yield stretch;
}
