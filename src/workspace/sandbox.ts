/**
 * Confines what the agent runs, by Linux namespaces (bubblewrap) or the macOS sandbox. What holds:
 * commands and subjects write only in the writable folders and a temporary folder, and cannot read the user's own
 * tree (but its `node_modules` and git objects) nor well-known places of credentials; commands have no network;
 * processes outside are neither seen nor signalled, Unix sockets not reachable.
 * What does not: a subject shares the machine's network, since the engine must reach its port; other files of the
 * machine that the user may read can be read; npm's log folder may be written; CPU and memory are not limited.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { scrubbedEnvironment } from '../process/index.ts';
import { runCommand } from './command.ts';

/** A way to confine a command line, or the reason why there is none. */
export type Sandbox =
  | {
      kind: 'srt';
      /** The command line without network. */
      command(command: string): Promise<string>;
      /** The command line with the machine's network, for what must be reached on a port. */
      subject(command: string): Promise<string>;
      /** After a wrapped command has ended: takes away what was made for it. */
      ended(): void;
    }
  | { kind: 'none'; reason: string };

export interface SandboxOptions {
  /** Absolute; the session's checkout, where commands start. */
  root: string;
  /** Absolute, existing folders that may be written. */
  writable: string[];
  /** Absolute paths below them that may not. */
  readOnly: string[];
  /** Absolute, the user's tree. */
  repository: string;
  /** Absolute paths in the user's tree that may be read. */
  readable: string[];
  /** Absolute, for temporary files of commands. */
  temporary: string;
  env: Record<string, string>;
}

/** Well-known places of credentials and histories below the home folder. */
const secrets = `
  .ssh .gnupg .aws .azure .kube .docker .netrc .npmrc .yarnrc.yml .pypirc .pgpass .my.cnf .s3cfg .vault-token
  .git-credentials .config/git/credentials .config/gh .config/hub .config/gcloud .config/op .config/rclone .config/pip
  .claude .claude.json .codex .gemini .anthropic .config/anthropic .terraform.d .cargo/credentials.toml
  .m2/settings.xml .gradle/gradle.properties .password-store .local/share/keyrings Library/Keychains
  .config/google-chrome .mozilla .bash_history .zsh_history .node_repl_history`
  .trim()
  .split(/\s+/)
  .map((path) => `~/${path}`);

/** Loads the sandbox and attacks it; only one that withstands is used. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  let sandbox: Sandbox;
  try {
    sandbox = await loadSandbox(options);
  } catch (error) {
    return none(firstLine(error instanceof Error ? error.message : String(error)));
  }
  if (sandbox.kind === 'none') return sandbox;
  try {
    const weakness = await attack(options);
    return weakness === null ? sandbox : none(weakness);
  } catch (error) {
    return none(firstLine(error instanceof Error ? error.message : String(error)));
  }
}

async function loadSandbox(options: SandboxOptions, denied: string[] = []): Promise<Sandbox> {
  const { SandboxManager: manager } = await import('@anthropic-ai/sandbox-runtime');
  if (!manager.isSupportedPlatform()) return none(`there is no sandbox for ${process.platform}`);
  const missing = manager.checkDependencies().errors;
  if (missing.length > 0)
    return none(`install bubblewrap, socat and ripgrep (${missing.join('; ').replaceAll('\n', ' ')})`);
  const writable = [...options.writable, options.temporary];
  const filesystem = () => ({
    denyRead: [...secrets, options.repository, ...denied],
    allowRead: [...entriesBeside(options.root, writable), ...options.readable.filter((path) => existsSync(path))],
    allowWrite: writable,
    denyWrite: options.readOnly.filter((path) => existsSync(path)),
  });
  const temporary = shellQuoted(options.temporary);
  const prepared = (command: string): string =>
    `export TMPDIR=${temporary} XDG_CACHE_HOME=${temporary}/cache npm_config_cache=${temporary}/npm\n${command}`;
  return {
    kind: 'srt',
    // The manager is never initialised, so that no proxy of it runs: an empty list of domains is then no network at all.
    command: (command) =>
      manager.wrapWithSandbox(prepared(command), 'sh', {
        filesystem: filesystem(),
        network: { allowedDomains: [], deniedDomains: [] },
      }),
    subject: (command) => manager.wrapWithSandbox(prepared(command), 'sh', { filesystem: filesystem() }),
    ended: () => manager.cleanupAfterCommand(),
  };
}

/** What is in a folder but the writable folders; a readable folder above one of them would make it read-only again. */
function entriesBeside(folder: string, writable: string[]): string[] {
  if (writable.includes(folder)) return [];
  if (!writable.some((path) => path.startsWith(`${folder}/`))) return [folder];
  return readdirSync(folder).flatMap((name) => entriesBeside(join(folder, name), writable));
}

/** Null when the sandbox lets a trivial command work and refuses the rest; else what is wrong, in one line. */
async function attack(options: SandboxOptions): Promise<string | null> {
  const token = randomBytes(8).toString('hex');
  const secret = join(options.temporary, `denied-${token}`);
  const outside = join(options.temporary, '..', `attack-${token}`);
  mkdirSync(outside, { recursive: true });
  writeFileSync(secret, `secret-${token}`);
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const probe = `require('net').connect(${port},'127.0.0.1').on('connect',()=>{console.log('reached-${token}');process.exit()}).on('error',()=>{})`;
  try {
    const sandbox = await loadSandbox(options, [secret]);
    if (sandbox.kind === 'none') return sandbox.reason;
    const attempts = (['command', 'subject'] as const).map(async (kind) => {
      const inside = join(options.temporary, `inside-${kind}-${token}`);
      const script = [
        `echo works-${token}`,
        `echo x > ${shellQuoted(inside)}`,
        `echo x > ${shellQuoted(join(outside, kind))}`,
        `cat ${shellQuoted(secret)}`,
        kind === 'command' ? `${shellQuoted(process.execPath)} -e ${shellQuoted(probe)}` : ':',
      ];
      const wrapped = await sandbox[kind](script.join('\n'));
      const { output } = await runCommand(wrapped, { cwd: options.root, env: options.env, timeoutMs: 10_000 });
      sandbox.ended();
      const works = output.includes(`works-${token}`) && existsSync(inside);
      rmSync(inside, { force: true });
      if (!works)
        return `a command in the sandbox does not run (${firstLine(output)}); allow unprivileged user namespaces`;
      if (existsSync(join(outside, kind))) return 'the sandbox let a command write outside the workspace';
      if (output.includes(`secret-${token}`)) return 'the sandbox let a command read a denied file';
      if (output.includes(`reached-${token}`)) return 'the sandbox let a command reach the network';
      return null;
    });
    return (await Promise.all(attempts)).find((weakness) => weakness !== null) ?? null;
  } finally {
    server.close();
    for (const path of [outside, secret]) rmSync(path, { recursive: true, force: true });
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

/** The environment of the agent's commands: no secrets, no way up to a repository above, no colours, no questions. */
export function commandEnvironment(root: string, temporary: string): Record<string, string> {
  return scrubbedEnvironment({
    TMPDIR: temporary,
    GIT_CEILING_DIRECTORIES: join(root, '..'),
    GIT_TERMINAL_PROMPT: '0',
    NO_COLOR: '1',
    TERM: 'dumb',
    CI: '1',
  });
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function none(reason: string): { kind: 'none'; reason: string } {
  return { kind: 'none', reason };
}
