/**
 * A call without credentials, or with forged ones, is refused and has no effect: `security`, one property per operation
 * that needs credentials. Every source of credentials is spoiled at once, or one scheme of those that are needed together.
 */
import type { Arbitrary } from 'fast-check';
import { at } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { scenarios } from '../cases/cases.ts';
import type { Scenario, Spoiled, Step } from '../cases/scenario.ts';
import { equalJson } from '../equal-json.ts';
import { type Engine, isolated } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { differsFrom } from '../wire/reproducer.ts';
import { isGranting } from './granting.ts';
import { documented } from './conformance.ts';
import { type Judgement, type Property, sentOnly, type Undecidable } from './property.ts';
import { witnessOf } from './witness.ts';

/** Times that an effect must show again before it is believed: a clock may tick between two reads. */
const CONFIRMATIONS = 2;
const TRIES_EACH = 2;

/** The property of an operation that needs credentials; undefined for a public one. */
export function securityOf(engine: Engine, operation: Operation): Property | Undecidable | undefined {
  const { keyring } = engine;
  if (!keyring.isSecured(operation)) return undefined;
  const ref = {
    id: `security ${operation.id}`,
    clause: at(operation.pointer, 'security'),
    kind: 'security' as const,
    operation: operation.id,
  };
  const reason = engine.obstacle(operation);
  if (reason !== undefined) return { ref, reason };
  const plan = engine.planFor(operation);
  const variants = variantsOf(engine, operation);
  const remarks = new Set<string>();
  const read = witnessOf(engine, operation);
  const cases = variants.map((variant) => {
    const call = engine.inputsFor(operation).arbitrary.map((input) => ({
      input,
      valid: false,
      manner: { ...variant, tolerates: [401] },
    }));
    const drawn = scenarios({
      plan,
      call,
      inputs: (one) => engine.inputsFor(one),
      accepts: (one, input) => engine.accepts(one, input),
      episodes: [],
    });
    return read === undefined ? drawn : drawn.map((scenario) => witnessed(scenario, read));
  });
  const runs = Math.max(1, Math.min(TRIES_EACH, Math.round(engine.runs / 10))) * cases.length;
  return {
    ref,
    runs,
    serial: read !== undefined || !isolated(engine, operation),
    needs: [...plan.setup.map((step) => step.operation.id), operation.id],
    arbitrary: (index): Arbitrary<Scenario> => cases[index % cases.length] ?? cases[0] ?? neverDrawn(operation),
    judge: (scenario) => judge(engine, scenario, remarks),
    conclude: () => ({ remarks: [...remarks] }),
  };
}

function neverDrawn(operation: Operation): never {
  throw new Error(`a secured operation has at least one way to spoil its credentials: ${operation.id}`);
}

/** Every way to spoil the credentials after which the contract demands a refusal. */
function variantsOf(engine: Engine, operation: Operation): { way: number; spoiled: Spoiled }[] {
  const { keyring } = engine;
  return keyring.waysOf(operation).flatMap((schemes, way) => {
    const all: { way: number; spoiled: Spoiled }[] = way === 0 ? [{ way, spoiled: { how: 'absent' } }] : [];
    for (const scheme of schemes) {
      const rest = schemes.filter((one) => one !== scheme).map((one) => one.name);
      if (keyring.suffices(operation, rest)) continue;
      const forged: Spoiled['how'][] =
        scheme.type === 'apiKey' ? ['wrong', 'empty'] : ['wrong', 'empty', 'other scheme', 'unsigned', 'resigned'];
      if (rest.length > 0) forged.unshift('absent');
      for (const how of forged)
        if (keyring.isForgeable(scheme.name, how)) all.push({ way, spoiled: { scheme: scheme.name, how } });
    }
    return all;
  });
}

/** The scenario with looks at the resource around the call: two before, to see what changes by itself, one after. */
function witnessed(scenario: Scenario, read: (call: Step) => Step): Scenario {
  return scenario.flatMap((step) => (step.role === 'call' ? [read(step), read(step), step, read(step)] : [step]));
}

async function judge(engine: Engine, scenario: Scenario, remarks: Set<string>): Promise<Judgement> {
  const ran = await engine.runner.run(scenario);
  const sent = sentOnly(ran.sent);
  if (ran.kind === 'unusable') return { kind: 'discarded', sent, reason: ran.reason };
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  if (call === undefined) return { kind: 'discarded', sent, reason: ran.kind === 'fault' ? ran.reason : 'no call' };
  const actual = describeAnswer(call.answer);
  const failed = (expected: string): Judgement => ({ kind: 'failed', sent, focus, statusOnly: true, actual, expected });
  const with_ = `${describeSpoiled(call.manner?.spoiled)} is refused with 401`;
  if (call.answer.kind === 'fault') return failed(with_);
  const { status, headers } = call.answer;
  if (status === 429) return { kind: 'discarded', sent, reason: 'the service limits how often it is asked' };
  const outcome = refusal(call.operation, status);
  if (outcome === 'accepted' && status < 300 && isGranting(call.operation)) {
    remarks.add(`${call.operation.id} hands out credentials and needs none, though the contract says that it does`);
    return { kind: 'passed', sent };
  }
  if (outcome === 'accepted') return failed(with_);
  if (outcome === 'otherwise')
    remarks.add(`${call.operation.id} refuses bad credentials with ${status}; RFC 9110 §15.5.2 wants 401`);
  if (status === 401 && headers['www-authenticate'] === undefined)
    remarks.add('answers with 401 have no WWW-Authenticate header, which RFC 9110 §15.5.2 demands');
  const changed = effectOf(sent, focus);
  if (changed === undefined) return { kind: 'passed', sent };
  for (let again = 0; again < CONFIRMATIONS; again++) {
    const other = sentOnly((await engine.runner.run(scenario)).sent);
    if (effectOf(other, focus) === undefined) return { kind: 'passed', sent };
  }
  return {
    kind: 'failed',
    sent,
    focus,
    shown: [focus + 1],
    check: differsFrom(focus - 1),
    actual: `it was refused with ${status}, and had an effect: ${changed.operation.id} then answered ${describeAnswer(changed.answer)}`,
    expected: `${describeSpoiled(call.manner?.spoiled)} has no effect`,
  };
}

/** Whether a status refuses a call for its credentials: as RFC 9110 says, as the contract otherwise says, or not at all. */
function refusal(operation: Operation, status: number): 'refused' | 'otherwise' | 'accepted' {
  const isDocumented = documented(operation, status) !== undefined;
  if (status === 401 || (status === 403 && isDocumented)) return 'refused';
  // A resource may be hidden from those who may not see it (RFC 9110 §15.5.4), and a page may lead to where one signs in.
  if (status === 404 && isDocumented) return 'otherwise';
  const says = (text: string): boolean => operation.responses.some((one) => one.status === text);
  if (status >= 300 && status < 400) return says(String(status)) && !says('401') ? 'otherwise' : 'accepted';
  return status >= 400 && status < 500 && isDocumented && !says('401') ? 'otherwise' : 'accepted';
}

/** The look after the call where it shows something else than both looks before it, which agreed. */
function effectOf(sent: Sent[], focus: number): Sent | undefined {
  const [first, second, after] = [sent[focus - 2], sent[focus - 1], sent[focus + 1]];
  if (first?.role !== 'check' || second?.role !== 'check' || after?.role !== 'check') return undefined;
  if (first.answer.kind !== 'answer' || second.answer.kind !== 'answer' || after.answer.kind !== 'answer')
    return undefined;
  const stable =
    first.answer.status < 300 &&
    first.answer.status === second.answer.status &&
    equalJson(first.answer.json ?? null, second.answer.json ?? null);
  if (!stable || after.answer.status >= 500 || after.answer.status === 429) return undefined;
  const same =
    after.answer.status === second.answer.status && equalJson(after.answer.json ?? null, second.answer.json ?? null);
  return same ? undefined : after;
}

function describeSpoiled(spoiled: Spoiled | undefined): string {
  const of = spoiled?.scheme === undefined ? '' : ` of ${spoiled.scheme}`;
  switch (spoiled?.how) {
    case 'empty':
      return `a call with empty credentials${of}`;
    case 'wrong':
      return `a call with forged credentials${of}`;
    case 'other scheme':
      return `a call with credentials of another scheme in place of those${of}`;
    case 'unsigned':
      return `a call with a token${of} whose algorithm is "none"`;
    case 'resigned':
      return `a call with a token${of} whose signature is forged`;
    default:
      return `a call without credentials${of}`;
  }
}
