/** Which keywords of which places of a schema can perhaps be broken: a walk that builds no value. */
import { escapeToken } from '../../../events/json.ts';
import type { JsonObject, JsonValue } from '../../../events/json.ts';
import type { Direction } from '../../schema-port.ts';
import type { Node } from '../node.ts';
import type { Registry } from '../registry.ts';
import { breaksOf } from './breaks.ts';
import type { Break } from './breaks.ts';
import { children, inPlace } from './places.ts';

/** Levels of members below the top that are looked into. */
const DEPTH = 4;
/** Schemas applied to one value inside one another, and alternatives among them, that are looked into. */
const NESTED = 12;
const ALTERNATIVES = 3;

/** Wraps the broken place into the schemas around it. */
type Wrap = (inner: JsonObject, origin: Node) => Node;

/** A place that may be broken. */
export interface Place {
  node: Node;
  /** Keyword under which its schema stands. */
  word: string;
  wrap: Wrap;
  /** Where in the value it is, as a pointer. */
  path: string;
  /** Clauses of combinators around the place, which fail along with it. */
  along: string[];
  depth: number;
  seen: Node[];
}

export interface Candidate {
  place: Place;
  broken: Break;
  /** Places that the walk knew by then; what confirming takes grows with it. */
  width: number;
}

/** Of one keyword of one place, which names many members, so many breaks are named. */
const ALIKE = 100;

/** The candidates in written order, outermost place first; `cut` is told where not all of a keyword's are. */
export function* candidatesOf(
  registry: Registry,
  direction: Direction,
  root: Node,
  cut: () => void,
): Generator<Candidate> {
  const whole: Wrap = (inner, origin) => registry.derive(origin, inner);
  const queue: Place[] = [{ node: root, word: 'schema', wrap: whole, path: '', along: [], depth: 0, seen: [] }];
  const visited = new Set<string>();
  for (let place = queue.shift(); place; place = queue.shift()) {
    const { node, word, path, seen } = place;
    const key = `${path} ${node.id}`;
    if (node.schema === true || visited.has(key) || seen.filter((each) => each === node).length > 1) continue;
    visited.add(key);
    for (const inner of placesWithin(registry, direction, place)) queue.push(inner);
    const counts = new Map<string, number>();
    for (const broken of breaksOf(node, word)) {
      const count = (counts.get(broken.clause) ?? 0) + 1;
      counts.set(broken.clause, count);
      if (count <= ALIKE) yield { place, broken, width: visited.size + queue.length };
      else cut();
    }
  }
}

/** The places that a place leads to: those that apply to the same value, and its members. */
function* placesWithin(registry: Registry, direction: Direction, place: Place): Generator<Place> {
  const { node, wrap, path, along, depth, seen } = place;
  if (seen.length > NESTED || along.length > ALTERNATIVES) return;
  const next = { along, seen: [...seen, node] };
  const wrapped =
    (put: (inner: JsonValue) => JsonObject): Wrap =>
    (broken, origin) =>
      wrap(put(registry.derive(origin, broken).schema), node);
  for (const { node: inner, word, put, clause } of inPlace(registry, node)) {
    const failing = clause === undefined ? along : [...along, clause];
    yield { ...next, along: failing, node: inner, word, path, depth, wrap: wrapped(put) };
  }
  if (depth >= DEPTH) return;
  for (const { node: inner, word, put, token } of children(registry, direction, node)) {
    const inside = `${path}/${escapeToken(token ?? '')}`;
    yield { ...next, node: inner, word, path: inside, depth: depth + 1, wrap: wrapped(put) };
  }
}
