import { expect, test } from 'vitest';
import type { VerifyReport } from '../../src/events/index.ts';
import type { Property } from '../../src/verify/checks/property.ts';
import { createShares } from '../../src/verify/run/shares.ts';
import { turnsOf } from '../../src/verify/run/turns.ts';
import { verify } from '../../src/verify/index.ts';
import type { VerifyEvent } from '../../src/verify/model.ts';
import { serviceSource, serviceSpec } from '../support/reference-services.ts';

async function hanging(timeMs: number): Promise<VerifyReport> {
  const script = `require("http").createServer(() => {}).listen(process.env.PORT, "127.0.0.1")`;
  const subject = { kind: 'command' as const, start: `node -e '${script}'`, cwd: process.cwd() };
  return verify({ spec: await serviceSpec('todo'), subject, timeMs });
}

// A limited time is a promise to whoever waits: it is kept, and what it did not suffice for is named.
test('a service that never answers uses up the time and no more, and nothing passes', async () => {
  const startedAt = performance.now();
  const report = await hanging(2500);
  const tookMs = performance.now() - startedAt;
  expect(new Set(report.properties.map(({ verdict }) => verdict))).not.toContain('pass');
  expect(report.properties.every(({ reason, counterexample }) => reason !== undefined || counterexample)).toBe(true);
  // Far more than the time given, for a busy machine; without a deadline it would take minutes.
  expect(tookMs).toBeLessThan(20_000);
});

// Of a time that is too short each property has its share: not the first ones all of it.
test('a time that is too short is shared out, and each says how far it came', async () => {
  const report = await verify({
    spec: await serviceSpec('todo'),
    subject: serviceSource('todo'),
    runs: 1_000_000,
    timeMs: 8000,
    skipObjectives: true,
  });
  const acceptances = report.properties.filter(({ kind }) => kind === 'acceptance');
  expect(acceptances.map(({ verdict, cases }) => ({ verdict, hasBegun: cases > 0 }))).toEqual(
    acceptances.map(() => ({ verdict: 'error', hasBegun: true })),
  );
  expect(acceptances[0]?.reason).toMatch(/^the time given is over, after \d+ of \d+ cases$/);
});

test('the slices of a round are by cost, and leave time for the next round', () => {
  let now = 0;
  const costs = [100, 300, 600];
  const properties = costs.map((_, index) => ({ runs: index }) as Property);
  const shares = createShares(
    ({ runs }) => costs[runs] ?? 0,
    8000,
    () => now,
  );
  const round = (): number[] => {
    shares.round(properties);
    return properties.map((property) => {
      const slice = Math.round(shares.of(property));
      now += slice;
      return slice;
    });
  };
  expect([round(), round()]).toEqual([
    [400, 1200, 2400],
    [200, 600, 1200],
  ]);
});

// Where there are far more properties than time, no operation waits for all keywords of another one.
test('in a time that is too short calls as they are meant come first, then the keywords and the rest of each in turn', () => {
  const property = (kind: Property['ref']['kind'], operation: string, name: string): Property =>
    ({ ref: { id: `${kind} ${operation} ${name}`, clause: '', kind, operation }, needs: [operation] }) as Property;
  const properties = [
    property('acceptance', 'list', ''),
    property('acceptance', 'logout', ''),
    ...['type', 'minimum', 'maximum'].map((name) => property('rejection', 'list', name)),
    ...['type', 'format'].map((name) => property('rejection', 'add', name)),
    ...['', 'again'].map((name) => property('security', 'list', name)),
  ];
  const isLast = ({ needs }: Property): boolean => needs.includes('logout');
  expect(turnsOf(properties, { leftMs: Infinity, isLast })).toBe(properties);
  expect(turnsOf(properties, { leftMs: 10, isLast }).map(({ ref }) => ref.id.trim())).toEqual([
    'acceptance list',
    'rejection list type',
    'rejection add type',
    'security list',
    'rejection list minimum',
    'rejection add format',
    'security list again',
    'rejection list maximum',
    'acceptance logout',
  ]);
});

// Who waits for a long run is told how far it is.
test('progress says what is left, and less of it in the end', async () => {
  const events: VerifyEvent[] = [];
  await verify({
    spec: await serviceSpec('todo'),
    subject: serviceSource('todo'),
    runs: 30,
    skipObjectives: true,
    onEvent: (event) => events.push(event),
  });
  const progress = events.filter((event) => event.type === 'progress');
  const left = progress.flatMap(({ leftMs }) => leftMs ?? []);
  expect(left.length).toBe(progress.length);
  expect(left.at(-1)).toBeLessThan(Math.max(...left));
});
