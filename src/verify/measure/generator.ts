/**
 * Whether the load generator itself can hold a rate: it is measured against a server that does nothing, on loopback and
 * in a thread of its own, before a service is blamed for what this machine cannot send.
 */
import { Worker } from 'node:worker_threads';
import { createSender } from '../subject/send.ts';
import { describe } from './latency.ts';
import { type Called, runLoad } from './load.ts';

/** Below this rate a call leaves the generator many times the time that it needs. */
const EASY_RATE = 500;
const LEAST_CALLS = 300;
const MOST_CALLS = 3000;
const START_MS = 5000;

const IDLE_SERVER = `
  const { createServer } = require('node:http');
  const { parentPort } = require('node:worker_threads');
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-length': '2', 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** p99 of calls at the rate that cost the other side nothing, in ms; undefined for rates that need no proof. */
export async function generatorP99Ms(
  ratePerSecond: number,
  precise: boolean,
  stop: () => string | undefined,
): Promise<number | undefined> {
  if (ratePerSecond < EASY_RATE) return undefined;
  const worker = new Worker(IDLE_SERVER, { eval: true, stdout: true, stderr: true });
  try {
    const port = await portOf(worker);
    if (port === undefined) return Infinity;
    const sender = createSender(`http://127.0.0.1:${port}`);
    const call = async (): Promise<Called> => {
      const answer = await sender.send({ method: 'GET', path: '/', headers: {} });
      return answer.kind === 'answer' ? { kind: 'answered' } : { kind: 'lost', reason: answer.message };
    };
    const count = Math.min(MOST_CALLS, Math.max(LEAST_CALLS, ratePerSecond));
    // The first connections are opened and the code is compiled on the way.
    await runLoad({ calls: Array.from({ length: count }, () => call), ratePerSecond, precise, stop });
    const load = await runLoad({ calls: Array.from({ length: count }, () => call), ratePerSecond, precise, stop });
    await sender.close();
    return describe(load.timed.map(({ called, ms }) => (called.kind === 'answered' ? ms : Infinity))).p99Ms;
  } finally {
    await worker.terminate();
  }
}

/** Undefined where the thread does not come up. */
function portOf(worker: Worker): Promise<number | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), START_MS);
    const settle = (port: number | undefined): void => {
      clearTimeout(timer);
      resolve(port);
    };
    worker.once('message', (port: unknown) => settle(typeof port === 'number' ? port : undefined));
    worker.once('error', () => settle(undefined));
  });
}
