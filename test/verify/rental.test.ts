import { expect, test } from 'vitest';
import { reproduce, verifyService } from '../support/reference-services.ts';

const CARS = '#/paths/~1cars';
const CAR = '#/paths/~1cars~1{carId}';

// Things that come back, that are made together, and that are read by lists alone: nothing right about them is blamed.
test('a correct rental passes', async () => {
  for (const seed of [1, 2]) {
    const { properties } = await verifyService('rental', { seed, runs: 30 });
    const others = properties.filter(({ verdict }) => verdict !== 'pass');
    expect(others.map(({ id, counterexample, reason }) => [id, reason ?? counterexample?.actual])).toEqual([]);
  }
});

// Each of these was missed in a service that somebody else could have written; each is now found by its own property.
const BUGS: [bug: string, property: string, clause: string][] = [
  ['removed-listed', 'stateful whole listCars', `${CARS}/get`],
  ['total-of-piece', 'stateful whole listCars', `${CARS}/get`],
  ['one-more', 'stateful pages listCars', `${CARS}/get`],
  ['others-trips', 'stateful strayed addTrip listTrips', `${CAR}~1trips/get`],
  ['others-trips', 'stateful belonging listTrips carId', `${CAR}~1trips/get`],
  ['trip-of-another', 'stateful strayed addTrip listTrips', `${CAR}~1trips/get`],
  ['patch-clears', 'stateful updated-is-readable changeCar', `${CAR}/patch`],
  ['false-kept', 'stateful updated-is-readable changeCar', `${CAR}/patch`],
  ['null-kept', 'stateful updated-is-readable changeCar', `${CAR}/patch`],
  ['score-kept', 'stateful updated-is-readable changeCar', `${CAR}/patch`],
  ['plate-changed', 'stateful duplicate changeCar', `${CAR}/patch/responses/409`],
  ['zero-is-default', 'stateful created-is-readable addCar', `${CARS}/post`],
  ['zone-lost', 'stateful created-is-readable addCar', `${CARS}/post`],
  ['cents-lost', 'stateful created-is-readable addCar', `${CARS}/post`],
  ['most-refused', 'conformance addCar bounds', `${CARS}/post`],
  ['place-wrong', 'conformance addCar location', `${CARS}/post`],
  ['second-lost', 'stateful batch addCars getCar', `${CARS}~1batch/post`],
  ['restore-forgets', 'stateful acted restoreCar', `${CAR}~1restore/post`],
  ['restore-empties', 'stateful acted restoreCar', `${CAR}~1restore/post`],
];

// One of each kind of script; the others are told in the same words.
const SCRIPTED = new Set(['removed-listed', 'trip-of-another', 'plate-changed', 'place-wrong', 'restore-empties']);

test.each(BUGS)('a rental with the bug %s fails %s', async (bug, property, clause) => {
  const report = await verifyService('rental', { bug, clauses: [clause], runs: 50 });
  const counterexample = report.properties.find((one) => one.id === property)?.counterexample;
  expect(report.properties.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)).toContain(property);
  if (!SCRIPTED.has(bug)) return;
  const script = counterexample?.reproducer ?? '';
  expect({ buggy: await reproduce(script, 'rental', bug), correct: await reproduce(script, 'rental') }).toEqual({
    buggy: 1,
    correct: 0,
  });
});
