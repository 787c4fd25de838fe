/**
 * The first calls of an operation, before random ones: its examples, those of one name together; then each way to be
 * authorised, each media type that is sent and each that is asked for, each parameter without a value; then the notable values of each place, and each
 * pair of them.
 */
import type { Arbitrary } from 'fast-check';
import { isObject, type JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import type { Document } from '../wire/hints.ts';
import type { Call } from './cases.ts';
import { namedExamples } from './examples.ts';
import type { Inputs, Place } from './inputs.ts';
import { pairwise } from './pairwise.ts';
import type { Input, Manner } from './scenario.ts';

const MAX_NAMED = 20;
const MAX_NOTABLE = 60;
/** Of pairs: ten parameters of four values need about 30 calls, all their combinations a million. */
const MAX_PAIRS = 40;
const MAX_FACTORS = 12;
const MAX_LEVELS = 4;

/** The calls in order; all valid. */
export function openingsOf(
  document: Document,
  operation: Operation,
  inputs: Inputs,
  { ways, most }: { ways: number; most: number },
): Arbitrary<Call>[] {
  const valid = (input: Arbitrary<Input>, manner?: Manner): Arbitrary<Call> =>
    input.map((drawn) => ({ input: drawn, valid: true, ...(manner === undefined ? {} : { manner }) }));
  const notable = mostTelling(
    inputs.places.flatMap(({ key, notable: values }) => values.map((value) => ({ key, value }))),
  );
  return [
    ...examplesOf(document, operation, inputs).map((values) => valid(inputs.opened(values))),
    ...Array.from({ length: Math.max(0, ways - 1) }, (_, index) => valid(inputs.arbitrary, { way: index + 1 })),
    ...mediaPlaces(inputs).map(({ key, arbitrary }) => valid(inputs.drawn(key, arbitrary))),
    ...acceptable(operation).map((accept) =>
      valid(
        inputs.arbitrary.map((input) => withoutForm(operation, input)),
        { accept },
      ),
    ),
    ...emptiable(inputs).map(({ key, name }) => valid(inputs.opened(new Map([[key, undefined]])), { emptied: name })),
    ...notable.map(({ key, value }) => valid(inputs.opened(new Map([[key, value]])))),
    ...pairsOf(inputs, Math.min(most, MAX_PAIRS)).map((values) => valid(inputs.opened(values))),
  ];
}

/** Optional parameters that may come without a value whatever their schema says (OpenAPI 3.1 §4.8.12.2, `allowEmptyValue`). */
function emptiable({ places }: Inputs): { key: string; name: string }[] {
  const found = places.flatMap(({ key, parameter }) =>
    parameter?.allowEmptyValue === true && parameter.in === 'query' && !parameter.required
      ? [{ key, name: parameter.name }]
      : [],
  );
  return found.slice(0, MAX_NAMED);
}

const FORM = /^(format|_format|output|alt|accept|media_?type|content_?type)$/i;

/** What names a form in the query says the same as `Accept`, or something else. */
function withoutForm({ parameters }: Operation, input: Input): Input {
  const isOpen = (name: string): boolean => parameters.some((one) => one.name === name && !one.required);
  const query = Object.fromEntries(Object.entries(input.query).filter(([name]) => !FORM.test(name) || !isOpen(name)));
  return { ...input, query };
}

/**
 * At most so many notable values: the small ones before those that show the same in an object that is full, of which
 * some stand for all.
 */
function mostTelling<T extends { value: JsonValue }>(notable: T[]): T[] {
  if (notable.length <= MAX_NOTABLE) return notable;
  const sizes = notable.map(({ value }) => (isObject(value) ? Object.keys(value).length : 0));
  const least = sizes.reduce((one, other) => (other > 0 && (one === 0 || other < one) ? other : one), 0);
  const isSmall = (index: number): boolean => (sizes[index] ?? 0) <= least + 1;
  const small = spread(
    notable.filter((_, index) => isSmall(index)),
    MAX_NOTABLE,
  );
  const chosen = new Set([
    ...small,
    ...spread(
      notable.filter((_, index) => !isSmall(index)),
      MAX_NOTABLE - small.length,
    ),
  ]);
  return notable.filter((one) => chosen.has(one));
}

function spread<T>(all: T[], most: number): T[] {
  if (all.length <= most) return all;
  return all.filter(
    (_, index) => Math.floor((index * most) / all.length) !== Math.floor(((index - 1) * most) / all.length),
  );
}

/** Values by place, for each name of an example; only those that are valid and can be sent. */
function examplesOf(document: Document, operation: Operation, inputs: Inputs): Map<string, Place['notable'][number]>[] {
  const placed = [...namedExamples(document, operation).values()].map((example) => {
    const values = [...example].flatMap(([written, value]) => {
      const place = inputs.places.find(({ key, media }) => key === written || `body ${media?.name}` === written);
      const known = place?.notable.some((one) => JSON.stringify(one) === JSON.stringify(value));
      return place === undefined || known !== true ? [] : [[place.key, value] as const];
    });
    return new Map(values);
  });
  // What stands alone is among the notable values.
  return placed.filter((values) => values.size > 1).slice(0, MAX_NAMED);
}

/** Values by place, so that each of a few notable ones, or its absence, meets each of every other place. */
function pairsOf({ places }: Inputs, most: number): Map<string, Place['notable'][number] | undefined>[] {
  const bodies = mediaPlaces({ places });
  const factors = places
    .filter((place) => !bodies.includes(place))
    .map(({ key, required, notable }) => {
      const stride = Math.max(1, Math.ceil(notable.length / MAX_LEVELS));
      const few = notable.filter((_, index) => index % stride === 0);
      return { key, levels: required ? few : [undefined, ...few] };
    })
    .filter(({ levels }) => levels.length > 1)
    .slice(0, MAX_FACTORS);
  if (factors.length < 2) return [];
  return pairwise(
    factors.map(({ levels }) => levels.length),
    most,
  ).map((row) => new Map(factors.map(({ key, levels }, index) => [key, levels[row[index] ?? 0]])));
}

/** The places of bodies where there are several media types. */
function mediaPlaces({ places }: Pick<Inputs, 'places'>): Place[] {
  const bodies = places.filter((place) => place.media !== undefined);
  return bodies.length > 1 ? bodies : [];
}

/** The media types of successes, where there are several to choose from. */
function acceptable(operation: Operation): string[] {
  const names = operation.responses
    .filter(({ status }) => status.startsWith('2'))
    .flatMap(({ content }) => content.map((media) => media.name));
  const distinct = [...new Set(names)].filter((name) => !name.includes('*'));
  return distinct.length > 1 ? distinct : [];
}
