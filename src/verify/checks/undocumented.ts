/**
 * What a contract says of everything that it does not document (`x-undocumented`): a path beside the documented ones is
 * answered with 404, a method beside the documented ones with 405 or 404, and the answer has the content stated there.
 * A contract that says nothing of them leaves such calls to the service.
 */
import fc, { type Arbitrary } from 'fast-check';
import { at } from '../../events/index.ts';
import type { Operation, ResponseSpec } from '../../spec/model.ts';
import { scenarios } from '../cases/cases.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import type { Scenario } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { mismatch } from './conformance.ts';
import { type Property, sentOnly } from './property.ts';

/** A name that nobody gives to anything. */
const NAME = 'plumb-astray';

/** How an answer to an undocumented call departs from what the contract says of such; undefined where it does not. */
export function undocumentedMismatch(
  engine: Engine,
  sent: Sent,
  statuses: readonly (404 | 405)[],
): { actual: string; expected: string; check?: string } | undefined {
  const { undocumented } = engine.spec;
  const { answer, request } = sent;
  if (undocumented === undefined) return undefined;
  const title = `${request.method} ${request.path.split('?')[0] ?? ''}`;
  const status = answer.kind === 'fault' ? undefined : statuses.find((one) => one === answer.status);
  if (status === undefined)
    return {
      actual: describeAnswer(answer),
      expected: `status ${statuses.join(' or ')} for ${title}, which is not documented (${undocumented.pointer})`,
    };
  const response: ResponseSpec = { ...undocumented, status: String(status) };
  const found = mismatch(engine.spec, engine.schemas, {
    ...sent,
    operation: { ...sent.operation, responses: [response] },
  });
  return found === undefined || found.unchecked !== undefined ? undefined : found;
}

/** One property for each documented path that can be asked for: paths beside it are unknown. */
export function strayPathsOf(engine: Engine): Property[] {
  if (engine.spec.undocumented === undefined) return [];
  const byPath = Map.groupBy(engine.spec.operations, ({ path }) => path);
  return [...byPath].flatMap(([path, operations]) => {
    const usable = operations.filter((one) => engine.obstacle(one) === undefined);
    // A reader leaves everything as it is.
    const carrier = usable.find(({ method }) => method === 'get') ?? usable[0];
    return carrier === undefined ? [] : strayPaths(engine, path, carrier);
  });
}

function strayPaths(engine: Engine, path: string, carrier: Operation): Property[] {
  const plan = engine.planFor(carrier);
  const base = segmentsOf(carrier.basePath ?? engine.spec.basePath);
  const segments = [...base, ...segmentsOf(path)];
  const places = [-1, ...segments.keys(), segments.length].filter((index) => {
    const literal = segments[index] ?? '';
    return parametersIn(literal).length === 0 && !isKnown(engine, segments, index);
  });
  if (places.length === 0) return [];
  const cases = places.map((index): Arbitrary<Scenario> => {
    const call = engine.inputsFor(carrier).arbitrary.map((input) => ({
      input,
      valid: false,
      manner: { astray: { index, segment: NAME } },
    }));
    return scenarios({
      plan,
      call,
      inputs: (one) => engine.inputsFor(one),
      accepts: (one, input) => engine.accepts(one, input),
      episodes: [],
    });
  });
  return [
    {
      ref: { id: `undocumented paths beside ${path}`, clause: at('#', 'x-undocumented'), kind: 'rejection' },
      runs: cases.length * 2,
      serial: true,
      needs: plan.setup.map((step) => step.operation.id),
      arbitrary: (index) => cases[index % cases.length] ?? fc.constant([]),
      async judge(scenario) {
        const ran = await engine.runner.run(scenario);
        const sent = sentOnly(ran.sent);
        if (ran.kind === 'unusable') return { kind: 'discarded', sent, reason: ran.reason };
        const focus = sent.findIndex((one) => one.role === 'call');
        const call = sent[focus];
        if (call === undefined)
          return { kind: 'discarded', sent, reason: ran.kind === 'fault' ? ran.reason : 'no call' };
        const found = undocumentedMismatch(engine, call, [404]);
        if (found === undefined) return { kind: 'passed', sent };
        return { kind: 'failed', sent, focus, ...(found.check === undefined ? { statusOnly: true } : {}), ...found };
      },
    },
  ];
}

/** True where some documented path is what comes of another segment. */
function isKnown(engine: Engine, segments: readonly string[], index: number): boolean {
  const own = [...segments.slice(0, Math.max(0, index)), NAME, ...segments.slice(index + 1)];
  return engine.spec.operations.some((operation) => {
    const theirs = [...segmentsOf(operation.basePath ?? engine.spec.basePath), ...segmentsOf(operation.path)];
    return (
      theirs.length === own.length &&
      theirs.every((segment, at_) => segment === own[at_] || parametersIn(segment).length > 0)
    );
  });
}
