/** A worker of a run: derives the same properties from the same spec, and runs those that it is told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadSpec, specFromText } from '../../../spec/load.ts';
import type { Spec } from '../../../spec/model.ts';
import { createCoverageRecorder } from '../../measure/coverage.ts';
import { createLatencyRecorder } from '../../measure/latency.ts';
import { createSchemas } from '../../schema/index.ts';
import { createSender, type Sender } from '../../subject/send.ts';
import { createRunner } from '../../wire/execute.ts';
import { createKeyring } from '../../wire/keyring.ts';
import { createLane } from '../lane.ts';
import { prepare } from '../prepare.ts';
import { type FromWorker, plainOutcome, type ToWorker, type WorkerTask } from './messages.ts';

/** Cases that are told of at once. */
const TOLD_TOGETHER = 25;

const tell = (message: FromWorker): void => parentPort?.postMessage(message);
const task = workerData as WorkerTask;
const spec = await readAgain(task.source);
if (spec === undefined) tell({ type: 'refused', reason: 'the contract reads otherwise now' });
else work(spec);

/** The spec that the run has, or undefined where it cannot be had: its file may have changed. */
async function readAgain({
  file,
  name,
  text,
  documentDigest,
  basePath,
}: WorkerTask['source']): Promise<Spec | undefined> {
  for (const read of [specFromText(text, { file, name }), await loadSpec(file, { name })])
    if (read.kind === 'spec' && read.spec.documentDigest === documentDigest) return { ...read.spec, basePath };
  return undefined;
}

function work(spec: Spec): void {
  const now = (): number => performance.now();
  const deadline = now() + task.leftMs;
  const abort = new AbortController();
  let sender: Sender = createSender(task.baseUrl);
  let baseUrl = task.baseUrl;
  let generation = 0;
  let stopped: string | undefined;
  const { seed, today } = task;
  const keyring = createKeyring(spec, task.options.credentials ?? {}, seed);
  const runner = createRunner({
    send(request, signal) {
      request.timeoutMs = Math.min(request.timeoutMs ?? Infinity, Math.max(1, deadline - now()));
      return sender.send(request, signal);
    },
    wire: spec,
    timeoutMs: task.timeoutMs,
    keyring,
    signal: abort.signal,
  });
  const { engine, selection, riders } = prepare({
    options: { ...task.options, spec },
    createSchemas,
    runner,
    keyring,
    seed,
    today,
  });
  const properties = new Map(selection.active.map((one) => [one.ref.id, one]));
  const coverage = createCoverageRecorder(spec, engine.schemas);
  const latency = createLatencyRecorder(now);
  const untold = new Map<string, { cases: number; requests: number }>();
  const flush = (property: string): void => {
    const ran = untold.get(property);
    if (ran === undefined) return;
    tell({ type: 'ran', property, ...ran });
    untold.delete(property);
  };
  const lane = createLane({
    engine,
    generation: () => generation,
    riders,
    coverage,
    latency,
    drift: undefined,
    stop: () => stopped ?? (now() > deadline ? 'the time given is over' : undefined),
    ran({ ref }, cases, requests) {
      untold.set(ref.id, { cases, requests: (untold.get(ref.id)?.requests ?? 0) + requests });
      if (cases % TOLD_TOGETHER === 0) flush(ref.id);
    },
  });
  const run = async (id: string, shareMs: number): Promise<void> => {
    const property = properties.get(id);
    if (property === undefined) throw new Error(`no property is called ${id}`);
    const ending = await lane.run(property, 'beside', shareMs, () => tell({ type: 'dry', property: id }));
    flush(id);
    tell({
      type: 'ending',
      property: id,
      ending: ending.kind === 'ended' ? { kind: 'ended', outcome: plainOutcome(ending.outcome) } : ending,
    });
  };
  parentPort?.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'run':
        void run(message.property, message.shareMs);
        return;
      case 'hold':
        void lane.slots.hold().then(() => tell({ type: 'held' }));
        return;
      case 'resume':
        if (message.baseUrl !== baseUrl) {
          void sender.close();
          ({ baseUrl } = message);
          sender = createSender(baseUrl);
          generation++;
        }
        lane.slots.resume();
        return;
      case 'stop':
        stopped = message.reason;
        abort.abort();
        return;
      case 'finish':
        tell({ type: 'measured', coverage: coverage.facts(), latency: latency.counts() });
    }
  });
  tell({ type: 'ready' });
}
