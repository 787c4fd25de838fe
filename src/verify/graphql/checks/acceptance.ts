/** Whether a valid call of a root field is answered with data and without errors. */
import type { RootField } from '../../../spec/graphql/contract.ts';
import { responseOf, type GraphError } from '../answer.ts';
import type { FieldSelection, Selection, Sent } from '../call.ts';
import { responseKey } from '../call.ts';
import { planOf } from '../cases.ts';
import type { GraphEngine } from '../engine.ts';
import { exploring } from '../exploring.ts';
import type { Judgement, Property } from './property.ts';

/** The property of a root field that can be called. */
export function acceptanceOf(engine: GraphEngine, root: RootField): Property {
  const arbitrary = exploring(engine, root);
  const { free } = planOf(engine, root, false);
  const hasFree = free.length > 0;
  const refusals = new Map<string, number>();
  let accepted = 0;
  let calls = 0;
  return {
    ref: { id: `acceptance ${root.id}`, clause: root.pointer, kind: 'acceptance', operation: root.id },
    runs: engine.runs + engine.skeletons.of(root).length,
    serial: false,
    arbitrary,
    async judge(drawn) {
      const call = drawn.find((step) => step.role === 'call');
      const ran = await engine.run(drawn);
      if (ran.kind === 'stuck') return { kind: 'discarded', sent: ran.sent, reason: ran.reason };
      const focus = ran.sent.length - 1;
      const sent = ran.sent[focus];
      if (call === undefined || sent === undefined) return { kind: 'discarded', sent: ran.sent, reason: 'no call' };
      if (sent.answer.kind === 'fault') return { kind: 'undecided', sent: ran.sent, reason: sent.answer.message };
      const { errors } = responseOf(sent.answer);
      // Only a refusal has to be held against what was sent.
      const invalid = errors.length === 0 ? undefined : engine.invalid(sent.request);
      if (invalid !== undefined)
        return { kind: 'discarded', sent: ran.sent, reason: `the document that was made is not valid: ${invalid}` };
      calls++;
      if (errors.length === 0) {
        accepted++;
        return { kind: 'passed', sent: ran.sent };
      }
      const [first] = errors;
      const told = first?.message ?? '';
      refusals.set(told, (refusals.get(told) ?? 0) + 1);
      return refused(engine, ran.sent, focus, hasFree);
    },
    conclude() {
      if (accepted > 0 || calls === 0) {
        const share = calls === 0 ? 1 : accepted / calls;
        const often = mostFrequent(refusals);
        return share >= 0.1 || often === undefined
          ? {}
          : { warnings: [`${root.id}: only ${accepted} of ${calls} valid calls were accepted; most often: ${often}`] };
      }
      const often = mostFrequent(refusals) ?? 'no answer';
      return { reason: `no valid call of ${root.id} was accepted; most often: ${often}` };
    },
  };
}

/** What errors on a valid call mean: excused by the contract, by ids that nobody gave out, or a failure. */
function refused(engine: GraphEngine, all: Sent[], focus: number, hasFree: boolean): Judgement {
  const sent = all[focus];
  if (sent === undefined) return { kind: 'discarded', sent: all, reason: 'no call' };
  const { root } = sent.step;
  const { errors, data } = responseOf(sent.answer);
  const excused = engine.rules.excuses(root, sent.args);
  // Where the contract lists the codes of a field, a rule that forbids success allows no other.
  const listed = engine.contract.applied(root.pointer, 'fails').some(({ args }) => typeof args['code'] === 'string');
  const open = errors.filter(
    (error) => (!excused || (listed && error.code !== undefined)) && !isDocumented(engine, sent, error),
  );
  const [worst] = open.toSorted((a, b) => (a.path?.length ?? 0) - (b.path?.length ?? 0));
  if (worst === undefined) return { kind: 'discarded', sent: all, reason: 'refused as the contract says' };
  const isRequestError = data === undefined || (data === null && errors.every(({ path }) => path === undefined));
  if (!isRequestError && (hasFree || worst.path?.length !== 1) && isAboutUnknown(engine, sent, worst, hasFree))
    return { kind: 'discarded', sent: all, reason: `an id that nobody gave out was refused: ${worst.message}` };
  const where = worst.path === undefined ? '' : ` at ${worst.path.join('.')}`;
  const code = worst.code === undefined ? '' : ` (${worst.code})`;
  return {
    kind: 'failed',
    sent: all,
    focus,
    actual: `${isRequestError ? 'refused' : 'an error'}${where}: ${worst.message}${code}`,
    expected:
      'data without errors for a valid call; where it may fail, the field says so with @fails(code: …), or its argument is constrained',
    test: undocumentedAt(focus, engine.rules.codesOf(root.pointer, sent.args)),
  };
}

/** Errors show it but for those that the contract speaks of. */
function undocumentedAt(focus: number, codes: readonly string[]): string {
  const errors = `(answers[${focus}].body.errors ?? [])`;
  if (codes.length === 0) return `${errors}.length > 0`;
  return `${errors}.some(({ extensions }) => !${JSON.stringify(codes)}.includes(extensions?.code))`;
}

function isDocumented(engine: GraphEngine, sent: Sent, { path, code }: GraphError): boolean {
  const { root } = sent.step;
  if (engine.rules.documents(root.pointer, sent.args, code)) return true;
  if (path === undefined || path.length < 2) return false;
  return selectedAt(sent, path).some((one) => engine.rules.documents(`#/${one.on}/${one.name}`, one.args, code));
}

/** An error of an object that a generated id names, at the root or at a nested field that takes ids. */
function isAboutUnknown(engine: GraphEngine, sent: Sent, { path }: GraphError, hasFree: boolean): boolean {
  if (path === undefined || path.length <= 1) return hasFree;
  return (
    hasFree ||
    selectedAt(sent, path).some((one) => Object.keys(one.args).some((name) => /(^|_)ids?$|I[dD]s?$/.test(name)))
  );
}

/** The selected fields that a path of an answer leads through last; several where fragments select it. */
function selectedAt(sent: Sent, path: readonly (string | number)[]): FieldSelection[] {
  let level: Selection[] = sent.step.select;
  let found: FieldSelection[] = [];
  for (const token of path.slice(1)) {
    if (typeof token === 'number') continue;
    found = flat(level).filter((one) => responseKey(one) === token);
    level = found.flatMap((one) => one.select ?? []);
  }
  return found;
}

function flat(selections: readonly Selection[]): FieldSelection[] {
  return selections.flatMap((one) => (one.kind === 'field' ? [one] : flat(one.select)));
}

function mostFrequent(counts: ReadonlyMap<string, number>): string | undefined {
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}
