/** A pipe that nobody writes to must not be waited for, wherever a person may name a file. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../src/cli/main.ts';
import { captureIo } from '../support/captured-io.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CONTRACT =
  'openapi: 3.1.0\ninfo: { title: A, version: "1" }\npaths: { /a: { get: { responses: { "200": { description: ok } } } } }\n';

test.skipIf(process.platform === 'win32').each([
  [['drift', 'a.yaml', '--har', 'pipe'], 3, 'what is there is not a file'],
  [['verify', 'a.yaml', '--url', 'http://127.0.0.1:9', '--junit', 'pipe'], 2, 'what is there is not a file'],
  [['verify', 'a.yaml', '--url', 'http://127.0.0.1:9', '--ndjson', 'pipe'], 2, 'what is there is not a file'],
  [['replay', './pipe'], 3, 'is not a file'],
  [['spec', 'lint', 'pipe'], 2, 'there is no spec and no file "pipe"'],
  [['spec', 'lint', 'piped.yaml'], 1, 'what is there is not a file'],
  [['sample', 'a.yaml#/paths', '--documents', 'none'], 2, 'there is no folder'],
])('%j', async (args, exit, message) => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, '.git'));
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
  writeFileSync(join(cwd, 'a.yaml'), CONTRACT);
  writeFileSync(join(cwd, 'piped.yaml'), CONTRACT.replace('description: ok', '$ref: pipe'));
  const { io, out, err } = captureIo(cwd);
  expect([await runCli(args, io), out() + err()]).toEqual([exit, expect.stringContaining(message)]);
});

test.skipIf(process.platform === 'win32')('a manifest that is a pipe', async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, '.git'));
  execFileSync('mkfifo', [join(cwd, 'plumb.yaml')]);
  const { io, err } = captureIo(cwd);
  expect([await runCli(['spec', 'lint', 'a'], io), err()]).toEqual([3, expect.stringContaining('not a file')]);
});
