/**
 * A text is as long as it has characters (JSON Schema 2020-12 Validation §6.3.1), whatever they are made of: where one of
 * plain letters is accepted, so is one of as many others. Where a contract documents several refusals, only this tells
 * that a refusal is for the letters.
 */
import { isObject, type JsonObject } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { jsonSchemaOf } from '../cases/media.ts';
import { IDEMPOTENCY_KEY } from '../cases/names.ts';
import { facets, propertyNames, propertySchema, typesOf } from '../cases/schema-walk.ts';
import type { Input } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { INPUT_REFUSALS } from './acceptance.ts';
import { inTurn } from './in-turn.ts';
import { type Judgement, type Property, sentOnly } from './property.ts';

const MOST_FIELDS = 6;
const LONGEST = 2000;
const PLAIN = 'e';
const OTHER = 'é';

/** The property of an operation whose body has texts of a limited length; at most one. */
export function lettersOf(engine: Engine, operation: Operation): Property[] {
  if (!['post', 'put', 'patch'].includes(operation.method)) return [];
  // The same key with another body may be refused for that.
  if (operation.parameters.some(({ name }) => IDEMPOTENCY_KEY.test(name))) return [];
  const both = ['400', '422'].every((status) => operation.responses.some((one) => one.status === status));
  const fields = both ? boundedTexts(engine, operation) : [];
  const { arbitrary } = engine.inputsFor(operation);
  return inTurn(engine, operation, {
    title: 'letters',
    kind: 'conformance',
    clause: operation.requestBody?.pointer ?? operation.pointer,
    cases: fields.map(({ name, max }) => ({
      call: arbitrary.map((input) => ({ input: spelled(input, name, PLAIN, max), valid: true })),
      after: (call) => [{ ...call, role: 'check', input: spelled(call.input, name, OTHER, max) }],
    })),
    judge: (scenario) => judge(engine, scenario),
  });
}

function boundedTexts({ spec, schemas }: Engine, operation: Operation): { name: string; max: number }[] {
  const body = jsonSchemaOf(operation.requestBody?.content ?? []);
  if (body === undefined) return [];
  return propertyNames(spec, body)
    .flatMap((name) => {
      const own = propertySchema(spec, body, name);
      if (own === undefined || !typesOf(spec, own).includes('string')) return [];
      const lengths = [...facets(spec, own)].flatMap(({ schema: { maxLength } }) =>
        typeof maxLength === 'number' ? [maxLength] : [],
      );
      const max = Math.min(...lengths);
      const fits = (letter: string): boolean => schemas.validate(own, letter.repeat(max), 'request').length === 0;
      return max >= 2 && max <= LONGEST && fits(PLAIN) && fits(OTHER) ? [{ name, max }] : [];
    })
    .slice(0, MOST_FIELDS);
}

function spelled(input: Input, name: string, letter: string, max: number): Input {
  const body: JsonObject = isObject(input.body) ? input.body : {};
  return { ...input, body: { ...body, [name]: letter.repeat(max) } };
}

async function judge(engine: Engine, scenario: Parameters<Property['judge']>[0]): Promise<Judgement> {
  const ran = await engine.runner.run(scenario);
  const sent = sentOnly(ran.sent);
  const [plain, other] = sent.slice(-2);
  if (ran.kind !== 'ran' || plain === undefined || other === undefined || !accepted(plain))
    return { kind: 'passed', sent };
  const { answer } = other;
  if (answer.kind !== 'answer' || !INPUT_REFUSALS.has(answer.status)) return { kind: 'passed', sent };
  // What was accepted a moment ago may be refused now for what has happened since.
  const last = scenario.findLast((step) => step.role === 'call');
  const again = await engine.runner.run([...scenario.slice(0, -1), ...(last === undefined ? [] : [last])]);
  if (again.kind !== 'ran' || !sentOnly(again.sent).slice(-2).every(accepted)) return { kind: 'passed', sent };
  return {
    kind: 'failed',
    sent,
    focus: sent.length - 1,
    statusOnly: true,
    actual: describeAnswer(answer),
    expected: `acceptance, as of the same input with ${JSON.stringify(PLAIN)} for each ${JSON.stringify(OTHER)}: both have as many characters`,
  };
}

function accepted(sent: Sent | undefined): boolean {
  return sent?.answer.kind === 'answer' && sent.answer.status < 300;
}
