import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { manifestFromText } from '../../src/spec/manifest.ts';
import { resolveSpec } from '../../src/spec/resolve.ts';
import { rulesOf } from './specs.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'plumb-manifest-')));
afterAll(() => rmSync(root, { recursive: true }));

function write(path: string, text = ''): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

test('a manifest is read whole', () => {
  const text = `
specs:
  leave:
    contract: specs/leave/openapi.yaml
    code: ["services/leave/**", "lib/*.js"]
    subject: { start: "node services/leave/server.js", ready: /healthz, env: { MODE: test, LEVEL: 2 } }
    environment: production
    budget: { maxUsd: 0.29, maxTokens: 1000, maxRounds: 3 }
  remote:
    contract: remote.json
    subject: { url: "http://127.0.0.1:8080/v1" }
    auth: { apiKey: SHOP_KEY }
  library: { contract: lib.yaml, subject: { module: ./lib/index.js } }
  filter: { contract: filter.yaml, subject: { command: "jq ." } }
`;
  expect(manifestFromText(text, '/repo/plumb.yaml')).toEqual({
    kind: 'manifest',
    findings: [],
    manifest: {
      file: '/repo/plumb.yaml',
      folder: '/repo',
      entries: [
        {
          name: 'leave',
          contract: '/repo/specs/leave/openapi.yaml',
          code: ['services/leave/**', 'lib/*.js'],
          subject: {
            kind: 'command',
            start: 'node services/leave/server.js',
            readyPath: '/healthz',
            env: { MODE: 'test', LEVEL: '2' },
          },
          environment: 'production',
          caps: { maxUsdMicros: 290_000, maxTokens: 1000, maxRounds: 3 },
        },
        {
          name: 'remote',
          contract: '/repo/remote.json',
          code: [],
          subject: { kind: 'url', url: 'http://127.0.0.1:8080/v1' },
          auth: { apiKey: 'SHOP_KEY' },
          caps: {},
        },
        {
          name: 'library',
          contract: '/repo/lib.yaml',
          code: [],
          subject: { kind: 'module', module: './lib/index.js' },
          caps: {},
        },
        {
          name: 'filter',
          contract: '/repo/filter.yaml',
          code: [],
          subject: { kind: 'program', command: 'jq .' },
          caps: {},
        },
      ],
    },
  });
});

test.each([
  ['specs: { a: { contract: x, cod: y } }', 'manifest-key #/specs/a/cod'],
  ['spec: {}', 'manifest-shape #'],
  ['specs: { a: {} }', 'manifest-shape #/specs/a/contract'],
  ['specs: { "a b": { contract: x } }', 'manifest-shape #/specs/a b'],
  ['specs: { a: { contract: x, code: ["../**"] } }', 'manifest-shape #/specs/a/code/0'],
  ['specs: { a: { contract: x, code: ["/etc/**"] } }', 'manifest-shape #/specs/a/code/0'],
  ['specs: { a: { contract: x, subject: { start: a, url: b } } }', 'manifest-shape #/specs/a/subject'],
  ['specs: { a: { contract: x, subject: { url: "file:///x" } } }', 'manifest-shape #/specs/a/subject/url'],
  ['specs: { a: { contract: x, subject: { start: a, ready: healthz } } }', 'manifest-shape #/specs/a/subject/ready'],
  ['specs: { a: { contract: x, subject: { module: ../x.js } } }', 'manifest-shape #/specs/a/subject/module'],
  ['specs: { a: { contract: x, budget: { maxUsd: -1 } } }', 'manifest-shape #/specs/a/budget/maxUsd'],
  ['specs: { a: { contract: x, budget: { maxRounds: 1.5 } } }', 'manifest-shape #/specs/a/budget/maxRounds'],
  ['specs: { a: { contract: x, environment: { A: b } } }', 'manifest-shape #/specs/a/environment'],
  ['specs: { a: { contract: x, auth: { key: sk-live-77 } } }', 'manifest-shape #/specs/a/auth/key'],
  ['specs: { a: { contract: x }, a: { contract: y } }', 'duplicate-key #'],
])('%s is refused by place', (text, expected) => {
  const read = manifestFromText(text, '/repo/plumb.yaml');
  expect(read.kind === 'none' ? [] : rulesOf(read.findings)).toEqual([expected]);
});

test('a name is looked for in the manifest, then as a path, in specs/, and among the examples', () => {
  write('.git/HEAD');
  write(
    'plumb.yaml',
    'specs: { leave: { contract: contracts/leave.yaml, code: ["apps/leave/src/**"], subject: { start: run } } }',
  );
  write('contracts/leave.yaml');
  write('contracts/other.json');
  write('specs/shop/openapi.json');
  write('deep/down/keep.txt');
  const show = (name: string | undefined, cwd = root) => {
    const resolution = resolveSpec(name, cwd, join(root, 'examples/specs'));
    if (resolution.kind === 'unresolved') return rulesOf(resolution.findings);
    const { file, root: base, code, codeFolder, subject, subjectFolder } = resolution.resolved;
    return {
      name: resolution.resolved.name,
      file: file.slice(root.length + 1),
      root: base,
      code,
      codeFolder,
      subject,
      subjectFolder,
    };
  };
  const leave = {
    name: 'leave',
    file: 'contracts/leave.yaml',
    root,
    code: ['apps/leave/src/**'],
    codeFolder: 'apps/leave/src',
    subject: { kind: 'command', start: 'run' },
    subjectFolder: '.',
  };
  const bare = (name: string, file: string) => ({
    name,
    file,
    root,
    code: [`services/${name}/**`],
    codeFolder: `services/${name}`,
    subject: { kind: 'command', start: 'node server.js' },
    subjectFolder: `services/${name}`,
  });
  expect(show('leave', join(root, 'deep/down'))).toEqual(leave);
  expect(show(undefined)).toEqual(leave);
  expect(show('contracts/leave.yaml')).toEqual(leave);
  expect(show('contracts/other.json')).toEqual(bare('other', 'contracts/other.json'));
  expect(show('specs/shop')).toEqual(bare('shop', 'specs/shop/openapi.json'));
  expect(show('shop', join(root, 'deep/down'))).toEqual(bare('shop', 'specs/shop/openapi.json'));
  write('examples/specs/demo/openapi.yaml');
  expect(show('demo')).toEqual(bare('demo', 'examples/specs/demo/openapi.yaml'));
  expect(show('nothing')).toEqual(['unknown-spec #']);
  expect(show('deep')).toEqual(['unknown-spec #']);
  expect(show('../'.repeat(50))).toEqual(['unknown-spec #']);
  expect(show('x'.repeat(10_000))).toEqual(['unknown-spec #']);
});

test('paths of a manifest below the root of the repository are told from the root', () => {
  write('.git/HEAD');
  write('pkg/plumb.yaml', 'specs: { a: { contract: a.yaml } }');
  write('pkg/a.yaml');
  const resolution = resolveSpec('a', join(root, 'pkg'));
  expect(resolution.kind === 'resolved' && resolution.resolved).toMatchObject({
    root,
    code: ['pkg/services/a/**'],
    codeFolder: 'pkg/services/a',
    subjectFolder: 'pkg/services/a',
  });
});

test('a broken entry is refused by its own name, and hinders no other', () => {
  write('broken/.git/HEAD');
  write('broken/plumb.yaml', 'specs: { bad: { contract: a.yaml, code: [/etc] }, good: { contract: a.yaml } }');
  write('broken/a.yaml');
  write('broken/specs/bad/openapi.yaml');
  const bad = resolveSpec('bad', join(root, 'broken'));
  expect([bad.kind, ...rulesOf(bad.findings)]).toEqual(['unresolved', 'manifest-shape #/specs/bad/code/0']);
  const good = resolveSpec('good', join(root, 'broken'));
  expect([good.kind, ...rulesOf(good.findings)]).toEqual(['resolved']);
});
