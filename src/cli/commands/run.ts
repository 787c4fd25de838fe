import { committedBranch, runHeadless } from '../headless.ts';
import { EXIT, type Io } from '../io.ts';
import { invocation } from '../next-steps.ts';
import { openSession } from '../open-session.ts';
import { readSessionRequest } from '../session-request.ts';

/** `plumb run SPEC`: a session without a screen. */
export async function runCommand(args: string[], io: Io): Promise<number> {
  const parsed = readSessionRequest(args);
  if (parsed.kind === 'usage') {
    io.stderr(`plumb run: ${parsed.message}\n`);
    return EXIT.usage;
  }
  const request = parsed.value;
  const opened = await openSession({ request, io, commands: request.allowCommands ? 'allow' : 'refuse' });
  if (opened.kind === 'none') {
    io.stderr(`plumb run: ${opened.message}\n`);
    return opened.exit;
  }
  const { live } = opened;
  try {
    const code = await runHeadless(live, request, io);
    const { runtime } = live;
    if (request.json) return code;
    if (runtime.result?.verdict !== 'pass')
      io.stdout(`go on with: ${invocation(io)} run --resume ${runtime.session}\n`);
    else {
      const branch = committedBranch(live.log.read(runtime.session));
      if (branch !== null && !request.apply) io.stdout(`take the code with: git merge ${branch}\n`);
      io.stdout(`step through it with: ${invocation(io)} replay ${runtime.session}\n`);
    }
    return code;
  } finally {
    await live.runtime.close();
    live.log.close();
  }
}
