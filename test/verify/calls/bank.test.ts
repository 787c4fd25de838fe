/** A stateful module and the same as a program: every planted bug is found, the correct ones stay silent. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { VerifyReport } from '../../../src/events/index.ts';
import { loadSpec } from '../../../src/spec/load.ts';
import { verify } from '../../../src/verify/index.ts';
import type { VerifyOptions } from '../../../src/verify/model.ts';
import { scriptStatus } from '../../support/script-status.ts';

const folder = join(import.meta.dirname, '../../support/calls');

async function run(env: Record<string, string>, more: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
  const loaded = await loadSpec(join(folder, 'bank.openrpc.yaml'));
  if (loaded.kind !== 'spec') throw new Error(JSON.stringify(loaded.findings));
  return verify({ spec: loaded.spec, subject: { kind: 'module', file: 'bank.mjs', cwd: folder, env }, ...more });
}

function program(env: Record<string, string>, more: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
  return run(
    {},
    {
      subject: { kind: 'program', command: 'exec "$(command -v node)" bank-server.mjs', cwd: folder, env },
      runs: 40,
      ...more,
    },
  );
}

/** Where the properties of a bug lie, so that a test is quick. */
const CLAUSE: Record<string, string> = {
  openAccount: '#/methods/openAccount',
  deposit: '#/methods/deposit',
  withdraw: '#/methods/withdraw',
  adds: '#/methods/deposit',
  takes: '#/methods/withdraw',
};

function failing({ properties }: VerifyReport): string[] {
  return properties.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
}

describe('a module', () => {
  it('passes where it is correct, whatever the seed, with all of the contract seen', async () => {
    for (const seed of [1, 2]) {
      const report = await run({}, { seed, runs: 60 });
      expect([report.verdict, report.warnings, failing(report)]).toEqual(['pass', [], []]);
      for (const share of Object.values(report.coverage)) expect(share).toMatchObject({ covered: share.total });
    }
  });

  it.each([
    ['short-owner', ['acceptance openAccount']],
    ['empty-owner', ['rejection openAccount owner minLength']],
    ['welcome', ['invariant empty-at-first']],
    ['lost', ['link openAccount look']],
    ['date', ['conformance openAccount']],
    ['extra', ['conformance openAccount']],
    ['fee', ['invariant adds']],
    ['exit', ['acceptance deposit', 'conformance deposit']],
    ['loop', ['acceptance deposit']],
    ['tired', ['conformance deposit']],
    ['strict', ['invariant takes']],
    ['overdraft', ['conformance withdraw']],
    ['undeclared', ['conformance withdraw']],
  ])('is found out: %s', async (BUG, expected) => {
    const clauses = expected.map((id) =>
      id.startsWith('invariant empty') ? '#/components' : (CLAUSE[id.split(' ')[1] ?? ''] ?? ''),
    );
    const report = await run({ BUG }, { runs: 60, clauses });
    expect(report.verdict).toBe('fail');
    expect(failing(report)).toEqual(expect.arrayContaining(expected));
    for (const { counterexample, id } of report.properties)
      if (counterexample !== undefined) {
        const script = counterexample.reproducer;
        const statuses = await Promise.all([{ BUG }, { BUG: '' }].map((env) => scriptStatus(script, env)));
        expect([id, counterexample.reproducible, ...statuses], script).toEqual([id, true, 1, 0]);
      }
  });

  it('has a counterexample as small as can be, with what had to come before it', async () => {
    const { properties } = await run({ BUG: 'fee' }, { clauses: ['#/methods/deposit/x-invariants'] });
    const found = properties.find(({ id }) => id === 'invariant adds')?.counterexample;
    expect(found?.input).toEqual([
      { openAccount: ['a'] },
      { balance: ['a1'] },
      { deposit: ['a1', 5001] },
      { balance: ['a1'] },
    ]);
  });

  it('may print and fail late without harm', async () => {
    const report = await run({ BUG: 'late' }, { clauses: ['#/methods/balance'] });
    expect(report.verdict).toBe('pass');
  });
});

describe('a program that answers JSON lines', () => {
  it('passes where it is correct, answering out of order', async () => {
    const report = await program({});
    expect([report.verdict, report.warnings, failing(report)]).toEqual(['pass', [], []]);
  });

  it.each([
    ['notify', ['conformance notifications']],
    ['fragile', ['rejection broken line']],
    ['noise', ['conformance output']],
    ['lenient', ['rejection unknown method']],
    ['crash', ['conformance deposit']],
    ['version', ['conformance openAccount']],
  ])('is found out: %s', async (PROGRAM_BUG, expected) => {
    const clauses = ['#/openrpc', '#/methods/openAccount/result', '#/methods/deposit/result'];
    const report = await program({ PROGRAM_BUG }, { runs: 30, clauses });
    expect(failing(report)).toEqual(expect.arrayContaining(expected));
    for (const { counterexample, id } of report.properties)
      if (counterexample?.reproducible === true && expected.includes(id)) {
        const script = counterexample.reproducer;
        const bugs = [{ PROGRAM_BUG }, { PROGRAM_BUG: '' }];
        expect([id, ...(await Promise.all(bugs.map((env) => scriptStatus(script, env))))], script).toEqual([id, 1, 0]);
      }
  });

  it('is asked no more where it is silent, and nothing else is blamed for that', async () => {
    const report = await program(
      { PROGRAM_BUG: 'mute' },
      {
        timeMs: 6000,
        runs: 5,
        clauses: ['#/methods/balance'],
      },
    );
    expect([report.verdict, failing(report)]).toEqual(['fail', ['acceptance balance']]);
  });

  it('that is not there is an error, not a finding', async () => {
    const report = await run({}, { subject: { kind: 'program', command: 'no-such-program', cwd: folder } });
    expect(report.verdict).toBe('error');
    expect(report.properties[0]?.reason).toMatch(/^the command ended before it was asked anything: .*127/);
  });
});
