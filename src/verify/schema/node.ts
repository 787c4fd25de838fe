import type { JsonObject, JsonValue } from '../../events/json.ts';
import type { Features } from './dialect.ts';

/** A schema document or a part of one that `$id` makes its own base. */
export interface Resource {
  readonly id: number;
  /** Absolute URI without a fragment. */
  readonly uri: string;
  readonly root: Node;
  readonly features: Features;
  /** Filled when the document is indexed: `$anchor`, `$dynamicAnchor`, and `$id: "#name"` up to draft 7. */
  readonly anchors: Map<string, Node>;
  readonly dynamicAnchors: Map<string, Node>;
}

/** One schema at one place. Equal places are the same node. */
export interface Node {
  readonly id: number;
  /** Object or boolean in a correct document; anything else is refused where it is used. */
  readonly schema: JsonValue;
  /** `#/components/schemas/Pet`, preceded by the URI in another document. */
  readonly pointer: string;
  readonly resource: Resource;
  readonly children: Map<string, Node>;
  /** True for what is not written anywhere; nothing that is kept for long may hold on to it. */
  readonly derived: boolean;
}

/** The resources entered on the way to a node, outermost first; what `$dynamicRef` looks through. Interned. */
export interface Scope {
  readonly id: number;
  readonly resources: readonly Resource[];
  readonly next: Map<Resource, Scope>;
}

/** Own keyword of a schema object; undefined where the dialect ignores it. */
export function keyword(node: Node, schema: JsonObject, name: string): JsonValue | undefined {
  if (!Object.hasOwn(schema, name) || node.resource.features.ignored.has(name)) return undefined;
  return schema[name];
}
