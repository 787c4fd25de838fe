import { expect, test } from 'vitest';
import { reproduce, type ServiceName, verifyService } from '../support/reference-services.ts';

// Each planted bug is found by the property that is meant to find it, and the reproducer tells the two services apart.
const BUGS: [ServiceName, bug: string, property: string, clause: string][] = [
  ['todo', 'title-too-long', 'rejection createTodo body/title maxLength', '#/components/schemas/NewTodo'],
  ['todo', 'title-too-short', 'acceptance createTodo', '#/paths/~1todos/post'],
  ['todo', 'empty-title', 'rejection createTodo body/title minLength', '#/components/schemas/NewTodo'],
  ['todo', 'title-not-required', 'rejection createTodo body required 2', '#/components/schemas/NewTodo/required'],
  ['todo', 'accepts-number-title', 'rejection createTodo body/title type', '#/components/schemas/NewTodo'],
  ['todo', 'accepts-listed-title', 'rejection createTodo body/title type 2', '#/components/schemas/NewTodo'],
  ['todo', 'puts-by-any-method', 'methods /todos/{todoId}', '#/paths/~1todos~1{todoId}'],
  ['todo', 'priority-too-big', 'rejection createTodo body/priority maximum', '#/components/schemas/NewTodo'],
  ['todo', 'refuses-null', 'acceptance createTodo', '#/paths/~1todos/post'],
  ['todo', 'loose-dates', 'rejection createTodo body/due format', '#/components/schemas/NewTodo'],
  ['todo', 'loose-pattern', 'rejection createTodo body/tags/0 pattern', '#/components/schemas/NewTodo'],
  ['todo', 'too-many-tags', 'rejection createTodo body/tags maxItems', '#/components/schemas/NewTodo'],
  ['todo', 'accepts-duplicates', 'rejection createTodo body/tags uniqueItems', '#/components/schemas/NewTodo'],
  ['todo', 'malformed-is-500', 'rejection createTodo body malformed', '#/paths/~1todos/post'],
  ['todo', 'bytes-are-500', 'rejection createTodo body malformed', '#/paths/~1todos/post'],
  ['todo', 'wrong-invalid-status', 'rejection createTodo body required', '#/paths/~1todos/post'],
  ['todo', 'unknown-is-500', 'rejection getTodo unknown id', '#/paths/~1todos~1{todoId}/get'],
  ['todo', 'error-on-unicode', 'conformance createTodo', '#/paths/~1todos/post'],
  ['todo', 'crash-on-unicode', 'conformance createTodo', '#/paths/~1todos/post'],
  ['todo', 'created-is-200', 'conformance createTodo', '#/paths/~1todos/post/responses'],
  ['todo', 'extra-null', 'conformance createTodo', '#/paths/~1todos/post/responses'],
  ['todo', 'extra-field', 'conformance createTodo', '#/paths/~1todos/post/responses'],
  ['todo', 'missing-field', 'conformance createTodo', '#/paths/~1todos/post/responses'],
  ['todo', 'id-is-text', 'conformance createTodo', '#/paths/~1todos/post/responses'],
  ['todo', 'no-location', 'conformance createTodo', '#/paths/~1todos/post/responses'],
  ['todo', 'wrong-type', 'conformance createTodo', '#/paths/~1todos/post/responses'],
  ['todo', 'default-ignored', 'conformance createTodo default priority', '#/components/schemas/NewTodo/properties'],
  ['todo', 'list-misses-last', 'stateful list-contains-created createTodo', '#/paths/~1todos/post'],
  ['todo', 'lost-update', 'stateful updated-is-readable replaceTodo', '#/paths/~1todos~1{todoId}/put'],
  ['todo', 'delete-keeps', 'stateful deleted-is-gone deleteTodo', '#/paths/~1todos~1{todoId}/delete'],
  ['todo', 'limit-too-big', 'rejection searchTodos query limit maximum', '#/paths/~1search/get'],
  ['todo', 'done-not-required', 'rejection searchTodos query done required', '#/paths/~1search/get'],
  ['todo', 'ignores-filter', 'invariant search-filters', '#/paths/~1search/get/x-invariants'],
  ['todo', 'default-limit', 'stateful default searchTodos limit', '#/paths/~1search/get'],
  ['todo', 'search-by-any-method', 'methods /search', '#/paths/~1search'],
  ['library', 'genre-incomplete', 'stateful whole filter listBooks genre', '#/paths/~1shelves~1{shelf}~1books/get'],
  ['library', 'genre-any-case', 'rejection addBook body/genre enum', '#/components/schemas/Genre'],
  ['library', 'any-version', 'undocumented paths beside /shelves/{shelf}', '#/x-undocumented'],
  [
    'bank',
    'entries-reversed',
    'invariant entries-in-order',
    '#/paths/~1accounts~1{accountId}~1entries/get/x-invariants',
  ],
  [
    'bank',
    'ignores-key',
    'invariant deposit-once-per-key',
    '#/paths/~1accounts~1{accountId}~1deposits/post/x-invariants',
  ],
  ['bank', 'overdraft-off-by-one', 'invariant no-overdraft', '#/paths/~1accounts~1{accountId}~1withdrawals/post'],
  ['bank', 'transfer-to-nobody', 'rejection transfer unknown reference', '#/paths/~1transfers/post/responses'],
  ['bank', 'transfer-rounds', 'invariant transfer-conserves', '#/paths/~1transfers/post/x-invariants'],
  ['bank', 'limit-off-by-one', 'invariant transfer-limit', '#/paths/~1transfers/post/x-invariants'],
  ['library', 'rating-lost', 'stateful created-is-readable addBook', '#/paths/~1shelves~1{shelf}~1books/post'],
  ['library', 'deletes-by-any-method', 'methods /settings/{key}', '#/paths/~1settings~1{key}'],
  ['library', 'setting-as-text', 'stateful created-is-readable putSetting', '#/paths/~1settings~1{key}/put'],
  ['library', 'isbn-again', 'invariant isbn-is-unique', '#/paths/~1shelves~1{shelf}~1books/post/x-invariants'],
  ['library', 'books-of-no-shelf', 'rejection listBooks unknown id', '#/paths/~1shelves~1{shelf}~1books/get'],
  ['depot', 'batch-loses-first', 'stateful created-is-readable addParts', '#/paths/~1parts:batch/post'],
  ['depot', 'notes-lost', 'stateful created-is-readable addNote', '#/paths/~1orders~1{orderNumber}~1notes/post'],
  [
    'vacation-balance',
    'balance-ignores-as-of',
    'invariant balance-is-ledger-sum',
    '#/paths/~1employees~1{employeeId}~1balance/get/x-invariants/balance-is-ledger-sum',
  ],
  [
    'vacation-balance',
    'as-of-exclusive',
    'invariant balance-is-ledger-sum',
    '#/paths/~1employees~1{employeeId}~1balance/get/x-invariants/balance-is-ledger-sum',
  ],
  [
    'vacation-balance',
    'accrual-not-entered',
    'invariant accrual-is-entered',
    '#/paths/~1employees~1{employeeId}~1accruals:run/post/x-invariants/accrual-is-entered',
  ],
  [
    'vacation-balance',
    'cap-off-by-one',
    'invariant accrual-stops-at-cap',
    '#/paths/~1employees~1{employeeId}~1accruals:run/post/x-invariants/accrual-stops-at-cap',
  ],
  [
    'vacation-balance',
    'overlap-same-day',
    'invariant requests-do-not-overlap',
    '#/paths/~1employees~1{employeeId}~1requests/post/x-invariants/requests-do-not-overlap',
  ],
  [
    'vacation-balance',
    'ignores-idempotency-key',
    'invariant request-is-idempotent-by-key',
    '#/paths/~1employees~1{employeeId}~1requests/post/x-invariants/request-is-idempotent-by-key',
  ],
  [
    'vacation-balance',
    'approves-cancelled',
    'invariant cancelled-stays-cancelled',
    '#/paths/~1employees~1{employeeId}~1requests~1{requestId}~1approve/post/x-invariants/cancelled-stays-cancelled',
  ],
  [
    'vacation-balance',
    'books-twice',
    'invariant approval-books-the-leave',
    '#/paths/~1employees~1{employeeId}~1requests~1{requestId}~1approve/post/x-invariants/approval-books-the-leave',
  ],
  [
    'vacation-balance',
    'overdraft-off-by-one',
    'invariant no-overdraft',
    '#/paths/~1employees~1{employeeId}~1requests~1{requestId}~1approve/post/x-invariants/no-overdraft',
  ],
  [
    'vacation-balance',
    'cancel-keeps-minutes',
    'invariant cancelled-leave-nets-zero',
    '#/paths/~1employees~1{employeeId}~1requests~1{requestId}~1cancel/post/x-invariants/cancelled-leave-nets-zero',
  ],
  [
    'vacation-balance',
    'terminates-twice',
    'invariant terminated-once',
    '#/paths/~1employees~1{employeeId}~1termination/post/x-invariants/terminated-once',
  ],
  [
    'vacation-balance',
    'stays-active',
    'invariant termination-deactivates',
    '#/paths/~1employees~1{employeeId}~1termination/post/x-invariants/termination-deactivates',
  ],
];

test.each(BUGS)('%s with the bug %s fails %s', async (name, bug, property, clause) => {
  const report = await verifyService(name, { bug, clauses: [clause] });
  const found = report.properties.find((one) => one.id === property);
  expect({ report: report.verdict, property: found?.verdict }).toEqual({ report: 'fail', property: 'fail' });
  const counterexample = found?.counterexample;
  expect(counterexample?.reproducible).toBe(true);
  const script = counterexample?.reproducer ?? '';
  expect({ buggy: await reproduce(script, name, bug), correct: await reproduce(script, name) }).toEqual({
    buggy: 1,
    correct: 0,
  });
});
