/** Run by tests: appends for ever, with a pause in ms if one is given, and prints each sequence number once `append` has returned. */
import { writeSync } from 'node:fs';
import { openLog } from '../../src/record/sqlite-log.ts';

const [file, session, pauseMs] = process.argv.slice(2);
if (file === undefined || session === undefined) throw new Error('usage: append-until-killed FILE SESSION [PAUSE]');
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const log = openLog(file, { now: Date.now, random: Math.random });
for (let round = 1; ; round++) {
  const large = round % 7 === 0 ? 'x'.repeat(20_000) + String(round) : '';
  const event = log.append(session, { type: 'noticeRaised', level: 'info', text: `${round} ${large}` });
  writeSync(1, `${event.seq}\n`);
  if (pauseMs !== undefined) Atomics.wait(sleeper, 0, 0, Number(pauseMs));
}
