/** The demo's scratch repository: a real git repository under `.plumb/demo` that holds nothing of the user's. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Scratch {
  folder: string;
  /** Path of the contract in it. */
  contract: string;
}

/**
 * Makes the repository with one example spec in it, or brings the one that is there up to date with a commit.
 * Throws with git's own words where git fails; without git the folder is left a plain one.
 */
export function scratchRepository(folder: string, example: { name: string; contract: string }): Scratch {
  const contract = join(folder, 'specs', example.name, 'openapi.yaml');
  mkdirSync(dirname(contract), { recursive: true });
  const wanted = readFileSync(example.contract);
  const changed = !existsSync(contract) || !readFileSync(contract).equals(wanted);
  if (changed) cpSync(example.contract, contract);
  if (!hasGit()) return { folder, contract };
  if (!existsSync(join(folder, '.git'))) {
    git(folder, 'init', '--quiet', '--initial-branch=main');
    writeFileSync(join(folder, '.gitignore'), '.plumb/\n');
  }
  if (git(folder, 'status', '--porcelain', '--', 'specs', '.gitignore') !== '') {
    git(folder, 'add', '--', 'specs', '.gitignore');
    git(folder, 'commit', '--quiet', '--no-verify', '-m', `spec: ${example.name}`, '--', 'specs', '.gitignore');
  }
  return { folder, contract };
}

/** True where a git program answers. */
export function hasGit(): boolean {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=plumb', '-c', 'user.email=plumb@localhost', '-c', 'commit.gpgsign=false'];
  const hooks = ['-c', 'core.hooksPath=/dev/null'];
  return execFileSync('git', [...identity, ...hooks, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    // A GIT_DIR of the caller's (a hook, a rebase) must not lead us into their repository.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  });
}
