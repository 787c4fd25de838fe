import { expect, test } from 'vitest';
import { reproduce, verifyService } from '../support/reference-services.ts';

const BOARD = '#/paths/~1boards~1{boardId}';
const CARD = `${BOARD}~1cards~1{cardId}`;

// Each bug that only several calls together show is found by its property, and the script tells the two services apart.
const BUGS: [bug: string, property: string, clause: string][] = [
  ['patch-resets', 'stateful sequence addCard /boards/{}/cards/{}', `${BOARD}~1cards/post`],
  ['ids-repeat', 'stateful sequence addCard /boards/{}/cards/{}', `${BOARD}~1cards/post`],
  ['update-hits-all', 'stateful sequence addCard /boards/{}/cards/{}', `${BOARD}~1cards/post`],
  ['delete-takes-two', 'stateful sequence addCard /boards/{}/cards/{}', `${BOARD}~1cards/post`],
  ['reading-costs', 'stateful sequence addCard /boards/{}/cards/{}', `${BOARD}~1cards/post`],
  ['head-is-404', 'stateful sequence addCard /boards/{}/cards/{}', `${BOARD}~1cards/post`],
  ['label-stays', 'stateful sequence putLabel /boards/{}/labels/{}', `${BOARD}~1labels~1{label}/put`],
  ['patch-revives', 'stateful use-after-delete changeCard removeCard', `${CARD}/patch`],
  ['moves-the-dead', 'stateful use-after-delete moveCard removeCard', `${CARD}~1move/post`],
  ['cards-outlive', 'stateful use-after-delete listCards removeBoard', `${BOARD}~1cards/get`],
  ['second-delete-breaks', 'stateful twice removeCard', `${CARD}/delete`],
  ['put-adds', 'stateful twice putLabel', `${BOARD}~1labels~1{label}/put`],
  ['ignores-key', 'stateful idempotency-key addCard', `${BOARD}~1cards/post/parameters`],
  ['key-of-another', 'stateful idempotency-key addCard', `${BOARD}~1cards/post/parameters`],
  ['pages-overlap', 'stateful pages listBoards', '#/paths/~1boards/get'],
  ['limit-ignored', 'stateful pages listCards', `${BOARD}~1cards/get`],
  ['offset-skips', 'stateful pages listCards', `${BOARD}~1cards/get`],
  ['link-to-nowhere', 'stateful link addBoard 201 read', '#/paths/~1boards/post/responses/201'],
  ['spends-twice', 'stateful race spend board', `${BOARD}~1spending/post`],
  ['joins-twice', 'stateful race addMember board', `${BOARD}~1members/post`],
  ['loses-updates', 'stateful race replaceCard card', `${CARD}/put`],
  ['removes-twice', 'stateful race removeCard card', `${CARD}/delete`],
  ['teams-race', 'stateful race addTeam', '#/paths/~1teams/post'],
  ['move-forgets', 'stateful workflow a-card-is-finished', '#/workflows/a-card-is-finished'],
  ['filter-leaks', 'stateful filter listCards column', `${BOARD}~1cards/get/parameters`],
];

test.each(BUGS)('a board with the bug %s fails %s', async (bug, property, clause) => {
  const report = await verifyService('board', { bug, clauses: [clause], runs: 40 });
  const found = report.properties.find((one) => one.id === property);
  const counterexample = found?.counterexample;
  expect({ verdict: found?.verdict, reproducible: counterexample?.reproducible }).toEqual({
    verdict: 'fail',
    reproducible: true,
  });
  const script = counterexample?.reproducer ?? '';
  expect({ buggy: await reproduce(script, 'board', bug), correct: await reproduce(script, 'board') }).toEqual({
    buggy: 1,
    correct: 0,
  });
});
