import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sanitize } from '../../events/sanitize.ts';
import { examplesFolder } from '../../spec/resolve.ts';
import { attend } from '../attend.ts';
import { committedBranch } from '../headless.ts';
import { EXIT, type Io } from '../io.ts';
import { nextSteps } from '../next-steps.ts';
import type { LiveSession } from '../open-session.ts';
import { scratchRepository } from '../scratch-repository.ts';
import { readSessionRequest } from '../session-request.ts';
import { logFile } from '../stored-log.ts';

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
  return attend({
    command: 'demo',
    request,
    io,
    startAtOnce: true,
    specFolder: () => scratchRepository(folder, { name: request.spec, contract }).folder,
    intro: (place) => `The demo works in ${place}; nothing else of yours is touched.\n\n`,
    outro: (live) => nextSteps(io, ended(live)),
  });
}

function ended({ runtime, log, spec }: LiveSession): Parameters<typeof nextSteps>[1] {
  return {
    id: runtime.session,
    spec: spec.name,
    version: spec.semanticDigest,
    branch: committedBranch(log.read(runtime.session)),
    verdict: runtime.result?.verdict ?? null,
  };
}
