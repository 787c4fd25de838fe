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
}

/** The candidates in written order, outermost place first. */
export function* candidatesOf(registry: Registry, direction: Direction, root: Node): Generator<Candidate> {
  const whole: Wrap = (inner, origin) => registry.derive(origin, inner);
  const queue: Place[] = [{ node: root, word: 'schema', wrap: whole, path: '', along: [], depth: 0, seen: [] }];
  const visited = new Set<string>();
  for (let place = queue.shift(); place; place = queue.shift()) {
    const { node, word, wrap, path, along, depth, seen } = place;
    const key = `${path} ${node.id}`;
    if (node.schema === true || visited.has(key) || seen.filter((each) => each === node).length > 1) continue;
    visited.add(key);
    for (const broken of breaksOf(node, word)) yield { place, broken };
    if (seen.length > NESTED || along.length > ALTERNATIVES) continue;
    const next = { along, seen: [...seen, node] };
    const wrapped =
      (put: (inner: JsonValue) => JsonObject): Wrap =>
      (broken, origin) =>
        wrap(put(registry.derive(origin, broken).schema), node);
    for (const inner of inPlace(registry, node)) {
      const failing = inner.clause === undefined ? along : [...along, inner.clause];
      queue.push({
        ...next,
        along: failing,
        node: inner.node,
        word: inner.word,
        path,
        depth,
        wrap: wrapped(inner.put),
      });
    }
    if (depth >= DEPTH) continue;
    for (const inner of children(registry, direction, node)) {
      const inside = `${path}/${escapeToken(inner.token ?? '')}`;
      queue.push({
        ...next,
        node: inner.node,
        word: inner.word,
        path: inside,
        depth: depth + 1,
        wrap: wrapped(inner.put),
      });
    }
  }
}
