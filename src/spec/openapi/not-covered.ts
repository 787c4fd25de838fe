/** What an OpenAPI document says beyond the operations of its service: nothing is checked about it, and that is said. */
import { at, isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { NotCovered, Operation, SecurityScheme } from '../model.ts';
import { membersOf, objectAt, own, type Reader, textOf } from '../reader.ts';

/** Webhooks and callbacks, in written order, then servers elsewhere, and what credentials are not tried for. */
export function readNotCovered(reader: Reader, operations: Operation[], schemes: SecurityScheme[]): NotCovered[] {
  const fromService = 'it is a request that the service sends';
  const webhooks = reader.edition === '2.0' ? [] : membersOf(reader, '#', 'webhooks');
  const told = new Set<string>();
  return [
    ...webhooks.map(({ name, pointer }) => ({ pointer, what: `webhook ${name}`, reason: fromService })),
    ...operations.flatMap(({ pointer, id }) =>
      membersOf(reader, pointer, 'callbacks').map((callback) => ({
        pointer: callback.pointer,
        what: `callback ${callback.name} of ${id}`,
        reason: fromService,
      })),
    ),
    ...operations.flatMap(({ pointer, id }) => elsewhere(reader, pointer, id)),
    ...schemes.flatMap((scheme) => withoutTrial(scheme, operations)),
  ].filter(({ pointer, what }) => {
    const key = `${pointer} ${what}`;
    const isNew = !told.has(key);
    told.add(key);
    return isNew;
  });
}

/** Which scope a credential has is known to its issuer alone, and a client certificate is none that we hold. */
function withoutTrial({ name, type, pointer }: SecurityScheme, operations: Operation[]): NotCovered[] {
  const asked = operations.flatMap(({ security }) =>
    security.map((all) => (Object.hasOwn(all, name) ? all[name] : [])),
  );
  const scopes = [...new Set(asked.flatMap((one) => one ?? []))];
  if (type === 'mutualTLS')
    return [{ pointer, what: `mutualTLS (${name})`, reason: 'calls carry no client certificate' }];
  if (scopes.length === 0) return [];
  const reason = 'calls carry one credential, so that one with too few scopes is not tried';
  return [{ pointer, what: `scopes ${scopes.join(', ')} of ${name}`, reason }];
}

/** An operation that another host serves is called on the subject like all others. */
function elsewhere(reader: Reader, pointer: string, id: string): NotCovered[] {
  const host = hostOf(valueAt(reader.document, at(pointer, 'servers')));
  const usual = hostOf(own(reader.document, 'servers'));
  if (host === undefined || host === usual) return [];
  return [
    {
      pointer: at(pointer, 'servers'),
      what: `server ${host} of ${id}`,
      reason: 'the subject under test stands in for every host, so it is called there',
    },
  ];
}

function hostOf(servers: JsonValue | undefined): string | undefined {
  const server = Array.isArray(servers) ? servers[0] : undefined;
  const url = isObject(server) ? textOf(server, 'url') : undefined;
  const host = url === undefined ? undefined : /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(url)?.[1];
  return host?.toLowerCase();
}

/** True where a document has webhooks and no operation of its own. */
export function hasOnlyWebhooks(reader: Reader): boolean {
  return (
    reader.edition !== '2.0' && membersOf(reader, '#', 'webhooks').some(({ pointer }) => objectAt(reader, pointer))
  );
}
