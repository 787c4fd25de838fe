/** No secret reaches the disk, however it is wrapped; and nothing else is lost. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventBody } from '../../src/events/index.ts';
import { createRedactor } from '../../src/record/redact.ts';

const SECRET = 'p/a"ss\\w0rd\n+é';
const redactor = createRedactor({
  DB_PASSWORD: SECRET,
  SHORT_TOKEN: 'abc',
  PUBLIC: 'open to everyone',
  KEY_FILE: '/home/ada/.ssh/key',
});

function output(text: string): EventBody {
  return { type: 'toolFinished', call: 'c', ok: true, summary: 's', output: text, durationMs: 1 };
}

test('a live secret is gone from every form that text wraps it in', () => {
  const wrap: Record<string, (text: string) => string> = {
    plain: (text) => text,
    json: (text) => JSON.stringify({ deep: [text] }),
    twice: (text) => JSON.stringify(JSON.stringify(text)),
    url: (text) => `https://x/?q=${encodeURIComponent(text)}`,
    base64: (text) => Buffer.from(text).toString('base64'),
  };
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(wrap)), fc.string(), fc.string(), (form, before, after) => {
      const wrapped = wrap[form]?.(SECRET) ?? '';
      const clean = redactor.text(`${before} ${wrapped} ${after}`);
      expect(clean).toContain('‹redacted:DB_PASSWORD›');
      expect(clean).not.toContain(wrapped);
    }),
  );
});

test('what looks like a secret is gone whoever owns it, and what stands around it stays', () => {
  const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow+/==\n-----END RSA PRIVATE KEY-----';
  const cases: [string, string][] = [
    ['key sk-ant-api03-AbC_dEf-123456', 'key ‹redacted:anthropic-key›'],
    ['ghp_0123456789abcdefABCD01', '‹redacted:github-token›'],
    ['Authorization: Bearer eyJhbGciOi.J9.x-y_z', 'Authorization: Bearer ‹redacted:bearer›'],
    ['id AKIAIOSFODNN7EXAMPLE.', 'id ‹redacted:aws-key›.'],
    [
      'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'aws_secret_access_key = ‹redacted:aws-secret›',
    ],
    ['postgres://ada:hunter2@db:5432/x', 'postgres://ada:‹redacted:url-password›@db:5432/x'],
    [`{"pem":${JSON.stringify(pem)}}`, '{"pem":"‹redacted:private-key›"}'],
    [`before ${pem}`, 'before ‹redacted:private-key›'],
  ];
  for (const [dirty, clean] of cases) expect(redactor.text(dirty)).toBe(clean);
});

test('ordinary text stays as it is', () => {
  const plain = [
    'uses Bearer authentication as in RFC 6750',
    'http://localhost:8080/employees/e1@x',
    'postgres://ada:${PASSWORD}@db/x',
    'sha256 a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6a1b2',
    'open to everyone, abc, /home/ada/.ssh/key',
  ];
  for (const text of plain) expect(redactor.text(text)).toBe(text);
});

test('nested values and keys are cleaned, digests of the event are not', () => {
  const digest = 'ab'.repeat(32);
  const cleaner = createRedactor({ API_KEY: digest });
  const input = { [`x ${digest}`]: [{ token: `is ${digest}` }] };
  expect(cleaner.body({ type: 'toolRequested', call: 'c', tool: 'bash', title: 't', input })).toEqual({
    type: 'toolRequested',
    call: 'c',
    tool: 'bash',
    title: 't',
    input: { 'x ‹redacted:API_KEY›': [{ token: 'is ‹redacted:API_KEY›' }] },
  });
  const version: EventBody = {
    type: 'specVersionRecorded',
    spec: 's',
    semanticDigest: digest,
    documentDigest: digest,
    codeTree: digest,
    verdict: 'pass',
  };
  expect(cleaner.body(version)).toEqual(version);
});

test('hostile text is cleaned in time that grows with its length', () => {
  const shapes = [
    'a'.repeat(400_000),
    'Bearer '.repeat(60_000),
    'x://'.repeat(100_000),
    '-----BEGIN PRIVATE KEY-----'.repeat(15_000),
    'aws_secret_access_key""""'.repeat(16_000),
  ];
  for (const text of shapes) expect(redactor.text(text).length).toBeGreaterThan(0);
  let deep: EventBody & { type: 'toolRequested' } = {
    type: 'toolRequested',
    call: 'c',
    tool: 't',
    title: 't',
    input: 1,
  };
  for (let depth = 0; depth < 5_000; depth++) deep = { ...deep, input: [deep.input] };
  expect(JSON.stringify(redactor.body(deep))).toContain('nested too deeply');
  expect(redactor.body(output('fine'))).toEqual(output('fine'));
});
