/**
 * The command line: finds the command, gives it its Io, turns what it returns into an exit code. Commands are loaded
 * when they are called, so that the small ones start fast.
 */
import { sanitize } from '../events/sanitize.ts';
import { commandHelp, generalHelp } from './help.ts';
import { EXIT, type Io } from './io.ts';

/** What asks for an end in good order; SIGHUP is a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Command = (args: string[], io: Io) => Promise<number>;

const COMMANDS: Record<string, () => Promise<Command>> = {
  open: async () => (await import('./commands/open.ts')).openCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  init: async () => (await import('./commands/init.ts')).initCommand,
  run: async () => (await import('./commands/run.ts')).runCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  drift: async () => (await import('./commands/drift.ts')).driftCommand,
  sample: async () => (await import('./commands/sample.ts')).sampleCommand,
  spec: async () => (await import('./commands/spec.ts')).specCommand,
  sessions: async () => (await import('./commands/sessions.ts')).sessionsCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  lineage: async () => (await import('./commands/lineage.ts')).lineageCommand,
  rollback: async () => (await import('./commands/rollback.ts')).rollbackCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
};

/** Runs the process's command line and sets the exit code; never throws. */
export async function main(): Promise<void> {
  const abort = new AbortController();
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    abort.abort();
    // A closing terminal may hang up more than once; a second signal of a person means that they will not wait.
    if (signal !== 'SIGHUP' && ++signals > 1) process.exit(EXIT.interrupted);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  let outputFault: NodeJS.ErrnoException | null = null;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody reads on (`plumb … | head`, a closed terminal), or it cannot be kept: what runs is ended in good order.
    outputFault ??= error;
    abort.abort();
  });
  process.stderr.on('error', () => abort.abort());
  // A terminal that goes away fails its reader too.
  if (process.stdin.isTTY) process.stdin.on('error', () => abort.abort());
  const io: Io = {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    cwd: process.cwd(),
    env: process.env,
    isTty: process.stdin.isTTY && process.stdout.isTTY,
    columns: process.stdout.columns ?? 80,
    rows: process.stdout.rows ?? 24,
    signal: abort.signal,
  };
  // npm runs its scripts in the package's folder; the person stands elsewhere.
  const started = process.env['npm_lifecycle_event'] === 'plumb' ? process.env['INIT_CWD'] : undefined;
  const code = await runCli(process.argv.slice(2), started === undefined ? io : { ...io, cwd: started });
  for (const signal of SIGNALS) process.off(signal, onSignal);
  // A write that fails is told of a little later.
  await new Promise<void>((done) => void process.stdout.write('', () => setImmediate(done)));
  if (outputFault !== null && !isGone(outputFault)) process.exitCode = lostOutput(outputFault, io);
  else process.exitCode = outputFault !== null && signals === 0 && endedByReader(code) ? EXIT.pass : code;
}

/** Commands that only print: whoever stops reading (`plumb sample … | head`) has what they wanted. */
const PRINTING: ReadonlySet<string | undefined> = new Set(['sample', 'spec', 'sessions', 'replay', 'lineage']);

function endedByReader(code: number): boolean {
  return code === EXIT.interrupted && PRINTING.has(process.argv[2]);
}

/** True where whoever read our output went away, which is no fault. */
function isGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'EIO' || error.code === 'ERR_STREAM_DESTROYED';
}

function lostOutput(error: NodeJS.ErrnoException, io: Io): number {
  io.stderr(`plumb: standard output could not be written (${error.message}); what was printed is not whole\n`);
  return EXIT.undecided;
}

/** Runs one command line and returns its exit code. */
export async function runCli(argv: string[], io: Io): Promise<number> {
  const [name, ...args] = argv;
  if (name === 'help' || name === '--help' || name === '-h') {
    const topic = args[0] === undefined ? generalHelp() : commandHelp(args[0]);
    if (topic === undefined) return unknownCommand(args[0] ?? '', io);
    io.stdout(topic);
    return EXIT.pass;
  }
  const command = name === undefined ? 'open' : name;
  const load = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (load === undefined) return unknownCommand(command, io);
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout(commandHelp(command) ?? generalHelp());
    return EXIT.pass;
  }
  try {
    return await (
      await load()
    )(args, io);
  } catch (error) {
    if (io.signal.aborted) return EXIT.interrupted;
    const { environmentFault } = await import('./environment-fault.ts');
    const fault = environmentFault(error);
    if (fault !== null) {
      io.stderr(`plumb ${command}: ${sanitize(fault.message)}\n`);
      return fault.exit;
    }
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.stderr(`plumb ${command}: a fault of plumb itself; please report it with this trace:\n${trace}\n`);
    return EXIT.undecided;
  }
}

function unknownCommand(name: string, io: Io): number {
  const known = Object.keys(COMMANDS).join(', ');
  io.stderr(`plumb: there is no command ${JSON.stringify(name)}; the commands are ${known} (see plumb --help)\n`);
  return EXIT.usage;
}
