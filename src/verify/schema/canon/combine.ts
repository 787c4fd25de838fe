import { isObject } from '../../../events/json.ts';
import { branches } from '../check/combine.ts';
import { discriminated } from '../discriminator.ts';
import type { Discriminated } from '../discriminator.ts';
import { keyword } from '../node.ts';
import type { Node } from '../node.ts';
import { OBJECT } from '../types.ts';
import type { Literal } from './goal.ts';
import type { Alternative, Demand, Denial, Family, Place } from './state.ts';
import { allow, childLiteral, require } from './state.ts';

function literal(place: Place, node: Node, positive: boolean): Literal {
  return { node, scope: place.scope, positive };
}

/** One way on: all of these literals. Only positive ones are watched: a failed schema marks nothing. */
function all(place: Place, literals: Literal[]): Alternative {
  return (state) => {
    for (const each of literals) require(state, each, each.positive ? place.watchers : []);
  };
}

function list(place: Place, name: string, positive: boolean): Literal[] {
  return branches(place.node, name, place.context.registry).map((node) => literal(place, node, positive));
}

/** Alternatives beyond which the others are not denied one by one: that they do not match is left to the guard. */
const LARGE = 100;

const oneOf: Demand = (_value, place, state) => {
  const { registry } = place.context;
  const nodes = branches(place.node, 'oneOf', registry);
  const exactly = nodes.map((node, chosen): Alternative => {
    if (nodes.length > LARGE) return all(place, [literal(place, node, true)]);
    const others = nodes.filter((_, index) => index !== chosen);
    return all(place, [literal(place, node, true), ...others.map((other) => literal(place, other, false))]);
  });
  const tagged = discriminated(place.node, nodes, registry);
  if (!tagged) {
    state.choices.push(exactly);
    return;
  }
  // The tag decides. A value that matches no other branch pleases those too who do not know about tags.
  const strictly = byTag(place, tagged, (node) =>
    nodes.filter((other) => targetOfBranch(other, place) !== node).map((other) => literal(place, other, false)),
  );
  state.choices.push({ ways: strictly, otherwise: byTag(place, tagged) });
};

function targetOfBranch(node: Node, place: Place): Node {
  const reference = isObject(node.schema) ? node.schema['$ref'] : undefined;
  return typeof reference === 'string' ? place.context.registry.resolve(node, reference, '$ref') : node;
}

function byTag(
  place: Place,
  discriminator: Discriminated,
  besides: (node: Node) => Literal[] = () => [],
): Alternative[] {
  const { registry } = place.context;
  const { property, branches: byValue, fallback } = discriminator;
  const tagged = [...byValue].map(([tag, node]): Alternative => (next) => {
    allow(next, OBJECT);
    require(next, literal(place, node, true), place.watchers);
    for (const each of besides(node)) require(next, each, []);
    const { object } = next.shape;
    object.required.add(property);
    const constant = registry.derive(place.node, { const: tag });
    object.properties.set(property, [...(object.properties.get(property) ?? []), literal(place, constant, true)]);
  });
  if (fallback === undefined) return tagged;
  const untagged = [literal(place, fallback, true), withoutTag(place, discriminator), ...besides(fallback)];
  return [...tagged, all(place, untagged)];
}

/** No object whose tag names a branch. */
function withoutTag(place: Place, { property, branches: byValue }: Discriminated): Literal {
  const other = { properties: { [property]: { not: { enum: [...byValue.keys()] } } } };
  return literal(place, place.context.registry.derive(place.node, other), true);
}

function withTag(place: Place, { property }: Discriminated, tag: string): Literal {
  const tagged = { type: 'object', required: [property], properties: { [property]: { const: tag } } };
  return literal(place, place.context.registry.derive(place.node, tagged), true);
}

const denyOneOf: Denial = (_value, place) => {
  const { registry } = place.context;
  const nodes = branches(place.node, 'oneOf', registry);
  const tagged = discriminated(place.node, nodes, registry);
  const free = tagged === undefined ? [] : [withoutTag(place, tagged)];
  const found = [all(place, [...list(place, 'oneOf', false), ...free])];
  // Where the tag decides, it is the branch that it names that must not match.
  if (tagged !== undefined)
    for (const [tag, node] of tagged.branches)
      found.push(all(place, [withTag(place, tagged, tag), literal(place, node, false)]));
  if (tagged?.fallback !== undefined) return found;
  for (let first = 0; first < nodes.length && found.length < 30; first++) {
    for (let second = first + 1; second < nodes.length && found.length < 30; second++) {
      const [a, b] = [nodes[first], nodes[second]];
      if (a && b) found.push(all(place, [literal(place, a, true), literal(place, b, true), ...free]));
    }
  }
  return found;
};

function conditionalLiterals(place: Place, holds: boolean, positive: boolean): Literal[] | null {
  const test = childLiteral(place, 'if', undefined, holds);
  const name = holds ? 'then' : 'else';
  if (keyword(place.node, place.schema, name) === undefined) return positive ? [test] : null;
  return [test, childLiteral(place, name, undefined, positive)];
}

function targetOf(name: '$ref' | '$dynamicRef' | '$recursiveRef', value: unknown, place: Place): Node {
  const { registry } = place.context;
  const reference = typeof value === 'string' ? value : '';
  if (name === '$ref') return registry.resolve(place.node, reference, name);
  return registry.resolveDynamic(place.node, reference, name, place.scope);
}

function demandReference(name: '$ref' | '$dynamicRef' | '$recursiveRef'): Demand {
  return (value, place, state) => require(state, literal(place, targetOf(name, value, place), true), place.watchers);
}

function denyReference(name: '$ref' | '$dynamicRef' | '$recursiveRef'): Denial {
  return (value, place) => [all(place, [literal(place, targetOf(name, value, place), false)])];
}

export const combine: Family = {
  demand: {
    $ref: demandReference('$ref'),
    $dynamicRef: demandReference('$dynamicRef'),
    $recursiveRef: demandReference('$recursiveRef'),
    allOf: (_value, place, state) => {
      for (const each of list(place, 'allOf', true)) require(state, each, place.watchers);
    },
    anyOf: (_value, place, state) => {
      const literals = list(place, 'anyOf', true);
      const tagged = discriminated(
        place.node,
        literals.map(({ node }) => node),
        place.context.registry,
      );
      state.choices.push(tagged ? byTag(place, tagged) : literals.map((each) => all(place, [each])));
    },
    oneOf,
    not: (_value, place, state) => require(state, childLiteral(place, 'not', undefined, false), []),
    if: (_value, place, state) => {
      const ways = [conditionalLiterals(place, true, true), conditionalLiterals(place, false, true)];
      state.choices.push(ways.flatMap((way) => (way ? [all(place, way)] : [])));
    },
  },
  deny: {
    $ref: denyReference('$ref'),
    $dynamicRef: denyReference('$dynamicRef'),
    $recursiveRef: denyReference('$recursiveRef'),
    allOf: (_value, place) => list(place, 'allOf', false).map((each) => all(place, [each])),
    anyOf: (_value, place) => [all(place, list(place, 'anyOf', false))],
    oneOf: denyOneOf,
    not: (_value, place) => [all({ ...place, watchers: [] }, [childLiteral(place, 'not')])],
    if: (_value, place) => {
      const ways = [conditionalLiterals(place, true, false), conditionalLiterals(place, false, false)];
      return ways.flatMap((way) => (way ? [all({ ...place, watchers: [] }, way)] : []));
    },
  },
};
