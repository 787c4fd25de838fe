import { runHeadless } from '../headless.ts';
import { EXIT, type Io } from '../io.ts';
import { openSession } from '../open-session.ts';
import { runOnScreen } from '../screen.ts';
import { readSessionRequest } from '../session-request.ts';
import { noScreen } from '../../tui/fits.ts';

/** `plumb [open] [SPEC]`: the terminal app; without a terminal, or with `--plain`, linear text. */
export async function openCommand(args: string[], io: Io): Promise<number> {
  const parsed = readSessionRequest(args);
  if (parsed.kind === 'usage') {
    io.stderr(`plumb open: ${parsed.message}\n`);
    return EXIT.usage;
  }
  const request = parsed.value;
  const onScreen = io.isTty && !request.plain && !request.json && noScreen(io, io.env) === null;
  const unattended = request.allowCommands ? 'allow' : 'refuse';
  const opened = await openSession({ request, io, commands: onScreen ? 'ask' : unattended });
  if (opened.kind === 'none') {
    io.stderr(`plumb open: ${opened.message}\n`);
    return opened.exit;
  }
  const { live } = opened;
  try {
    if (!onScreen) return await runHeadless(live, request, io);
    return await runOnScreen(live, request, io, { startAtOnce: request.prompt !== null });
  } finally {
    await live.runtime.close();
    live.log.close();
  }
}
