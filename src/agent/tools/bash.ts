import { reveal } from '../../events/sanitize.ts';
import { boundText, integer, text } from './tool.ts';
import type { Tool } from './tool.ts';

const DEFAULT_SECONDS = 60;
const MOST_SECONDS = 300;

/** Runs a command in the checkout: confined where there is a sandbox, else only after a person said yes to it. */
export const bashTool: Tool = {
  name: 'bash',
  description:
    'Runs a shell command in the repository root and returns its output and exit code. There is no network. Do not start services that keep running: use verify to test the service.',
  inputSchema: {
    type: 'object',
    properties: {
      command: { type: 'string', description: 'The command line.' },
      seconds: {
        type: 'integer',
        description: `Time limit; ${DEFAULT_SECONDS} where absent, at most ${MOST_SECONDS}.`,
      },
    },
    required: ['command'],
    additionalProperties: false,
  },
  title: (input) => `bash ${text(input, 'command')}`,
  async run(input, { turn, call }) {
    const command = text(input, 'command');
    const { workspace, recorder, signal } = turn;
    if (workspace.sandbox.kind === 'none') {
      const title = 'Run this command without a sandbox?';
      const agreed = await turn.approve({ call, title, detail: reveal(command, { multiline: true }) });
      if (!agreed) {
        const reason = `there is no sandbox (${workspace.sandbox.reason}) and the command was not approved`;
        return { ok: false, fault: true, summary: 'not approved', output: `${reason}; do without it`, refused: reason };
      }
      recorder.append({ type: 'toolApproved', call });
    }
    const seconds = Math.min(MOST_SECONDS, Math.max(1, integer(input, 'seconds') ?? DEFAULT_SECONDS));
    const result = await workspace.run(command, {
      timeoutMs: seconds * 1000,
      signal,
      onOutput: (output) => recorder.live({ type: 'commandOutput', call, text: output }),
    });
    const ending = result.timedOut
      ? `stopped after ${seconds} s`
      : result.exitCode === null
        ? 'killed'
        : `exit code ${result.exitCode}`;
    const output = `${boundText(result.output)}\n[${ending}]`.trimStart();
    return { ok: result.exitCode === 0, summary: ending, output, changed: true };
  },
};
