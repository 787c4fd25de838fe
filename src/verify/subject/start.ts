import { setTimeout as sleep } from 'node:timers/promises';
import {
  createTail,
  describeExit,
  type Group,
  scrubbedEnvironment,
  startGroup,
  type Tail,
} from '../../process/index.ts';
import { sanitize } from '../../events/sanitize.ts';
import type { HttpSource, StartSubject, Subject, SubjectFault } from '../model.ts';
import { acceptingHost, freePort, unreachable } from './port.ts';
import { createSender } from './send.ts';

const outputLimitBytes = 64 * 1024;
const defaultReadyTimeoutMs = 10_000;
const stopGraceMs = 2000;
const portAttempts = 3;

type CommandSource = Extract<HttpSource, { kind: 'command' }>;

/** Starts, or only addresses, the thing under test. Everything that can go wrong is a fault value. */
export const startSubject: StartSubject = (source, signal) => started(source, signal);

/** {@link startSubject}; `spawned` is told when the command has begun to run. */
export async function started(
  source: HttpSource,
  signal: AbortSignal | undefined,
  spawned?: () => void,
): ReturnType<StartSubject> {
  if (source.kind === 'url') return addressed(source.url);
  for (let attempt = 1; ; attempt++) {
    const answer = await startCommand(source, signal, spawned);
    const portWasTaken =
      answer.kind === 'fault' && /EADDRINUSE|address already in use/i.test(answer.output) && !signal?.aborted;
    if (!portWasTaken || attempt === portAttempts) return answer;
  }
}

async function addressed(url: string): Promise<{ kind: 'subject'; subject: Subject } | SubjectFault> {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    return { kind: 'fault', message: `not an http or https URL: ${sanitize(url)}`, output: '' };
  const problem = await unreachable(parsed);
  if (problem !== null)
    return {
      kind: 'fault',
      message: `nothing answers at ${sanitize(url)}: ${sanitize(problem)}; is it running?`,
      output: '',
    };
  const sender = createSender(url);
  return {
    kind: 'subject',
    subject: {
      title: url,
      baseUrl: url.replace(/\/+$/, ''),
      send: sender.send,
      output: () => ({ text: '', exited: null }),
      stop: () => sender.close(),
    },
  };
}

async function startCommand(
  source: CommandSource,
  signal: AbortSignal | undefined,
  spawned: (() => void) | undefined,
): Promise<{ kind: 'subject'; subject: Subject } | SubjectFault> {
  const tail = createTail(outputLimitBytes);
  let port: number;
  let command: string;
  try {
    port = await freePort();
    command = source.wrap === undefined ? source.start : await source.wrap(source.start);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'fault', message: `cannot prepare the subject: ${sanitize(reason)}`, output: '' };
  }
  const group = startGroup({
    command,
    cwd: source.cwd,
    env: scrubbedEnvironment({ ...source.env, PORT: String(port) }),
    onOutput: (chunk) => tail.push(chunk),
  });
  spawned?.();
  const readiness = await ready(source, group, port, signal);
  if (readiness.kind === 'failed') {
    await group.stop(stopGraceMs);
    return { kind: 'fault', message: readiness.message, output: sanitize(tail.text(), { multiline: true }) };
  }
  return { kind: 'subject', subject: running(source.start, readiness.baseUrl, group, tail) };
}

function running(title: string, baseUrl: string, group: Group, tail: Tail): Subject {
  const sender = createSender(baseUrl);
  return {
    title,
    baseUrl,
    send: sender.send,
    output: () => {
      const exit = group.exit();
      return { text: sanitize(tail.text(), { multiline: true }), exited: exit === null ? null : describeExit(exit) };
    },
    stop: async () => {
      await sender.close();
      await group.stop(stopGraceMs);
    },
  };
}

/** A look that took longer was kept waiting by us. */
const LONGEST_LOOK_MS = 1000;

async function ready(
  source: CommandSource,
  group: Group,
  port: number,
  signal: AbortSignal | undefined,
): Promise<{ kind: 'ready'; baseUrl: string } | { kind: 'failed'; message: string }> {
  const limitMs = source.readyTimeoutMs ?? defaultReadyTimeoutMs;
  let leftMs = limitMs;
  let lookedAt = performance.now();
  let seen = `nothing listens on port ${port}; does it listen on the port in the environment variable PORT?`;
  for (let pauseMs = 5; leftMs > 0; pauseMs = Math.min(20, pauseMs * 1.5)) {
    if (signal?.aborted) return { kind: 'failed', message: 'interrupted while the subject started' };
    const host = await acceptingHost(port);
    if (host !== null) {
      const baseUrl = `http://${host}:${port}`;
      const problem = source.readyPath === undefined ? null : await probe(baseUrl, source.readyPath, leftMs);
      // Whoever accepted may be a stranger on that port when ours has ended.
      if (problem === null && group.exit() === null) return { kind: 'ready', baseUrl };
      if (problem !== null) seen = `GET ${sanitize(source.readyPath ?? '')}: ${problem}`;
    }
    const exit = group.exit();
    if (exit !== null) {
      // Its last words come after its exit.
      await group.ended;
      const hint = exit.kind === 'code' && exit.code === 0 ? '; it must stay in the foreground' : '';
      return { kind: 'failed', message: `the start command ended before it was ready: ${describeExit(exit)}${hint}` };
    }
    await Promise.race([sleep(pauseMs), group.ended]);
    // While properties are derived nobody can look, which is not the subject's time.
    leftMs -= Math.min(performance.now() - lookedAt, LONGEST_LOOK_MS);
    lookedAt = performance.now();
  }
  return { kind: 'failed', message: `not ready in ${limitMs} ms: ${seen}` };
}

async function probe(baseUrl: string, path: string, leftMs: number): Promise<string | null> {
  const sender = createSender(baseUrl);
  const timeoutMs = Math.round(Math.max(250, Math.min(2000, leftMs)));
  const answer = await sender.send({ method: 'GET', path, headers: {}, timeoutMs });
  await sender.close();
  if (answer.kind === 'fault') return answer.message;
  return answer.status < 500 ? null : `status ${answer.status}`;
}
