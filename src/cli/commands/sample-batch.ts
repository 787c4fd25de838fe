import { toSafeJson } from '../../events/sanitize.ts';
import type { JsonValue } from '../../events/json.ts';
import { answerBatchLine, type SampleOptions, unanswerable } from '../../verify/sample.ts';
import { drained } from '../drained.ts';
import { EXIT, type Io } from '../io.ts';

/** UTF-16 units of a line; a longer one is answered with a refusal and skipped. */
const LONGEST = 64 * 1024 * 1024;
/** UTF-16 units of answers that are written together. */
const TOGETHER = 32 * 1024;
/** How long an answer may wait for the ones after it. */
const WAIT_MS = 5;

/**
 * Answers JSON Lines, one line each, in order and as they come; a line that cannot be served is answered with
 * `refused`, never left out. Reads no further while nobody takes the answers.
 */
export async function sampleBatch(
  options: SampleOptions,
  documents: Record<string, JsonValue>,
  io: Io,
): Promise<number> {
  let written = '';
  let since = Date.now();
  const flush = async (): Promise<void> => {
    if (written !== '') io.stdout(written);
    written = '';
    if (process.stdout.writableNeedDrain) await drained(io.signal);
    since = Date.now();
  };
  for await (const line of lines(process.stdin)) {
    if (io.signal.aborted) return EXIT.interrupted;
    if (line === 'pause') await flush();
    else if (line.text.trim() !== '') {
      const answer =
        line.text.length > LONGEST
          ? unanswerable(`the line is longer than ${LONGEST} characters`)
          : answered(line.text);
      written += `${toSafeJson(answer)}\n`;
      if (written.length > TOGETHER || Date.now() - since > WAIT_MS) await flush();
    }
  }
  await flush();
  return io.signal.aborted ? EXIT.interrupted : EXIT.pass;

  function answered(line: string): JsonValue {
    try {
      return answerBatchLine(line, options, documents);
    } catch (error) {
      return unanswerable(`a fault of plumb itself: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** The lines of a stream, and `pause` wherever no whole line is at hand; an endless line is cut just over the limit. */
async function* lines(input: NodeJS.ReadStream): AsyncGenerator<{ text: string } | 'pause'> {
  input.setEncoding('utf8');
  let rest = '';
  for await (const chunk of input) {
    const text = String(chunk);
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = rest + text.slice(from, end);
      rest = '';
      from = end + 1;
      yield { text: line.startsWith('\ufeff') ? line.slice(1) : line };
    }
    if (rest.length <= LONGEST) rest += text.slice(from);
    yield 'pause';
  }
  yield { text: rest };
}
