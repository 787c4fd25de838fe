import { expect, test } from 'vitest';
import { reproduce, verifyService } from '../support/reference-services.ts';

const GOODS = '#/paths/~1goods';
const GOOD = '#/paths/~1goods~1{goodId}';

// What frameworks do by themselves is no finding, whatever is drawn: nobody trusts a tool that blames correct services.
test('a shop with the habits of frameworks passes', async () => {
  for (const seed of [1, 2]) {
    const { properties } = await verifyService('shop', { seed, runs: 30 });
    const others = properties.filter(({ verdict }) => verdict !== 'pass');
    expect(others.map(({ id, counterexample, reason }) => [id, reason ?? counterexample?.actual])).toEqual([]);
  }
});

// What only a list as a whole, a look back at what was there, or two changes at once show is found, and its script shows it.
const BUGS: [bug: string, property: string, clause: string][] = [
  ['total-of-piece', 'stateful whole listMakers', '#/paths/~1makers/get'],
  ['same-maker-twice', 'stateful duplicate addMaker', '#/paths/~1makers/post/responses/409'],
  ['newest-missing', 'stateful whole listGoods', `${GOODS}/get`],
  ['cursor-skips', 'stateful whole listGoods', `${GOODS}/get`],
  ['cursor-repeats', 'stateful whole listGoods', `${GOODS}/get`],
  ['ends-early', 'stateful whole listGoods', `${GOODS}/get`],
  ['never-ends', 'stateful whole listGoods', `${GOODS}/get`],
  ['bound-ignored', 'stateful filter listGoods minPrice', GOODS],
  ['sorts-backwards', 'stateful sorting listGoods sort', GOODS],
  ['drops-tags', 'stateful created-is-readable addGood', `${GOODS}/post`],
  ['cuts-tags', 'stateful created-is-readable addGood', `${GOODS}/post`],
  ['adds-tax', 'stateful created-is-readable addGood', `${GOODS}/post`],
  ['patch-moves-shelf', 'stateful sequence addGood /goods/{}', `${GOODS}/post`],
  ['reviews-late', 'stateful posted addReview listReviews', `${GOOD}~1reviews/post`],
  ['put-keeps-price', 'stateful updated-is-readable replaceGood', `${GOOD}/put`],
  ['patch-ignores-price', 'stateful updated-is-readable changeGood', `${GOOD}/patch`],
  ['put-revives', 'stateful crossing replaceGood removeGood', `${GOOD}/put`],
  ['puts-mix', 'stateful crossing replaceGood replaceGood', `${GOOD}/put`],
];

// Whether the script of a filter finds something in a fresh shop depends on how far it was shrunk: it is not among these.
const SCRIPTED = new Set(['total-of-piece', 'same-maker-twice', 'cursor-skips', 'put-keeps-price']);

// What others left in the list shows it, so that the script of a fresh shop may not.
test('a filter by the id of another thing that is ignored is found', async () => {
  const { properties } = await verifyService('shop', { bug: 'maker-ignored', clauses: [GOODS], runs: 20 });
  expect(properties.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)).toContain(
    'stateful filter listGoods makerId',
  );
});

test.each(BUGS)('a shop with the bug %s fails %s', async (bug, property, clause) => {
  const report = await verifyService('shop', { bug, clauses: [clause], runs: 20 });
  const counterexample = report.properties.find((one) => one.id === property)?.counterexample;
  expect(report.properties.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)).toContain(property);
  // The others are told by the same kinds of scripts, which take their time.
  if (!SCRIPTED.has(bug)) return;
  const script = counterexample?.reproducer ?? '';
  expect({ buggy: await reproduce(script, 'shop', bug), correct: await reproduce(script, 'shop') }).toEqual({
    buggy: 1,
    correct: 0,
  });
});
