// A service that misbehaves as its first argument says.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createRawServer } from 'node:net';

const [, self, mode] = process.argv;
const port = Number(process.env.PORT);
const json = { 'content-type': 'application/json' };
const listen = (answer) => createServer(answer).listen(port, '127.0.0.1');
const forever = (write, source) => {
  while (write());
  source.once('drain', () => forever(write, source));
};
let served = 0;

const modes = {
  never: () => setInterval(() => {}, 1000),
  dies: () => {
    console.error('DATABASE_URL is missing \x1b[2J');
    process.exitCode = 7;
  },
  daemon: () => spawn(process.execPath, [self, 'never'], { detached: true, stdio: 'ignore' }).unref(),
  middle: () =>
    listen((_, response) => {
      served += 1;
      if (served > 5) process.exit(9);
      response.writeHead(404, json).end('{"message":"no"}');
    }),
  hangs: () => listen(() => {}),
  floods: () => {
    listen((_, response) => response.writeHead(404, json).end('{"message":"no"}'));
    forever(() => process.stdout.write(`${'x'.repeat(65_000)}\n`), process.stdout);
  },
  garbage: () =>
    createRawServer((socket) => {
      socket.on('error', () => {});
      socket.end('\x1b[2J this is not HTTP\r\n\r\n');
    }).listen(port, '127.0.0.1'),
  streams: () =>
    listen((_, response) => {
      response.on('error', () => {});
      response.writeHead(200, json);
      forever(() => !response.destroyed && response.write('[1,'.repeat(10_000)), response);
    }),
};
modes[mode]();
