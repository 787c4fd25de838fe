/** From a request to a live session: finds and reads the spec, opens the log and the checkout, makes the agent. */
import { dirname, relative } from 'node:path';
import { builtinCoder } from '../agent/builtin/index.ts';
import { claudeCoder } from '../agent/claude/index.ts';
import type { Coder } from '../agent/coder.ts';
import { resumeFrom } from '../agent/resume.ts';
import type { Event } from '../events/index.ts';
import type { SessionStore } from '../session/store.ts';
import { sanitize } from '../events/sanitize.ts';
import { openLog, type SqliteLog } from '../record/sqlite-log.ts';
import { loadSpec, readyFor, specFromText } from '../spec/load.ts';
import { credentialsFrom } from '../verify/wire/credentials.ts';
import { lintSpec } from '../spec/lint.ts';
import type { Spec } from '../spec/model.ts';
import { resolveSpec, type ResolvedSpec } from '../spec/resolve.ts';
import { openWorkspace } from '../workspace/index.ts';
import { schemaKnowledge } from './schema-knowledge.ts';
import { exitOfUnresolved, findingsText } from './findings-text.ts';
import { EXIT, type Io } from './io.ts';
import type { SessionRequest } from './session-request.ts';
import { sessionSubject } from './session-subject.ts';
import { SessionRuntime, type RuntimeOptions } from './session-runtime.ts';
import { logFile } from './stored-log.ts';
import { appVersion } from './version.ts';

export interface LiveSession {
  runtime: SessionRuntime;
  log: SqliteLog;
  spec: Spec;
  /** The prompt to begin with; null for "implement the spec". */
  prompt: string | null;
}

/** Why there is no session: one message for standard error, and the exit code. */
export interface NoSession {
  kind: 'none';
  message: string;
  exit: number;
}

export type OpenedSession = { kind: 'session'; live: LiveSession } | NoSession;

export interface OpenOptions {
  request: SessionRequest;
  io: Io;
  /** How unsandboxed commands of the agent are answered. */
  commands: RuntimeOptions['commands'];
  /** Where the spec is looked up; default `io.cwd`. */
  specFolder?: string;
  /** A screen's store that is shown already; default: a new one. */
  store?: SessionStore;
}

/** Opens a new session, or an old one where the request says `resume`. Everything opened is closed on failure. */
export async function openSession(options: OpenOptions): Promise<OpenedSession> {
  const { request, io } = options;
  let log: SqliteLog | undefined;
  try {
    log = openLog(logFile(io.cwd), { now: Date.now, random: Math.random, env: io.env });
    for (const notice of log.notices) io.stderr(`plumb: ${notice}\n`);
    const opened = request.resume === null ? await openNew(options, log) : await reopen(options, log, request.resume);
    if (opened.kind === 'none') log.close();
    return opened;
  } catch (error) {
    log?.close();
    throw error;
  }
}

async function openNew(options: OpenOptions, log: SqliteLog): Promise<OpenedSession> {
  const { request, io } = options;
  const resolution = resolveSpec(request.spec ?? undefined, options.specFolder ?? io.cwd);
  if (resolution.kind === 'unresolved')
    return none(findingsText(resolution.findings), exitOfUnresolved(resolution.findings));
  const { resolved } = resolution;
  const read = await loadSpec(resolved.file, { name: resolved.name });
  if (read.kind === 'invalid') return none(findingsText(read.findings), EXIT.undecided);
  const findings = [...resolution.findings, ...read.findings, ...lintSpec(read.spec, schemaKnowledge(read.spec))];
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const what = `the spec is not ready: ${errors.length} ${errors.length === 1 ? 'error' : 'errors'} (plumb spec lint says more)`;
    return none(`${what}\n${findingsText(errors)}`, EXIT.refused);
  }
  if (request.agent === 'builtin' && read.spec.contract !== 'openapi')
    return none(
      `the built-in agent writes HTTP services only, and ${read.spec.name} is no OpenAPI contract; use a model: --agent claude`,
      EXIT.refused,
    );
  const coder = makeCoder(options, log);
  if (coder.kind === 'none') return coder;
  const specLoaded = {
    type: 'specLoaded' as const,
    name: read.spec.name,
    file: read.spec.file,
    semanticDigest: read.spec.semanticDigest,
    documentDigest: read.spec.documentDigest,
    text: read.spec.text,
    clauses: read.spec.clauses,
    findings: findings.map(({ rule, severity, pointer, message }) => ({ rule, severity, pointer, message })),
  };
  // A screen shows the spec while the checkout is made; the recorded event takes its place.
  options.store?.append({ ...PREVIEW, ...specLoaded, at: Date.now() });
  tellWait(
    request,
    io,
    `${read.spec.name} @ ${read.spec.semanticDigest.slice(0, 12)}, ${read.spec.clauses.length} clauses`,
  );
  const session = log.newSession();
  const prepared = await prepare(options, { log, session, spec: read.spec, resolved, coder: coder.coder, events: [] });
  if (prepared.kind === 'none') return prepared;
  const { runtime } = prepared.live;
  runtime.append({
    type: 'sessionStarted',
    spec: read.spec.name,
    specFile: resolved.file,
    repository: resolved.root,
    baseCommit: prepared.workspace.baseCommit,
    branch: prepared.workspace.branch,
    agent: { kind: coder.coder.kind, model: coder.coder.model },
    caps: { ...resolved.caps, ...request.caps },
    app: { version: appVersion(), node: process.versions.node, platform: process.platform },
    sandbox: prepared.workspace.sandbox,
  });
  runtime.append(specLoaded);
  return { kind: 'session', live: { ...prepared.live, prompt: request.prompt } };
}

async function reopen(options: OpenOptions, log: SqliteLog, wanted: string): Promise<OpenedSession> {
  const { io } = options;
  const matches = log.sessionsLike(wanted);
  const [session] = matches;
  if (session === undefined)
    return none(`there is no session ${JSON.stringify(wanted)}; see plumb sessions`, EXIT.usage);
  if (matches.length > 1)
    return none(`${JSON.stringify(wanted)} names several sessions: ${matches.join(', ')}`, EXIT.usage);
  log.lease(session);
  const events = log.read(session);
  const started = events.find((event) => event.type === 'sessionStarted');
  const loaded = events.findLast((event) => event.type === 'specLoaded');
  if (started === undefined || loaded === undefined) {
    return none(`session ${session} ended before it had a spec; start a new one`, EXIT.undecided);
  }
  // The session goes on with the spec that it was started on, whatever the file says by now.
  await readyFor(loaded.file);
  const read = specFromText(loaded.text, { file: loaded.file, name: loaded.name });
  if (read.kind === 'invalid') return none(findingsText(read.findings), EXIT.undecided);
  const resolution = resolveSpec(started.specFile, dirname(started.specFile));
  if (resolution.kind === 'unresolved') return none(findingsText(resolution.findings), EXIT.undecided);
  const { kind: agent, model } = started.agent;
  const request = {
    ...options.request,
    agent,
    model,
    caps: { ...started.caps, ...options.request.caps },
  };
  tellWait(options.request, io, `${loaded.name}, session ${session}`);
  const resume = resumeFrom(events);
  const coder = makeCoder({ ...options, request }, log, events);
  if (coder.kind === 'none') return coder;
  const resolved = { ...resolution.resolved, root: started.repository ?? resolution.resolved.root };
  const parts = { log, session, spec: read.spec, resolved, coder: coder.coder, events, resume };
  const prepared = await prepare({ ...options, request }, parts);
  if (prepared.kind === 'none') return prepared;
  const reason = options.request.prompt === null ? 'asked to go on' : 'a new prompt';
  prepared.live.runtime.append({ type: 'sessionResumed', fromSeq: events.at(-1)?.seq ?? 0, reason });
  const current = await loadSpec(loaded.file, { name: loaded.name });
  if (current.kind !== 'spec' || current.spec.semanticDigest !== read.spec.semanticDigest) {
    const text = `${loaded.file} has changed since; this session goes on with ${read.spec.semanticDigest.slice(0, 12)}`;
    io.stderr(`plumb: ${text}\n`);
    prepared.live.runtime.append({ type: 'noticeRaised', level: 'warning', text });
  }
  return { kind: 'session', live: { ...prepared.live, prompt: options.request.prompt } };
}

/** One line on a terminal while the checkout is made and the sandbox attacked; the screen, or the next line, takes its place. */
function tellWait(request: SessionRequest, io: Io, what: string): void {
  if (!io.isTty || request.json) return;
  const line = sanitize(`${what}: making the checkout, testing the sandbox …`).slice(0, Math.max(10, io.columns - 1));
  io.stdout(`${line}\r`);
}

/** The envelope of an event that is shown before there is a session that could record it. */
const PREVIEW = {
  id: '',
  session: '',
  seq: 0,
  by: { kind: 'system', name: 'plumb' },
  v: 1,
  prevHash: '',
  hash: '',
} as const;

interface Parts {
  log: SqliteLog;
  session: string;
  spec: Spec;
  resolved: ResolvedSpec;
  coder: Coder;
  events: readonly Event[];
  resume?: ReturnType<typeof resumeFrom>;
}

async function prepare(options: OpenOptions, parts: Parts) {
  const { request, io } = options;
  const { log, session, spec, resolved, coder, events, resume } = parts;
  const flags = request.start === undefined ? {} : { start: request.start };
  const subject = sessionSubject(flags, resolved, spec.contract);
  if (typeof subject === 'string') return none(subject, EXIT.usage);
  const opened = await openWorkspace({
    repository: resolved.root,
    session,
    writable: resolved.code,
    codeFolder: resolved.codeFolder,
    protect: contractPaths(resolved, spec),
    storeDir: dirname(log.file),
  });
  if (io.isTty && !request.json) io.stdout('\x1b[K');
  if (opened.kind === 'refused') return none(opened.reason, EXIT.undecided);
  const workspace = opened.value;
  const runtime = new SessionRuntime({
    log,
    session,
    spec,
    subject,
    startFolder: resolved.subjectFolder,
    credentials: credentialsFrom(spec, io.env, resolved.auth),
    codeFolder: resolved.codeFolder,
    writable: resolved.code,
    caps: { ...resolved.caps, ...request.caps },
    ...(request.seed === undefined ? {} : { seed: request.seed }),
    ...(request.runs === undefined ? {} : { runs: request.runs }),
    coder,
    workspace,
    ...(resume === undefined ? {} : { resume }),
    events,
    commands: options.commands,
    ...(options.store === undefined ? {} : { store: options.store }),
  });
  return { kind: 'prepared' as const, live: { runtime, log, spec }, workspace };
}

/** The files of the contract that lie in the repository: the agent must not write what it is judged by. */
function contractPaths(resolved: ResolvedSpec, spec: Spec): string[] {
  return [resolved.file, ...(spec.files ?? [])]
    .map((file) => relative(resolved.root, file).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('..'));
}

function makeCoder(
  options: OpenOptions,
  log: SqliteLog,
  events: readonly Event[] = [],
): { kind: 'coder'; coder: Coder } | NoSession {
  const { request, io } = options;
  if (request.agent === 'builtin') return { kind: 'coder', coder: builtinCoder() };
  const made = claudeCoder({ model: request.model, env: io.env, blobs: log, caps: request.caps, events });
  return made.kind === 'coder' ? made : none(made.message, EXIT.refused);
}

function none(message: string, exit: number): NoSession {
  return { kind: 'none', message, exit };
}
