/**
 * What a body refers to must exist where the contract documents a 404 that can mean nothing else: the operation has no id
 * in its path, and others of the contract without one document no 404. A refusal of any kind will do.
 */
import fc from 'fast-check';
import { tokensOf } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { scenarios } from '../cases/cases.ts';
import { jsonSchemaOf } from '../cases/media.ts';
import { parametersIn } from '../cases/paths.ts';
import { isSoft } from '../cases/producers.ts';
import { referenceFields } from '../cases/references.ts';
import { withValue } from '../cases/resolve.ts';
import { propertySchema } from '../cases/schema-walk.ts';
import type { Engine } from '../run/engine.ts';
import type { Property } from './property.ts';
import { unknownId } from './unknown-ids.ts';
import { unknownThings } from './unknown-things.ts';

/**
 * At most one property per operation. Where the references are of several kinds, the 404 may be about one of these only,
 * so that all are unknown at once; else they are in turn.
 */
export function unknownReferencesOf(engine: Engine, operation: Operation): Property[] {
  const plan = engine.planFor(operation);
  const body = jsonSchemaOf(operation.requestBody?.content ?? []);
  if (body === undefined || operation.method !== 'post' || !isAboutReferences(engine, operation)) return [];
  const references = referenceFields(engine.spec, operation);
  const targets = references.flatMap(({ into, weak }) => {
    const [place, name = '', ...deeper] = tokensOf(into);
    const binding = plan.bindings.find((one) => one.into === into);
    const schema = propertySchema(engine.spec, body, name);
    const isPlain = place === 'body' && deeper.length === 0 && !weak && schema !== undefined;
    const ids = isPlain ? unknownId(engine, schema) : undefined;
    const isMade = binding !== undefined && !isSoft(binding) && binding.from.place !== 'input';
    return isMade && ids !== undefined ? [{ into, name, ids, kind: plan.kinds.get(`${operation.id}${into}`) }] : [];
  });
  if (targets.length === 0 || targets.length < references.length) return [];
  const sets = new Set(targets.map(({ kind }) => kind)).size === 1 ? targets.map((one) => [one]) : [targets];
  const inputs = engine.inputsFor(operation);
  const status = operation.responses.some((one) => one.status === '404') ? '404' : '409';
  const cases = sets.map((set) =>
    scenarios({
      plan,
      inputs: (one) => engine.inputsFor(one),
      accepts: (one, input) => engine.accepts(one, input),
      episodes: [],
      call: fc.tuple(inputs.arbitrary, ...set.map(({ ids }) => ids)).map(([input, ...ids]) => ({
        input: set.reduce((changed, { into }, index) => withValue(changed, into, ids[index] ?? null), input),
        valid: true,
        bindings: plan.bindings.filter(({ into }) => !set.some((one) => one.into === into)),
      })),
    }),
  );
  return [
    unknownThings({
      engine,
      operation,
      title: 'unknown reference',
      status,
      cases,
      look({ answer, input }) {
        const refers = targets.some(({ into }) => withValue(input, into, 'x').body !== input.body);
        if (!refers) return { discarded: 'nothing was referred to' };
        if (answer.kind === 'answer' && answer.status >= 400 && answer.status < 500) return 'passed';
        return { expected: `status ${status} for a reference to what does not exist` };
      },
    }),
  ];
}

const UNKNOWN = /unknown|no such|not found|(not|n't) exist|nonexist|^no \w+\.?$/i;

/** True where the documented 404 is no boilerplate, and not about the path; or where a conflict says so in words. */
function isAboutReferences({ spec }: Engine, operation: Operation): boolean {
  const isPlain = (one: Operation): boolean => parametersIn(one.path).length === 0;
  const documents = (one: Operation): boolean => one.responses.some(({ status }) => status === '404');
  if (!isPlain(operation)) return false;
  if (operation.responses.some(({ status, description }) => status === '409' && UNKNOWN.test(description))) return true;
  return documents(operation) && spec.operations.some((one) => isPlain(one) && !documents(one));
}
