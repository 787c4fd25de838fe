/** `securityDefinitions` of Swagger 2.0 as security schemes of OpenAPI 3. */
import { isObject } from '../../events/index.ts';
import type { SecurityScheme } from '../model.ts';
import { membersOf, objectAt, own, type Reader, textOf } from '../reader.ts';

/** The flow names of Swagger 2.0 and those of OpenAPI 3. */
const FLOWS: Record<string, string> = {
  implicit: 'implicit',
  password: 'password',
  application: 'clientCredentials',
  accessCode: 'authorizationCode',
};

/** Declared schemes in written order; malformed ones are reported and left out. */
export function readSecurityDefinitions(reader: Reader): SecurityScheme[] {
  return membersOf(reader, '#', 'securityDefinitions').flatMap(({ name, pointer }): SecurityScheme[] => {
    const scheme = objectAt(reader, pointer);
    if (scheme === undefined || name.startsWith('x-')) return [];
    const { node } = scheme;
    const head = { name, pointer: scheme.pointer };
    const place = own(node, 'in');
    const parameterName = textOf(node, 'name');
    switch (own(node, 'type')) {
      case 'basic':
        return [{ ...head, type: 'http', scheme: 'basic' }];
      case 'apiKey':
        if (parameterName !== undefined && (place === 'header' || place === 'query'))
          return [{ ...head, type: 'apiKey', in: place, parameterName }];
        reader.report('error', 'security-shape', scheme.pointer, 'an apiKey needs `name`, and `in` as header or query');
        return [];
      case 'oauth2': {
        const flow = FLOWS[textOf(node, 'flow') ?? ''];
        const authorizationUrl = textOf(node, 'authorizationUrl');
        const tokenUrl = textOf(node, 'tokenUrl');
        const scopes = own(node, 'scopes');
        const read = {
          ...(authorizationUrl === undefined ? {} : { authorizationUrl }),
          ...(tokenUrl === undefined ? {} : { tokenUrl }),
          scopes: isObject(scopes) ? Object.keys(scopes).filter((scope) => !scope.startsWith('x-')) : [],
        };
        return [{ ...head, type: 'oauth2', flows: flow === undefined ? {} : { [flow]: read } }];
      }
      default: {
        const message = `${JSON.stringify(own(node, 'type') ?? '')} is no type of security scheme`;
        reader.report('error', 'security-shape', scheme.pointer, message, 'use basic, apiKey or oauth2');
        return [];
      }
    }
  });
}
