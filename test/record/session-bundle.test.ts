/** A bundle opens anywhere as the session that it was, and a changed or hostile one does not open at all. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { hashOf, GENESIS_HASH } from '../../src/events/chain.ts';
import type { Event } from '../../src/events/index.ts';
import { loadBundle, readBundle, saveNew, writeBundle } from '../../src/record/session-bundle.ts';
import { openLog } from '../../src/record/sqlite-log.ts';
import { fold } from '../../src/session/state.ts';
import { sampleSession } from '../support/sample-session.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function recorded(): { events: Event[]; text: string; bodyHash: string } {
  const log = openLog(join(temporaryFolder(), 'plumb.db'), { now: () => Date.UTC(2026, 10, 23), random: () => 0.5 });
  onTestFinished(() => log.close());
  const session = log.newSession();
  const bodyHash = log.putBlob('{"messages":["\u202e‮"]}');
  for (const body of sampleSession({ bodyHash })) log.append(session, body);
  const events = log.read(session);
  return { events, text: writeBundle(events, (hash) => log.getBlob(hash)), bodyHash };
}

test('what was recorded is what is opened, blobs included, and folds to the same state', () => {
  const { events, text, bodyHash } = recorded();
  const file = join(temporaryFolder(), 'sessions', 'demo.plumb.json');
  expect(saveNew(file, text)).toEqual({ kind: 'saved' });
  const opened = loadBundle(file);
  if (opened.kind !== 'bundle') throw new Error(opened.message);
  expect(opened.bundle.events).toEqual(events);
  expect(fold(opened.bundle.events)).toEqual(fold(events));
  expect(opened.bundle.blobs.get(bodyHash)?.toString()).toContain('messages');
});

test('the file is readable: valid JSON, an event a line, no invisible character, the same bytes each time', () => {
  const { events, text } = recorded();
  expect(recorded().text).toBe(text);
  expect(JSON.parse(text)).toMatchObject({
    format: 'plumbline.session/1',
    count: events.length,
    head: events.at(-1)?.hash,
  });
  expect(text.split('\n').filter((line) => line.startsWith('{"id"')).length).toBe(events.length);
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
});

test('an existing file is never overwritten', () => {
  const file = join(temporaryFolder(), 'mine.json');
  writeFileSync(file, 'mine');
  expect(saveNew(file, 'theirs')).toMatchObject({ kind: 'refused', message: expect.stringContaining('--out') });
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('a bundle that was changed anywhere says so', () => {
  const { text, events } = recorded();
  const edits: [string, string][] = [
    ['Refuse overdrafts', 'Accept overdrafts'],
    ['"count": 21', '"count": 20'],
    [events.at(-1)?.hash ?? '', 'f'.repeat(64)],
    ['messages', 'massages'],
    ['"at":1795392000000', '"at":1795392000001'],
  ];
  for (const [from, to] of edits) {
    expect(text).toContain(from);
    expect([from, readBundle(text.replace(from, to), 'x').kind]).toEqual([from, 'broken']);
  }
  const shorter = text
    .split('\n')
    .filter((line) => !line.includes('"type":"sessionEnded"'))
    .join('\n')
    .replace(/},\n\],/, '}\n],');
  expect(readBundle(shorter, 'x').kind).toBe('broken');
});

test('a whole chain over events of a wrong shape is refused with the member that is wrong', () => {
  const unhashed = {
    id: 'x.1',
    session: 'x',
    seq: 1,
    at: 0,
    by: { kind: 'system', name: '' },
    v: 1,
    prevHash: GENESIS_HASH,
    type: 'promptSubmitted',
    text: 7,
  };
  // Deliberately not an event: that is what a hostile file holds.
  const hash = hashOf(GENESIS_HASH, JSON.parse(JSON.stringify(unhashed)));
  const bundle = (event: object): string =>
    JSON.stringify({ format: 'plumbline.session/1', count: 1, head: hash, events: [event] });
  expect(readBundle(bundle({ ...unhashed, hash }), 'x')).toEqual({
    kind: 'refused',
    message: 'x: event 1 (promptSubmitted) has a wrong or missing text.',
  });
  expect(readBundle(bundle({ ...unhashed, type: 'toString', hash }), 'x')).toMatchObject({
    message: expect.stringContaining('unknown type'),
  });
  expect(readBundle(bundle({ ...unhashed, v: 99, hash }), 'x')).toMatchObject({
    message: expect.stringContaining('newer plumb'),
  });
});

test('no text makes reading fail in another way than a refusal', () => {
  const { text } = recorded();
  const hostile = [
    '',
    '[]',
    'null',
    '{"format":"plumbline.session/1"}',
    '{"format":"plumbline.session/1","events":[]}',
    '['.repeat(2_000_000),
    '{"a":'.repeat(50_000),
  ];
  for (const one of hostile) expect(readBundle(one, 'x').kind).toBe('refused');
  const lines = text.split('\n');
  fc.assert(
    fc.property(fc.nat(lines.length - 1), fc.nat(), fc.jsonValue(), (line, place, value) => {
      const changed = [...lines];
      const old = changed[line] ?? '';
      const members = old.split(/(?<=:)(?=["\d[{ntf])/);
      const at = place % members.length;
      changed[line] = members.map((member, index) => (index === at ? JSON.stringify(value) : member)).join('');
      expect(['bundle', 'broken', 'refused']).toContain(readBundle(changed.join('\n'), 'x').kind);
    }),
    { numRuns: 300 },
  );
  expect(loadBundle('/nowhere/at/all.json')).toMatchObject({ kind: 'refused' });
  expect(loadBundle('/')).toMatchObject({ kind: 'refused' });
});
