/** Which properties a person means by clauses: `plumb verify --clause`. */
import { at, isObject, type JsonValue, type PropertyRef, tokensOf, valueAt } from '../events/index.ts';
import type { Spec } from '../spec/model.ts';
import { namedPointer } from '../spec/text/places.ts';

type Source = Pick<Spec, 'document' | 'clauses' | 'methods' | 'follow'>;

/** Places that one clause reaches by references; a document with more of them is asked for as a whole. */
const MOST_REACHED = 10_000;

/**
 * True for properties on one of the clauses, on what lies under it, and on what that refers to: a body's schema under
 * `components` belongs to the operation that was asked for, and to no other. All were meant where there are no clauses.
 */
export function askedBy(spec: Source, clauses: readonly string[] | undefined): (ref: PropertyRef) => boolean {
  if (clauses === undefined) return () => true;
  const tests = clauses.map((clause) => askedByOne(spec, clause));
  return (ref) => tests.some((test) => test(ref));
}

function askedByOne(spec: Source, clause: string): (ref: PropertyRef) => boolean {
  const asked = namedPointer(spec.document, at('#', ...tokensOf(clause)));
  const operations = spec.clauses.filter(({ kind }) => kind === 'operation');
  const whole = new Set(operations.flatMap((one) => (isUnder(one.pointer, asked) ? [one.operation] : [])));
  const around = new Set(operations.flatMap((one) => (isUnder(asked, one.pointer) ? [one.operation] : [])));
  let reached: string[] | undefined;
  return (ref) => {
    if (isUnder(ref.clause, asked)) return true;
    if (ref.operation !== undefined && whole.has(ref.operation)) return true;
    // What is shared is asked for on behalf of the operation around the clause; elsewhere on behalf of all.
    if (around.size > 0 && !around.has(ref.operation)) return false;
    reached ??= reachedFrom(spec, asked);
    return reached.some((place) => isUnder(ref.clause, place));
  };
}

/** Where the references lead that stand under a clause, and those that stand there in turn. */
function reachedFrom(spec: Source, asked: string): string[] {
  const values = spec.methods.flatMap(({ parameters, result }) => [
    ...parameters,
    ...(result === undefined ? [] : [result]),
  ]);
  const open = [asked, ...values.filter(({ pointer }) => isUnder(pointer, asked)).map(({ schema }) => schema)];
  const reached = new Set<string>();
  for (let place = open.pop(); place !== undefined && reached.size < MOST_REACHED; place = open.pop())
    references(valueAt(spec.document, place), place, (from) => {
      const target = spec.follow(from);
      if (target === undefined || reached.has(target)) return;
      reached.add(target);
      open.push(target);
    });
  return [...reached];
}

function references(value: JsonValue | undefined, place: string, found: (from: string) => void): void {
  if (Array.isArray(value)) value.forEach((item, index) => references(item, at(place, index), found));
  if (!isObject(value)) return;
  if (typeof value['$ref'] === 'string') found(place);
  for (const [name, member] of Object.entries(value)) references(member, at(place, name), found);
}

function isUnder(clause: string, ancestor: string): boolean {
  return clause === ancestor || clause.startsWith(`${ancestor}/`);
}
