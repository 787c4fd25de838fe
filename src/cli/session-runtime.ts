/**
 * A live session: holds the log, the workspace and the agent, and turns intents into effects. Everything that happens
 * is appended first and shown after; effects start here and nowhere else.
 */
import { join } from 'node:path';
import { trace, type Span } from '@opentelemetry/api';
import type { Coder } from '../agent/coder.ts';
import { recordVerification } from '../agent/record-verification.ts';
import { resumeFrom, type Resumption } from '../agent/resume.ts';
import { runLoop, type LoopResult } from '../agent/session-loop.ts';
import type { Actor, Caps, Event, EventBody, LiveDelta, Recorder, VerifyReport } from '../events/index.ts';
import type { SqliteLog } from '../record/sqlite-log.ts';
import { decide, type Effect, type Intent } from '../session/index.ts';
import { createStore, type SessionStore } from '../session/store.ts';
import type { Spec } from '../spec/model.ts';
import { type SessionSubject, titleOf } from './session-subject.ts';
import { verify } from '../verify/index.ts';
import type { Credentials } from '../verify/model.ts';
import type { Tree, Workspace } from '../workspace/workspace.ts';

export interface RuntimeOptions {
  log: SqliteLog;
  session: string;
  spec: Spec;
  /** What the agent's code is run as, but for its place. */
  subject: SessionSubject;
  /** Folder, relative to the workspace's root, in which it starts. */
  startFolder: string;
  /** For the security schemes of the spec. */
  credentials: Credentials;
  codeFolder: string;
  writable: string[];
  caps: Caps;
  seed?: number;
  runs?: number;
  coder: Coder;
  workspace: Workspace;
  /** Where an earlier run stood, when the session is resumed. */
  resume?: Resumption;
  /** What the log holds of the session so far. */
  events: readonly Event[];
  /** `ask` shows the command to the engineer; `allow` and `refuse` answer for them. */
  commands: 'ask' | 'allow' | 'refuse';
  /** Default: a new one. */
  store?: SessionStore;
}

/** Cases per property of the first look at a candidate. */
const QUICK_RUNS = 20;
const ENGINEER: Actor = { kind: 'human', name: 'engineer' };

/** One live session; close it. */
export class SessionRuntime {
  readonly session: string;
  readonly store: SessionStore;
  /** The last event that the log held when the session was opened; 0 for a new one. */
  readonly openedAtSeq: number;
  readonly #options: RuntimeOptions;
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #approvals = new Map<string, (approved: boolean) => void>();
  #turn: { abort: AbortController; done: Promise<LoopResult> } | null = null;
  /** Whether the log holds rounds of this session already. */
  #continues: boolean;
  #serviceAllowed = false;
  #result: LoopResult | null = null;

  constructor(options: RuntimeOptions) {
    this.session = options.session;
    this.#options = options;
    this.#continues = options.resume !== undefined;
    this.openedAtSeq = options.events.at(-1)?.seq ?? 0;
    const { workspace, resume } = options;
    const left = resume?.proposedTree == null ? undefined : workspace.treeOf(resume.proposedTree);
    // A checkout that was given back is made anew from the user's tree; the session goes on from its own code.
    if (left !== undefined && workspace.snapshot().hash === workspace.base.hash) workspace.restore(left);
    this.store = options.store ?? createStore({ now: Date.now });
    for (const event of options.events) this.store.append(event);
  }

  readonly recorder: Recorder = {
    append: (body, by) => this.append(body, by ?? { kind: 'agent', name: this.#options.coder.model ?? 'builtin' }),
    live: (delta: LiveDelta) => this.store.live(delta),
  };

  /** Appends one fact, folds it, and tells the listeners. Throws only when the log cannot be written. */
  append(body: EventBody, by?: Actor): Event {
    const event = this.#options.log.append(this.session, body, by);
    this.store.append(event);
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  /** Calls back after each appended event; returns how to stop that. */
  onEvent(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The result of the last finished turn. */
  get result(): LoopResult | null {
    return this.#result;
  }

  /** Does what the intent asks for, or says why not. */
  async dispatch(intent: Intent): Promise<{ kind: 'done' } | { kind: 'refused'; message: string }> {
    const decision = decide(this.store.state(), intent);
    switch (decision.kind) {
      case 'refused':
        return decision;
      case 'append':
        for (const body of decision.events) this.append(body, ENGINEER);
        return { kind: 'done' };
      case 'effect':
        return this.#perform(decision.effect);
    }
  }

  /** Runs rounds until there is a reason to stop; one turn at a time. */
  async startTurn(prompt: string | null): Promise<LoopResult> {
    if (this.#turn !== null) return this.#turn.done;
    const abort = new AbortController();
    const done = this.#runTurn(prompt, abort.signal).finally(() => {
      this.#turn = null;
    });
    this.#turn = { abort, done };
    return done;
  }

  /** Stops the turn in progress and waits for its end; nothing recorded is lost. */
  async stop(reason: string): Promise<void> {
    for (const call of Array.from(this.#approvals.keys())) this.#answer(call, false);
    this.#turn?.abort.abort(new Error(reason));
    await this.#turn?.done;
  }

  /** Stops what runs and gives the checkout back; the branch, the snapshots and the log stay. */
  async close(): Promise<void> {
    await this.stop('closed');
    await this.#options.workspace.dispose();
  }

  async #runTurn(prompt: string | null, signal: AbortSignal): Promise<LoopResult> {
    const { spec, workspace, coder, caps, codeFolder, writable, subject } = this.#options;
    if (prompt !== null) this.append({ type: 'promptSubmitted', text: prompt }, ENGINEER);
    const span = turnSpan(spec, this.session, coder);
    const resume = this.#continues ? resumeFrom(this.#options.log.read(this.session)) : undefined;
    this.#continues = true;
    const result = await runLoop({
      spec,
      prompt,
      codeFolder,
      writable,
      start: titleOf(subject),
      caps,
      coder,
      workspace,
      base: workspace.base,
      verify: (tree, round, only) => this.#verify(tree, round, signal, only?.clauses),
      approve: (request) => this.#approve(request),
      recorder: this.recorder,
      signal,
      ...(resume === undefined ? {} : { resume }),
    });
    this.#result = result;
    span.setAttribute('plumb.verdict', result.verdict);
    span.end();
    return result;
  }

  /**
   * The verdict on a tree. A quick look comes first, with few cases and without load: where it fails already, the agent
   * has its counterexamples sooner; only the whole run can pass.
   */
  async #verify(tree: Tree, round: number, signal: AbortSignal, clauses?: string[]): Promise<VerifyReport> {
    const quick = await this.#verifyOnce(tree, round, signal, { runs: QUICK_RUNS, skipObjectives: true }, clauses);
    if (quick.verdict === 'fail' || signal.aborted) return quick;
    const { runs } = this.#options;
    return this.#verifyOnce(tree, round, signal, runs === undefined ? {} : { runs }, clauses);
  }

  async #verifyOnce(
    tree: Tree,
    round: number,
    signal: AbortSignal,
    effort: { runs?: number; skipObjectives?: boolean },
    clauses?: string[],
  ): Promise<VerifyReport> {
    const { spec, workspace, subject, startFolder, credentials, seed } = this.#options;
    await this.#allowService();
    const only = clauses === undefined ? {} : { clauses };
    return recordVerification(this.recorder, { spec, tree: tree.hash, round, ...only }, (onEvent) =>
      verify({
        spec,
        subject: { ...subject, cwd: join(workspace.root, startFolder), wrap: (command) => workspace.wrap(command) },
        ...(seed === undefined ? {} : { seed }),
        ...effort,
        ...only,
        credentials,
        signal,
        onEvent,
      }),
    );
  }

  /**
   * Without a sandbox, code that a model wrote is started only with the engineer's word, asked for once. Where nobody
   * can be asked it is said instead.
   */
  async #allowService(): Promise<void> {
    const { coder, workspace, commands, subject } = this.#options;
    if (coder.kind === 'builtin' || workspace.sandbox.kind === 'srt' || this.#serviceAllowed) return;
    if (commands === 'ask') {
      const title = 'start the service that the agent wrote, without a sandbox';
      if (!(await this.#approve({ call: 'service', title, detail: titleOf(subject) })))
        throw new Error('starting the service was refused, so nothing can be verified');
    } else {
      const text = `no sandbox (${workspace.sandbox.reason}): the service that the agent writes runs with your rights`;
      this.append({ type: 'noticeRaised', level: 'warning', text });
    }
    this.#serviceAllowed = true;
  }

  async #perform(effect: Effect): Promise<{ kind: 'done' } | { kind: 'refused'; message: string }> {
    switch (effect.type) {
      case 'startTurn':
        await this.startTurn(effect.prompt);
        return { kind: 'done' };
      case 'stopTurn':
        await this.stop('stopped by the engineer');
        return { kind: 'done' };
      case 'answerApproval':
        this.#answer(effect.call, effect.approved);
        return { kind: 'done' };
      case 'applyHunks':
        return this.applyHunks(effect.tree, new Set(effect.hunks));
      case 'quit':
        await this.stop('the engineer quit');
        return { kind: 'done' };
    }
  }

  /**
   * Verifies exactly the accepted hunks of a change, and only on a pass merges them into the working tree. The checkout
   * is put back to the whole change afterwards.
   */
  async applyHunks(
    treeHash: string,
    accepted: ReadonlySet<string>,
  ): Promise<{ kind: 'done' } | { kind: 'refused'; message: string }> {
    const { workspace } = this.#options;
    const whole = workspace.treeOf(treeHash);
    if (whole === undefined)
      return { kind: 'refused', message: 'the snapshot of this change is gone; nothing was applied' };
    const subset = workspace.select(workspace.base, whole, accepted);
    const known = this.#result;
    if (known === null || known.verdict !== 'pass' || known.tree.hash !== subset.hash) {
      const passes = await this.#passes(subset, whole);
      if (!passes) {
        const message = 'what is accepted does not pass by itself; nothing was applied (see the properties)';
        this.append({ type: 'noticeRaised', level: 'warning', text: message });
        return { kind: 'refused', message };
      }
    }
    return this.merge(subset);
  }

  /** Merges a tree into the working tree three ways; a file that conflicts is left alone and named. */
  merge(tree: Tree): { kind: 'done' } | { kind: 'refused'; message: string } {
    const { files, conflicts } = this.#options.workspace.apply(tree);
    const merged = { type: 'changeApplied', tree: tree.hash, mode: 'merge', branch: null, commit: null } as const;
    this.append({ ...merged, files, conflicts }, ENGINEER);
    return conflicts.length === 0
      ? { kind: 'done' }
      : { kind: 'refused', message: `left alone, because you changed the same lines: ${conflicts.join(', ')}` };
  }

  async #passes(subset: Tree, whole: Tree): Promise<boolean> {
    const { workspace } = this.#options;
    const abort = new AbortController();
    workspace.restore(subset);
    try {
      return (await this.#verify(subset, this.#result?.rounds ?? 0, abort.signal)).verdict === 'pass';
    } finally {
      workspace.restore(whole);
    }
  }

  async #approve(request: { call: string; title: string; detail: string }): Promise<boolean> {
    const { commands } = this.#options;
    if (commands !== 'ask') return commands === 'allow';
    const answer = new Promise<boolean>((resolve) => this.#approvals.set(request.call, resolve));
    this.store.ask(request);
    return answer;
  }

  #answer(call: string, approved: boolean): void {
    const answer = this.#approvals.get(call);
    if (answer === undefined) return;
    this.#approvals.delete(call);
    this.store.ask(null);
    answer(approved);
  }
}

function turnSpan(spec: Spec, session: string, coder: Coder): Span {
  return trace.getTracer('plumbline').startSpan('invoke_agent plumbline', {
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': coder.kind,
      'gen_ai.conversation.id': session,
      'gen_ai.prompt.name': spec.name,
      'gen_ai.prompt.version': spec.semanticDigest.slice(0, 12),
      ...(coder.model === null ? {} : { 'gen_ai.request.model': coder.model }),
    },
  });
}
