/** Where operations are served (OpenAPI 3.1.1 §4.8.5): the subject stands in for every host, so only paths count. */
import { isObject, type JsonValue } from '../../events/index.ts';
import { own, textOf } from '../reader.ts';

/** Path part of the first of some servers, its variables at their defaults; empty where there is none. */
export function basePathOf(servers: JsonValue | undefined): string {
  const server = Array.isArray(servers) ? servers[0] : undefined;
  if (!isObject(server)) return '';
  const variables = own(server, 'variables');
  const url = (textOf(server, 'url') ?? '').replaceAll(/\{([^}]*)\}/g, (_, name: string) => {
    const variable = isObject(variables) ? own(variables, name) : undefined;
    return isObject(variable) ? (textOf(variable, 'default') ?? '') : '';
  });
  return (URL.parse(url, 'http://server.invalid/')?.pathname ?? '').replace(/\/+$/, '');
}
