import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { credentialsFrom } from '../../src/verify/wire/credentials.ts';
import { BUGS } from '../support/graphql/bugs.ts';
import { bookstoreSpec, overHttp, reproduce, verifyBookstore, verifyRange } from '../support/graphql/bookstores.ts';

// Each planted bug is found by the property that is meant to find it, its script tells the buggy service from the
// correct one, and the correct one passes.

/** One bug of each kind; `test/bench/graphql-bugs.ts` tries all of them. */
const KINDS = ['dates-unchecked', 'first-ignored', 'tags-not-kept', 'pages-overlap', 'refusal-is-200'];

describe('a planted bug is found, and its script shows it on the buggy service alone', () => {
  it.each(BUGS.filter(([, bug]) => KINDS.includes(bug)))('%s %s', async (way, bug, property, clause) => {
    const report = await verifyBookstore(way, bug, {
      seed: 7,
      runs: way === 'http' ? 5 : 30,
      clauses: [clause],
    });
    const found = report.properties.find(({ id }) => id === property);
    expect(
      found?.verdict,
      JSON.stringify(report.properties.map(({ id, verdict, reason }) => [id, verdict, reason])),
    ).toBe('fail');
    const script = found?.counterexample?.reproducer ?? '';
    expect(await Promise.all([reproduce(script, way, bug), reproduce(script, way, '')]), script).toEqual([1, 0]);
  });
});

describe('a rule on an input type', () => {
  it('is broken on purpose, and a service that takes the input fails', async () => {
    const [good, bad] = await Promise.all(['', 'unordered'].map((bug) => verifyRange(bug)));
    const ruled = (one: typeof good): unknown =>
      one?.properties.flatMap(({ kind, id, clause, verdict }) => (kind === 'invariant' ? [[id, clause, verdict]] : []));
    const clause = '#/Range/@invariant/bounds-are-ordered';
    expect(ruled(good)).toEqual([['invariant bounds-are-ordered', clause, 'pass']]);
    expect(good?.verdict).toBe('pass');
    expect(ruled(bad)).toEqual([['invariant bounds-are-ordered', clause, 'fail']]);
  });
});

describe('the code of a module', () => {
  it('is followed, clause by clause', async () => {
    const { verdict, coverage, code } = await verifyRange('', {
      runs: 5,
      coverage: true,
      code: { root: join(import.meta.dirname, '../support/graphql'), includes: (path) => path === 'range.ts' },
    });
    expect([verdict, coverage.codeLines]).toEqual(['pass', { covered: 4, total: 4 }]);
    expect(Object.keys(code?.clauses ?? {})).toContain('#/Query/numbers');
  });
});

describe('the correct service', () => {
  it('passes in process, every field, rule and clause tried', async () => {
    const report = await verifyBookstore('module', '', { seed: 1, runs: 12 });
    expect(report.properties.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    expect(report.verdict).toBe('pass');
    const { operations, fields, invariants, keywords } = report.coverage;
    expect([operations, fields, invariants].map((share) => share?.covered === share?.total)).toEqual([
      true,
      true,
      true,
    ]);
    expect(keywords.covered).toBe(keywords.total);
  });

  it('passes over HTTP, with the same cases as in process', async () => {
    const [http, module] = await Promise.all(
      (['http', 'module'] as const).map((way) =>
        verifyBookstore(way, '', { seed: 5, runs: 10, clauses: ['#/Query/book', '#/Mutation/addBook'] }),
      ),
    );
    expect(http?.properties.map(({ id, verdict, cases }) => [id, verdict, cases])).toEqual(
      module?.properties.map(({ id, verdict, cases }) => [id, verdict, cases]),
    );
    expect(http?.verdict).toBe('pass');
    expect(http?.warnings).toEqual(['subscription bookAdded is not covered: answers that come later are not checked']);
  });

  it('passes in parts, which together say what the whole says', async () => {
    const clauses = ['#/Query/authors', '#/Mutation/addAuthor'];
    const [whole, ...parts] = await Promise.all(
      [undefined, { index: 1, of: 2 }, { index: 2, of: 2 }].map((shard) =>
        verifyBookstore('module', '', { seed: 3, runs: 5, clauses, ...(shard === undefined ? {} : { shard }) }),
      ),
    );
    const told = parts.flatMap(({ properties }) => properties.map(({ id, verdict }) => `${verdict} ${id}`));
    expect(told.toSorted()).toEqual(whole?.properties.map(({ id, verdict }) => `${verdict} ${id}`).toSorted());
    expect(parts.map(({ verdict, shard }) => [verdict, shard?.properties])).toEqual([
      ['pass', told.length],
      ['pass', told.length],
    ]);
  });

  it('is told where it has more than the contract says', async () => {
    const report = await verifyBookstore('module', 'served-more', { seed: 1, runs: 1 });
    expect(report.warnings).toContain(
      'drift: the served schema has field Book.shelf, of which the contract says nothing',
    );
  });
});

describe('a service that asks who is there', () => {
  const token = 'a-token-that-nobody-may-read';
  const options = { seed: 7, runs: 2, clauses: ['#/Query/author'] };

  it('is given the credentials of the environment, which stand in no report and no script', async () => {
    const variable = 'PLUMB_AUTH_BEARER';
    const credentials = credentialsFrom(await bookstoreSpec(), { [variable]: token });
    const seen: unknown[] = [];
    const report = await verifyBookstore('http', 'extra-entry', {
      ...options,
      credentials,
      subject: overHttp('extra-entry', { GUARD: token }),
      onEvent: (event) => void seen.push(event),
    });
    expect(JSON.stringify([report, seen])).not.toContain(token);
    const script = report.properties.find(({ id }) => id === 'conformance author')?.counterexample?.reproducer ?? '';
    const env = { GUARD: token, [variable]: token };
    const statuses = await Promise.all(['extra-entry', ''].map((bug) => reproduce(script, 'http', bug, env)));
    expect(statuses, script).toEqual([1, 0]);
  });

  it('refuses whoever has none, which is no pass', async () => {
    const report = await verifyBookstore('http', '', { ...options, subject: overHttp('', { GUARD: token }) });
    expect(report.verdict).toBe('error');
    expect(report.warnings).toContain(
      'the service answers with status 401: set PLUMB_AUTH_BEARER, PLUMB_AUTH_BASIC (user:password) or PLUMB_AUTH_API_KEY',
    );
  });
});
