/** Security schemes of the components (OpenAPI 3.1.1 §4.8.27). */
import { isObject, type JsonObject, valueAt } from '../../events/index.ts';
import type { OAuthFlow, SecurityScheme } from '../model.ts';
import { membersOf, objectAt, own, type Reader, textOf } from '../reader.ts';

const TYPES = new Set(['apiKey', 'http', 'oauth2', 'openIdConnect', 'mutualTLS']);

/** Declared schemes in written order; malformed ones are reported and left out. */
export function readSecuritySchemes(reader: Reader): SecurityScheme[] {
  return membersOf(reader, '#/components', 'securitySchemes').flatMap(({ name, pointer }) => {
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
