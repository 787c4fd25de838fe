import { existsSync, readdirSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { sanitize } from '../../events/sanitize.ts';
import { examplesFolder } from '../../spec/resolve.ts';
import { committedBranch, runHeadless } from '../headless.ts';
import { EXIT, type Io } from '../io.ts';
import { nextSteps } from '../next-steps.ts';
import { openSession } from '../open-session.ts';
import { scratchRepository } from '../scratch-repository.ts';
import { runOnScreen } from '../screen.ts';
import { readSessionRequest } from '../session-request.ts';
import { logFile } from '../stored-log.ts';
import { noScreen } from '../../tui/fits.ts';

const EXAMPLE = 'vacation-balance';

/** `plumb demo`: the main walk on an example, in a scratch repository beside the log. */
export async function demoCommand(args: string[], io: Io): Promise<number> {
  const parsed = readSessionRequest(args);
  if (parsed.kind === 'usage') {
    io.stderr(`plumb demo: ${parsed.message}\n`);
    return EXIT.usage;
  }
  const request = { ...parsed.value, spec: parsed.value.spec ?? EXAMPLE };
  const contract = join(examplesFolder(), request.spec, 'openapi.yaml');
  if (!existsSync(contract)) {
    const known = readdirSync(examplesFolder()).join(', ');
    io.stderr(`plumb demo: there is no example ${JSON.stringify(sanitize(request.spec))}; there are: ${known}\n`);
    return EXIT.usage;
  }
  const folder = join(dirname(logFile(io.cwd)), 'demo');
  const scratch = scratchRepository(folder, { name: request.spec, contract });
  const onScreen = io.isTty && !request.plain && !request.json && noScreen(io, io.env) === null;
  const opened = await openSession({
    request,
    io,
    commands: onScreen ? 'ask' : request.allowCommands ? 'allow' : 'refuse',
    specFolder: scratch.folder,
  });
  if (opened.kind === 'none') {
    io.stderr(`plumb demo: ${opened.message}\n`);
    return opened.exit;
  }
  const { live } = opened;
  try {
    if (!request.json) io.stdout(`The demo works in ${scratch.folder}; nothing else of yours is touched.\n\n`);
    const code = onScreen
      ? await runOnScreen(live, request, io, { startAtOnce: true })
      : await runHeadless(live, request, io);
    if (!request.json) {
      const branch = committedBranch(live.log.read(live.runtime.session));
      const session = {
        id: live.runtime.session,
        spec: live.spec.name,
        version: live.spec.semanticDigest,
        branch,
        verdict: live.runtime.result?.verdict ?? null,
      };
      io.stdout(nextSteps(io, session));
    }
    return code;
  } finally {
    await live.runtime.close();
    live.log.close();
  }
}
