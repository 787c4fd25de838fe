import { attend } from '../attend.ts';
import { EXIT, type Io } from '../io.ts';
import { readSessionRequest } from '../session-request.ts';

/** `plumb [open] [SPEC]`: the terminal app; without a terminal, or with `--plain`, linear text. */
export async function openCommand(args: string[], io: Io): Promise<number> {
  const parsed = readSessionRequest(args);
  if (parsed.kind === 'usage') {
    io.stderr(`plumb open: ${parsed.message}\n`);
    return EXIT.usage;
  }
  const request = parsed.value;
  return attend({ command: 'open', request, io, startAtOnce: request.prompt !== null });
}
