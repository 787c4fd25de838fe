/** Security schemes of the components (OpenAPI 3.1.1 §4.8.27). */
import { isObject, type JsonObject, valueAt } from '../../events/index.ts';
import type { OAuthFlow, Operation, SecurityScheme } from '../model.ts';
import { membersOf, objectAt, own, type Reader, textOf } from '../reader.ts';

const TYPES = new Set(['apiKey', 'http', 'oauth2', 'openIdConnect', 'mutualTLS']);

/** Declared schemes in written order; malformed ones are reported and left out. */
export function readSecuritySchemes(reader: Reader, operations: Operation[]): SecurityScheme[] {
  const declared = membersOf(reader, '#/components', 'securitySchemes');
  return [...declared, ...byUri(reader, operations, declared)].flatMap(({ name, pointer }) => {
    const scheme = objectAt(reader, pointer);
    if (scheme === undefined) return [];
    const type = textOf(scheme.node, 'type') ?? '';
    if (!TYPES.has(type)) {
      reader.report('error', 'security-shape', scheme.pointer, `${JSON.stringify(type)} is no type of security scheme`);
      return [];
    }
    const place = textOf(scheme.node, 'in');
    const parameterName = textOf(scheme.node, 'name');
    const httpScheme = textOf(scheme.node, 'scheme');
    return [
      {
        name,
        pointer: scheme.pointer,
        type: type as SecurityScheme['type'],
        ...(place === 'header' || place === 'query' || place === 'cookie' ? { in: place } : {}),
        ...(parameterName === undefined ? {} : { parameterName }),
        ...(httpScheme === undefined ? {} : { scheme: httpScheme.toLowerCase() }),
        ...text(scheme.node, 'bearerFormat'),
        ...text(scheme.node, 'openIdConnectUrl'),
        ...(type === 'oauth2' ? { flows: readFlows(reader, scheme.pointer) } : {}),
      },
    ];
  });
}

/** Schemes that requirements name by a URI instead of by a name among the components (OpenAPI 3.2 §4.30). */
function byUri(reader: Reader, operations: Operation[], declared: { name: string }[]) {
  if (reader.edition !== '3.2') return [];
  const known = new Set(declared.map(({ name }) => name));
  const names = new Set(operations.flatMap(({ security }) => security.flatMap((all) => Object.keys(all))));
  return [...names].flatMap((name) => {
    const pointer = known.has(name) ? undefined : reader.references.target(name, '#');
    return pointer === undefined ? [] : [{ name, pointer }];
  });
}

const URLS = ['authorizationUrl', 'tokenUrl', 'refreshUrl', 'deviceAuthorizationUrl'] as const;

function readFlows(reader: Reader, scheme: string): Record<string, OAuthFlow> {
  return Object.fromEntries(
    membersOf(reader, scheme, 'flows').flatMap(({ name, pointer }) => {
      const node = valueAt(reader.document, pointer);
      if (name.startsWith('x-') || !isObject(node)) return [];
      const scopes = own(node, 'scopes');
      const flow: OAuthFlow = { scopes: isObject(scopes) ? Object.keys(scopes) : [] };
      return [[name, URLS.reduce((read, url) => ({ ...read, ...text(node, url) }), flow)]];
    }),
  );
}

function text<Name extends string>(node: JsonObject, name: Name): { [Key in Name]?: string } {
  const value = textOf(node, name);
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]?: string });
}
