/** The screen in a real terminal, at three sizes: readable, bounded, and nothing of it is left behind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/processes.ts';
import { LAUNCHER, notesRepository, plumb } from '../support/plumb.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hasTmux, openTerminal, type Terminal } from '../support/terminal.ts';

const PLUMB = `node ${LAUNCHER}`;
const OPEN = `${PLUMB} open specs/notes.yaml --runs 3 --prompt 'implement the spec'`;
/** Sets a colour of the text (30–38, 90–97) or of the ground (40–48, 100–107). */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[(?:\\d+;)*(?:[34][0-8]|9[0-7]|10[0-7])(?:;\\d+)*m`, 'g');
const NOTHING = { alternateScreen: false, cursorShown: true };

/** Runs a command between two looks at the terminal's settings, so that what it leaves behind can be told. */
async function run(terminal: Terminal, command: string): Promise<void> {
  // What is typed before the shell asks for it stands on the screen before its prompt.
  await terminal.shows(/^READY>/m);
  terminal.enter(`stty -a | tail -n +2 > before; ${command}; echo "ended with $?"; stty -a | tail -n +2 > after`);
}

function settings(cwd: string): string[] {
  return ['before', 'after'].map((name) => readFileSync(join(cwd, name), 'utf8'));
}

describe.skipIf(!hasTmux)('in a terminal (needs tmux)', () => {
  test('120×40: the demo shows spec, agent and properties side by side; ctrl+c twice leaves the shell as it was', async () => {
    const cwd = temporaryFolder();
    const terminal = openTerminal({ columns: 120, rows: 40, cwd });
    await run(terminal, `${PLUMB} demo`);
    const screen = await terminal.shows(/verifying \d+ of \d+ properties/);
    const rows = screen.split('\n');
    expect(rows[0]).toMatch(/^ vacation-balance {2}[0-9a-f]{12} .*round 1 .*built-in agent/);
    expect(rows[1]).toMatch(/Spec ─.*Agent ─.*Properties ─/);
    expect(screen).toMatch(/POST \/employees/);
    expect(screen).toMatch(/\? keys/);
    expect(terminal.state().alternateScreen).toBe(true);
    terminal.press('C-c');
    await terminal.shows(/ctrl\+c again leaves|stopped/);
    terminal.press('C-c');
    const after = await terminal.shows(/ended with \d+\n/);
    expect(after).toContain('ended with 130');
    expect(after).toMatch(/^vacation-balance @ [0-9a-f]{12} /m);
    expect(after).toMatch(/--resume \w+/);
    expect(after).not.toMatch(/[╭╰│]/);
    expect(terminal.state()).toEqual(NOTHING);
    const [before, now] = settings(cwd);
    expect(now).toBe(before);
    expect(await eventually(() => terminal.processes().length === 0)).toBe(true);
  });

  test('80×24: one pane at a time behind tabs, to the verdict; the screen follows the window through its sizes', async () => {
    const cwd = notesRepository();
    const terminal = openTerminal({ columns: 80, rows: 24, cwd });
    await run(terminal, OPEN);
    const first = await terminal.shows(/^ notes {2}[0-9a-f]{12}/);
    expect(first).toMatch(/1 Agent +2 Spec +3 Properties/);
    for (const [columns, rows] of [
      [120, 40],
      [60, 20],
      [100, 15],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows);
      const header = columns < 100 ? /^ notes [^]*1 Agent/ : /^ notes [^]*(Agent ─|1 Agent)/;
      await terminal.shows(header);
    }
    // A round that passes is verified whole once more.
    const end = await terminal.shows(/^(?![^]*the agent works)[^]*✓ pass/);
    expect(end.split('\n').filter((row) => row.startsWith(' notes '))).toHaveLength(1);
    terminal.press('C-c');
    terminal.press('C-c');
    const after = await terminal.shows(/ended with \d+\n/);
    expect(after).toContain('ended with 0');
    expect(after).toMatch(/^notes @ [0-9a-f]{12} .*✓/m);
    expect(terminal.state()).toEqual(NOTHING);
    const [before, now] = settings(cwd);
    expect(now).toBe(before);
  });

  test('60×20: readable; a replay is left by q', async () => {
    const cwd = notesRepository();
    const { stdout } = await plumb(['run', 'specs/notes.yaml', '--runs', '3', '--json'], { cwd });
    const { session } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { session: string };
    const terminal = openTerminal({ columns: 60, rows: 20, cwd });
    await run(terminal, `${PLUMB} replay ${session}`);
    const screen = await terminal.shows(/q quit|\? keys/);
    expect(screen.split('\n')[0]).toMatch(/^ notes /);
    expect(screen).toMatch(/event \d+ of \d+/);
    terminal.press('q');
    const after = await terminal.shows(/ended with \d+\n/);
    expect(after).toContain('ended with 0');
    expect(terminal.state()).toEqual(NOTHING);
    const [before, now] = settings(cwd);
    expect(now).toBe(before);
  });

  test('colours follow NO_COLOR', async () => {
    const colours = async (env: Record<string, string>): Promise<string[]> => {
      const cwd = notesRepository();
      const terminal = openTerminal({ columns: 80, rows: 24, cwd, env });
      await run(terminal, OPEN);
      await terminal.shows(/✗ rejection/);
      // Colours of text and ground: 30–49 and 90–107.
      return terminal.styledScreen().match(COLOUR) ?? [];
    };
    expect((await colours({})).length).toBeGreaterThan(0);
    expect(await colours({ NO_COLOR: '1' })).toEqual([]);
  });

  test('a terminal that is closed ends the session in good order', async () => {
    const cwd = notesRepository();
    const terminal = openTerminal({ columns: 80, rows: 24, cwd });
    await run(terminal, OPEN);
    await terminal.shows(/verifying/);
    terminal.close();
    expect(await eventually(() => terminal.processes().length === 0)).toBe(true);
    const { sessions } = JSON.parse((await plumb(['sessions', '--json'], { cwd })).stdout) as { sessions: object[] };
    expect(sessions).toMatchObject([{ ended: 'interrupted' }]);
  });
});

test('without a terminal the same is linear text without a single escape', async () => {
  const cwd = notesRepository();
  const end = await plumb(['open', 'specs/notes.yaml', '--runs', '3'], { cwd });
  expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 0, stderr: '' });
  expect(end.stdout).not.toContain('\x1b');
  expect(end.stdout.split('\n').filter((line) => /^\[\d\d:\d\d:\d\d\] /.test(line)).length).toBeGreaterThan(10);
  expect(end.stdout).toMatch(/^✓ pass {2}notes @ /m);
});
