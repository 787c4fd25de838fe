/** A lane in a thread of its own, as the run sees it. Where the thread ends early, what it ran is undecided. */
import { Worker } from 'node:worker_threads';
import type { Property } from '../../checks/property.ts';
import type { CoverageRecorder } from '../../measure/coverage.ts';
import type { LatencyRecorder } from '../../measure/latency.ts';
import type { Engine } from '../engine.ts';
import type { Ending, Lane } from '../lane.ts';
import { type FromWorker, outcomeFrom, type ToWorker, type WorkerTask } from './messages.ts';

/** The bundle of the package has its entries side by side. */
const ENTRY = import.meta.url.endsWith('.ts') ? './thread.ts' : './verify-worker.js';
const HEAP_MB = 2048;
/** Why a run ends is looked at this often, also while no case ends. */
const LOOK_EVERY_MS = 200;
/** How long a worker may take to say what it measured. */
const FINISH_MS = 5000;

export interface RemoteLane extends Lane {
  /** Takes over what it measured, and ends it. */
  close(): Promise<void>;
}

export interface RemoteLaneOptions {
  task: WorkerTask;
  engine: Engine;
  coverage: CoverageRecorder;
  latency: LatencyRecorder;
  baseUrl: () => string;
  stop: () => string | undefined;
  /** Told of `more` cases; the property has come to `cases`. */
  ran: (property: Property, cases: number, requests: number) => void;
}

interface Running {
  property: Property;
  dry: (() => void) | undefined;
  isDry: boolean;
  end: (ending: Ending) => void;
}

/** Starts a worker. */
export function startRemoteLane(options: RemoteLaneOptions): RemoteLane {
  const { engine, task } = options;
  const worker = new Worker(new URL(ENTRY, import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    execArgv: [],
  });
  const running = new Map<string, Running>();
  const spares: (() => void)[] = [];
  const helds: (() => void)[] = [];
  let lost: string | undefined;
  let stopped = false;
  const ready = Promise.withResolvers<void>();
  const measured = Promise.withResolvers<void>();

  const tell = (message: ToWorker): void => worker.postMessage(message);
  const hasRoom = (): boolean => lost !== undefined || [...running.values()].every((one) => one.isDry);
  const release = (): void => {
    if (hasRoom()) for (const tellSpare of spares.splice(0)) tellSpare();
  };
  const lose = (reason: string): void => {
    if (lost !== undefined) return;
    lost = reason;
    clearInterval(look);
    ready.resolve();
    measured.resolve();
    for (const { end } of running.values()) end(lostEnding(reason));
    running.clear();
    for (const tellHeld of helds.splice(0)) tellHeld();
    release();
  };
  const look = setInterval(() => {
    const reason = options.stop();
    if (reason === undefined || stopped) return;
    stopped = true;
    tell({ type: 'stop', reason });
  }, LOOK_EVERY_MS);

  worker.on('message', (message: FromWorker) => {
    switch (message.type) {
      case 'ready':
        return ready.resolve();
      case 'refused':
        return lose(message.reason);
      case 'held':
        return helds.shift()?.();
      case 'measured':
        options.coverage.add(message.coverage);
        options.latency.add(message.latency);
        return measured.resolve();
      case 'ran': {
        const one = running.get(message.property);
        if (one !== undefined) options.ran(one.property, message.cases, message.requests);
        return;
      }
      case 'dry': {
        const one = running.get(message.property);
        if (one === undefined) return;
        one.isDry = true;
        one.dry?.();
        return release();
      }
      case 'ending': {
        const one = running.get(message.property);
        running.delete(message.property);
        const { ending } = message;
        one?.end(
          ending.kind === 'ended'
            ? { kind: 'ended', outcome: outcomeFrom(ending.outcome, one.property, engine) }
            : ending,
        );
        return release();
      }
    }
  });
  worker.on('error', (error) => lose(`a worker ended: ${error instanceof Error ? error.message : String(error)}`));
  worker.on('exit', (code) => lose(`a worker ended with code ${code}`));

  return {
    get lost() {
      return lost;
    },
    slots: {
      async spare() {
        await ready.promise;
        if (!hasRoom()) await new Promise<void>((resolve) => spares.push(resolve));
      },
      async hold() {
        if (lost !== undefined) return;
        tell({ type: 'hold' });
        await new Promise<void>((resolve) => helds.push(resolve));
      },
      resume: () => tell({ type: 'resume', baseUrl: options.baseUrl() }),
    },
    run(property, _how, shareMs, dry) {
      if (lost !== undefined) return Promise.resolve(lostEnding(lost));
      return new Promise((end) => {
        running.set(property.ref.id, { property, dry, isDry: false, end });
        tell({ type: 'run', property: property.ref.id, shareMs });
      });
    },
    async close() {
      if (lost === undefined) {
        tell({ type: 'finish' });
        const late = setTimeout(measured.resolve, FINISH_MS);
        await measured.promise;
        clearTimeout(late);
      }
      clearInterval(look);
      lost ??= 'the run is over';
      await worker.terminate();
    },
  };
}

function lostEnding(reason: string): Ending {
  return {
    kind: 'ended',
    outcome: {
      decided: { failed: undefined, undecided: undefined, cases: 0, discarded: [], stopped: reason, faults: [] },
      open: reason,
      warnings: [],
      ridden: new Map(),
      drops: { answered: 0, retried: 0, faults: [] },
    },
  };
}
