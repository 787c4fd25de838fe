/** A program that opens a screen's guard on its own process and then ends in the way that it is told. */
import { guardTerminal } from '../../src/tui/host.ts';

process.stdout.write('\u001b[?1049h');
guardTerminal(process, () => process.stdout.write('\u001b[?1049l'));
process.stdout.write('ready\n');
const how = process.argv[2];
if (how === 'throw') {
  setTimeout(() => {
    throw new Error('a bug of ours');
  }, 20);
} else if (how === 'exit') process.exit(7);
else setInterval(() => {}, 1_000);
