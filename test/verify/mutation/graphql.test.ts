import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadSpec } from '../../../src/spec/load.ts';
import { verify } from '../../../src/verify/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumb-mutants-graphql-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RESOLVERS = `export const resolvers = {
  Query: {
    price: (_, { weight, kind }) => (kind === 'SMALL' ? 10 : 20) + (weight > 100 ? 1 : 0),
    cheapest: () => 'SMALL',
    note: () => 'no rule speaks of this',
  },
};
export const unused = () => 1;
`;
const CONTRACT = `
enum Kind { SMALL LARGE }
type Query {
  price(weight: Int!, kind: Kind!): Int!
    @invariant(id: "by-weight", rule: "result == (args.kind == 'SMALL' ? 10 : 20) + (args.weight > 100 ? 1 : 0)")
  cheapest: Kind
  note: String
}
`;

// What answers GraphQL has a process for each mutant: what a rule or a type speaks of is noticed, what none does is not.
test('which small changes of resolvers their contract notices', async () => {
  writeFileSync(join(folder, 'prices.mjs'), RESOLVERS);
  writeFileSync(join(folder, 'prices.graphql'), CONTRACT);
  const read = await loadSpec(join(folder, 'prices.graphql'));
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  const { verdict, mutation } = await verify({
    spec: read.spec,
    subject: { kind: 'module', file: 'prices.mjs', cwd: folder },
    runs: 20,
    mutants: {},
    code: { root: folder, includes: () => true },
  });
  expect(verdict).toBe('pass');
  const outcomes = (line: number) =>
    Object.fromEntries(
      mutation?.mutants.filter((one) => one.line === line).map((one) => [one.after, one.outcome]) ?? [],
    );
  expect(outcomes(3)).toMatchObject({ '11': 'failed', '21': 'failed', 'weight <= 100': 'failed' });
  expect(outcomes(4)).toMatchObject({ '""': 'failed', '() => undefined': 'survived' });
  expect(outcomes(5)).toMatchObject({ '""': 'survived' });
  expect(outcomes(8)).toMatchObject({ '() => undefined': 'unspecified' });
  expect(mutation?.notTried).toBe(0);
  expect(readFileSync(join(folder, 'prices.mjs'), 'utf8')).toBe(RESOLVERS);
});
