import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { priceTable } from '../../agent/price-table.ts';
import { openLog } from '../../record/sqlite-log.ts';
import { openWorkspace } from '../../workspace/index.ts';
import { EXIT, type Io } from '../io.ts';
import { logFile } from '../stored-log.ts';
import { table } from '../table.ts';
import { appVersion } from '../version.ts';

interface Check {
  name: string;
  /** `need`: nothing works without it; `want`: something is weaker without it. */
  weight: 'need' | 'want';
  ok: boolean;
  detail: string;
}

/** `plumb doctor`: what this machine has, what is missing, and what that costs. Exit 3 where something needed is missing. */
export async function doctorCommand(args: string[], io: Io): Promise<number> {
  if (args.length > 0) {
    io.stderr('plumb doctor: takes no arguments\n');
    return EXIT.usage;
  }
  const checks = [node(), git(), database(io), await sandbox(), key(io), terminal(io)];
  const rows = checks.map(({ name, ok, weight, detail }) => [ok ? '✓' : weight === 'need' ? '✗' : '–', name, detail]);
  io.stdout(`plumb ${appVersion()}, price table ${priceTable.version}\n${table(rows)}`);
  return checks.every(({ ok, weight }) => ok || weight === 'want') ? EXIT.pass : EXIT.undecided;
}

function node(): Check {
  return { name: 'node', weight: 'need', ok: true, detail: process.versions.node };
}

function git(): Check {
  try {
    const version = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
    return { name: 'git', weight: 'want', ok: true, detail: version };
  } catch {
    const detail = 'not found: sessions work on a copy of the folder, without branches and rollback';
    return { name: 'git', weight: 'want', ok: false, detail };
  }
}

function database(io: Io): Check {
  const file = logFile(io.cwd);
  const fresh = !existsSync(file);
  const folder = fresh ? mkdtempSync(join(tmpdir(), 'plumb-doctor-')) : null;
  try {
    const log = openLog(folder === null ? file : join(folder, 'plumb.db'), { now: Date.now, random: Math.random });
    const count = log.sessions({ limit: 1_000_000 }).length;
    log.close();
    const detail = fresh
      ? `works; ${file} will be made by the first session`
      : `${file}, ${count === 1 ? 'one session' : `${count} sessions`}`;
    return { name: 'database', weight: 'need', ok: true, detail };
  } catch (error) {
    return {
      name: 'database',
      weight: 'need',
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
    };
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

async function sandbox(): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-doctor-'));
  try {
    const opened = await openWorkspace({
      repository: folder,
      session: 'doctor',
      writable: ['**'],
      codeFolder: '.',
      storeDir: '.plumb',
    });
    if (opened.kind === 'refused') return { name: 'sandbox', weight: 'want', ok: false, detail: opened.reason };
    const state = opened.value.sandbox;
    await opened.value.dispose();
    return state.kind === 'srt'
      ? { name: 'sandbox', weight: 'want', ok: true, detail: 'works: a write outside and a denied read were refused' }
      : {
          name: 'sandbox',
          weight: 'want',
          ok: false,
          detail: `${state.reason}; each command of a model is asked about`,
        };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function key(io: Io): Check {
  const names = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL'];
  const set = names.filter((name) => (io.env[name] ?? '') !== '');
  return set.length > 0
    ? { name: 'claude', weight: 'want', ok: true, detail: `${set.join(', ')} set` }
    : { name: 'claude', weight: 'want', ok: false, detail: 'no ANTHROPIC_API_KEY: only the built-in agent' };
}

function terminal(io: Io): Check {
  const detail = io.isTty ? `${io.columns}×${io.rows}` : 'none: linear text';
  return { name: 'terminal', weight: 'want', ok: io.isTty, detail };
}
