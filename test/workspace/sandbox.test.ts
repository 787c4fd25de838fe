/** What the agent runs is confined, or the workspace says that it is not; nothing of it outlives us. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSubject } from '../../src/verify/subject/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import type { Workspace } from '../../src/workspace/workspace.ts';
import { git, makeRepository, writeFiles } from '../support/git-repository.ts';
import { eventually, processesWith } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const missing = ['bwrap', 'socat', 'rg'].filter((name) => spawnSync('which', [name]).status !== 0);
if (missing.length > 0) console.log(`the sandbox tests are skipped: install ${missing.join(', ')}`);

async function confined(folder: string, writable = ['code/**']): Promise<Workspace> {
  const opened = await openWorkspace({
    repository: folder,
    session: 's1',
    writable,
    codeFolder: 'code',
    storeDir: '.plumb',
  });
  if (opened.kind === 'refused') throw new Error(opened.reason);
  return opened.value;
}

function repository(): string {
  const folder = temporaryFolder();
  makeRepository(folder, {
    'code/a.js': 'a\n',
    'code/package.json': '{}',
    'lib/b.js': 'b\n',
    'specs/s': 's\n',
    'plumb.yaml': 'specs: {}\n',
  });
  writeFiles(folder, {
    '.env': 'PASSWORD=hunter2',
    '.gitignore': '.env\nnode_modules\n',
    'node_modules/left/index.js': 'module.exports = "pad"',
    'code/node_modules/right/index.js': 'module.exports = "right"',
  });
  return folder;
}

describe.skipIf(missing.length > 0 || process.platform !== 'linux')('a confined command', () => {
  it('works in the writable folders, and nowhere else', async () => {
    const folder = repository();
    const space = await confined(folder);
    expect(space.sandbox).toEqual({ kind: 'srt' });
    const outside = join(temporaryFolder(), 'x');
    const homeBefore = readdirSync(homedir()).sort();
    const result = await space.run(
      [
        'cat code/a.js lib/b.js specs/s',
        `cd code && node -p "require('right')"; cd ..`,
        "node -p \"require('left') + require('node:child_process').execSync('echo child')\"",
        'echo made > code/new.js; mkdir -p code/deep; echo x > code/deep/x; echo t > "$TMPDIR/t" && cat "$TMPDIR/t"',
        'git log --oneline | wc -l',
        `for f in lib/b.js specs/s specs/new plumb.yaml .git/hooks/post-commit .git/config ../x ${folder}/x ${folder}/code/x ~/x ${outside}; do (echo bad > $f) 2>/dev/null; done`,
        `cat ${folder}/.env ${folder}/.plumb/plumb.db ~/.ssh/id_ed25519 2>/dev/null`,
      ].join('\n'),
      { timeoutMs: 20_000 },
    );
    expect(result).toMatchObject({ output: 'a\nb\ns\nright\npadchild\n\nt\n1\n' });
    expect(Object.keys(space.snapshot().files)).toEqual([
      'code/a.js',
      'code/deep/x',
      'code/new.js',
      'code/package.json',
    ]);
    expect(readFileSync(join(space.root, 'lib/b.js'), 'utf8')).toBe('b\n');
    expect(existsSync(join(space.root, '.git/hooks/post-commit'))).toBe(false);
    expect(readdirSync(space.root).sort()).toEqual(['.git', '.gitignore', 'code', 'lib', 'plumb.yaml', 'specs']);
    expect(readdirSync(join(space.root, 'specs'))).toEqual(['s']);
    expect(git(folder, 'status', '--porcelain')).toBe('?? .gitignore\n');
    expect(readdirSync(homedir()).sort()).toEqual(homeBefore);
    expect(existsSync(outside)).toBe(false);
  });

  it('may write everywhere in its checkout when the globs say so, but not the spec, nor git’s configuration', async () => {
    const folder = repository();
    const space = await confined(folder, ['**']);
    await space.run('for f in lib/new specs/s specs/new plumb.yaml .git/config; do (echo w > $f) 2>/dev/null; done', {
      timeoutMs: 10_000,
    });
    expect(readFileSync(join(space.root, 'lib/new'), 'utf8')).toBe('w\n');
    expect(readFileSync(join(space.root, 'specs/s'), 'utf8')).toBe('s\n');
    expect(readdirSync(join(space.root, 'specs'))).toEqual(['s']);
    expect(readFileSync(join(space.root, 'plumb.yaml'), 'utf8')).toBe('specs: {}\n');
    expect(readFileSync(join(space.root, '.git/config'), 'utf8')).not.toContain('w\n');
  });

  it('has no network, sees no process and no secret of ours', async () => {
    const server = createServer((socket) => socket.end('reached'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    process.env['PLUMB_TEST_TOKEN'] = 'token-of-the-user';
    onTestFinished(() => void delete process.env['PLUMB_TEST_TOKEN']);
    const space = await confined(repository());
    const result = await space.run(
      `node -e "require('net').connect(${port},'127.0.0.1').on('data',d=>console.log(String(d))).on('error',e=>console.log(e.code))"; env | grep -c token-of; ls -d /proc/${process.pid} 2>&1 | head -1; kill -0 ${process.pid} 2>&1 | head -1`,
      { timeoutMs: 10_000 },
    );
    expect(result.output).not.toContain('reached');
    expect(result.output).toMatch(/^ECONNREFUSED\n0\n.*(No such file|cannot access).*\n.*No such process/);
  });

  it('can be a service that is reached on its port, and cannot write outside either', async () => {
    const space = await confined(repository());
    space.write(
      'code/server.js',
      `require('http').createServer((q, s) => {
        const fs = require('fs'); const can = (f) => { try { fs.writeFileSync(f, 'x'); return true } catch { return false } };
        s.end(JSON.stringify([can('data.json'), can('../lib/b.js'), can('../specs/s')]));
      }).listen(process.env.PORT)`,
    );
    const mark = `PLUMB_MARK_${randomBytes(4).toString('hex')}`;
    const started = await startSubject({
      kind: 'command',
      start: 'node server.js',
      cwd: join(space.root, 'code'),
      env: { [mark]: '1' },
      wrap: (command) => space.wrap(command),
    });
    if (started.kind === 'fault') throw new Error(`${started.message}\n${started.output}`);
    expect(await started.subject.send({ method: 'GET', path: '/', headers: {} })).toMatchObject({
      text: '[true,false,false]',
    });
    expect(processesWith(mark).length).toBeGreaterThan(0);
    await started.subject.stop();
    expect(await eventually(() => processesWith(mark).length === 0)).toBe(true);
  });

  it('ends when its time is over, and when we are killed', async () => {
    const folder = repository();
    const space = await confined(folder);
    const mark = `PLUMB_MARK_${randomBytes(4).toString('hex')}`;
    expect(await space.run(`sh -c 'sleep 300; echo ${mark}' & wait`, { timeoutMs: 500 })).toMatchObject({
      timedOut: true,
    });
    expect(await eventually(() => processesWith(mark).length === 0)).toBe(true);

    const script = join(temporaryFolder(), 'parent.ts');
    writeFileSync(
      script,
      `import { openWorkspace } from ${JSON.stringify(join(import.meta.dirname, '../../src/workspace/index.ts'))};
       const opened = await openWorkspace({ repository: ${JSON.stringify(folder)}, session: 's2', writable: ['code/**'], codeFolder: 'code', storeDir: '.plumb' });
       await opened.value.run("setsid sh -c 'sleep 300; echo ${mark}' & sh -c 'trap : TERM; sleep 300; echo ${mark}'", { timeoutMs: 60000 });`,
    );
    const parent = spawn(process.execPath, [script], { stdio: 'ignore' });
    expect(await eventually(() => processesWith(`sleep 300; echo ${mark}`).length >= 2)).toBe(true);
    parent.kill('SIGKILL');
    expect(await eventually(() => processesWith(`sleep 300; echo ${mark}`).length === 0)).toBe(true);
  });
});

describe('without a sandbox', () => {
  it('says so in one line that names what to install', async () => {
    const folder = repository();
    const path = process.env['PATH'];
    const bare = temporaryFolder();
    const real = spawnSync('which', ['git'], { encoding: 'utf8' }).stdout.trim();
    writeFiles(bare, { git: `#!/bin/sh\nexec ${real} "$@"\n` });
    process.env['PATH'] = bare;
    onTestFinished(() => void (process.env['PATH'] = path));
    const space = await confined(folder);
    expect(space.sandbox).toEqual({
      kind: 'none',
      reason: expect.stringMatching(/^[^\n]*(install bubblewrap, socat and ripgrep|no sandbox for)[^\n]*$/),
    });
    expect(await space.wrap('node server.js')).toBe('node server.js');
  });
});
