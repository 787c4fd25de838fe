import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Runs git in a folder, without hooks and the configuration of whoever runs the tests, and returns what it prints. */
export function git(folder: string, ...args: string[]): string {
  const settings = ['user.name=Test', 'user.email=test@localhost', 'core.hooksPath=/dev/null', 'core.fsmonitor=false'];
  return execFileSync('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], {
    cwd: folder,
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Writes files by relative path; `->` before a content makes a symlink, `#!` in it an executable. */
export function writeFiles(folder: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    if (typeof content === 'string' && content.startsWith('->')) symlinkSync(content.slice(2), target);
    else {
      writeFileSync(target, content);
      if (content.toString().startsWith('#!')) chmodSync(target, 0o755);
    }
  }
}

/** A repository with one commit of the files. */
export function makeRepository(folder: string, files: Record<string, string | Buffer>): void {
  git(folder, 'init', '-q', '-b', 'main');
  writeFiles(folder, files);
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'first');
}

/** Everything of the user's that must stay byte for byte: files, index, HEAD, configuration, refs, hooks, stash. */
export function fingerprint(folder: string): Record<string, string> {
  const ours = /^\.git\/(objects|refs\/heads\/plumb|logs\/refs\/heads\/plumb)(\/|$)/;
  const found: Record<string, string> = {};
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (path === '.plumb' || ours.test(path)) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile())
        found[path] = createHash('sha1')
          .update(readFileSync(join(folder, path)))
          .digest('hex');
      else found[path] = 'symlink';
    }
  };
  if (existsSync(folder)) walk('');
  return found;
}
