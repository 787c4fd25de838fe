/** Security schemes of the components (OpenAPI 3.1.1 §4.8.27). */
import type { SecurityScheme } from '../model.ts';
import { membersOf, objectAt, type Reader, textOf } from '../reader.ts';

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
      },
    ];
  });
}
