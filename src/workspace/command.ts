import { sanitize } from '../events/sanitize.ts';
import { createTail, startGroup } from '../process/index.ts';
import type { CommandResult } from './workspace.ts';

const keptBytes = 16 * 1024;
const maxLiveChars = 256 * 1024;
const stopGraceMs = 2000;

/**
 * Runs a shell command in its own process group until it ends, `timeoutMs` has passed or the signal aborts; then
 * nothing of it is left. Of the output the first and the last 16 kB are kept; `onOutput` gets whole lines as they
 * come, 256 kB at most.
 */
export async function runCommand(
  command: string,
  options: {
    cwd: string;
    env: Record<string, string>;
    timeoutMs: number;
    signal?: AbortSignal;
    onOutput?: (text: string) => void;
  },
): Promise<CommandResult> {
  const startedAt = performance.now();
  if (options.signal?.aborted) return { exitCode: null, output: 'interrupted', durationMs: 0, timedOut: false };
  const output = boundedOutput();
  const live = liveLines(options.onOutput);
  const group = startGroup({
    command,
    cwd: options.cwd,
    env: options.env,
    onOutput: (chunk) => {
      output.push(chunk);
      live.push(chunk);
    },
  });
  let timedOut = false;
  const stop = (): void => void group.stop(stopGraceMs);
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, options.timeoutMs);
  options.signal?.addEventListener('abort', stop, { once: true });
  const exit = await group.ended;
  clearTimeout(timer);
  options.signal?.removeEventListener('abort', stop);
  live.end();
  const killed = timedOut || options.signal?.aborted === true;
  const text = exit.kind === 'failed' ? `could not start: ${exit.message}` : output.text();
  return {
    exitCode: exit.kind === 'code' && !killed ? exit.code : null,
    output: sanitize(text, { multiline: true }),
    durationMs: Math.round(performance.now() - startedAt),
    timedOut,
  };
}

/** The first and the last bytes of a stream. */
function boundedOutput(): { push(chunk: Buffer): void; text(): string } {
  const head: Buffer[] = [];
  const tail = createTail(keptBytes);
  let headBytes = 0;
  let tailBytes = 0;
  return {
    push(chunk) {
      const first = chunk.subarray(0, Math.max(0, keptBytes - headBytes));
      if (first.length > 0) head.push(Buffer.from(first));
      headBytes += first.length;
      const rest = chunk.subarray(first.length);
      tailBytes += rest.length;
      if (rest.length > 0) tail.push(rest);
    },
    text() {
      const start = Buffer.concat(head);
      if (tailBytes <= keptBytes) return Buffer.concat([start, tail.bytes()]).toString('utf8');
      const end = tail.text();
      const cut = headBytes + tailBytes - start.length - Buffer.byteLength(end);
      return `${start.toString('utf8')}\n… ${cut} bytes cut …\n${end}`;
    },
  };
}

function liveLines(onOutput: ((text: string) => void) | undefined): { push(chunk: Buffer): void; end(): void } {
  const decoder = new TextDecoder();
  let pending = '';
  let shown = 0;
  const show = (text: string): void => {
    if (text === '' || onOutput === undefined || shown >= maxLiveChars) return;
    shown += text.length;
    onOutput(sanitize(text, { multiline: true }));
  };
  return {
    push(chunk) {
      if (onOutput === undefined || shown >= maxLiveChars) return;
      pending += decoder.decode(chunk, { stream: true });
      // A sequence that a chunk cuts is whole when its line is; a line without end is shown in pieces.
      const end = pending.length > 4096 ? pending.length : pending.lastIndexOf('\n') + 1;
      show(pending.slice(0, end));
      pending = pending.slice(end);
    },
    end: () => show(pending),
  };
}
