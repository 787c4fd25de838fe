/** The Location of what was made (RFC 9110 §10.2.2) is a place that the contract knows. Rides on every creation. */
import type { Operation } from '../../spec/model.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import type { Passive } from '../checks/passive.ts';
import type { Engine } from '../run/engine.ts';

/** One check for each operation that documents the header beside a 201. */
export function locationsOf(engine: Engine): Passive[] {
  const readable = engine.spec.operations.filter((one) => one.method === 'get').map((one) => segmentsOf(one.path));
  if (!readable.some((segments) => parametersIn(segments.at(-1) ?? '').length > 0)) return [];
  return engine.spec.operations.flatMap((one) => located(one, readable) ?? []);
}

function located(operation: Operation, readable: (readonly string[])[]): Passive | undefined {
  const created = operation.responses.find(({ status }) => status === '201');
  const header = created?.headers.find(({ name }) => name.toLowerCase() === 'location');
  if (operation.method !== 'post' || created === undefined || header === undefined) return undefined;
  return {
    ref: {
      id: `conformance ${operation.id} location`,
      clause: created.pointer,
      kind: 'conformance',
      operation: operation.id,
    },
    operations: [operation.id],
    check({ operation: asked, answer, request }) {
      if (asked.id !== operation.id || answer.kind !== 'answer') return { seen: 0 };
      const location = answer.status === 201 ? answer.headers['location'] : undefined;
      const base = `http://localhost${request.path}`;
      if (location === undefined || !URL.canParse(location, base)) return { seen: 1 };
      const target = new URL(location, base);
      // Another host has a contract of its own.
      if (!/^(localhost|127\.0\.0\.1|\[::1\])$/.test(target.hostname)) return { seen: 1 };
      if (readable.some((segments) => pathEnding(segments).test(target.pathname))) return { seen: 1 };
      return {
        seen: 1,
        finding: {
          kind: 'failed',
          actual: `Location: ${location}`,
          expected: 'the place of something that the contract lets one read (RFC 9110 §10.2.2)',
          check: `/^location:/im.test(headers) && !${JSON.stringify(readable.map((one) => pathEnding(one).source))}.some((end) => new RegExp(end).test(/^location: *([^?#\\r\\n]*)/im.exec(headers)?.[1] ?? ''))`,
        },
      };
    },
  };
}

/** Matches paths that end like that of something that can be read: what stands before it is a matter of where it runs. */
function pathEnding(segments: readonly string[]): RegExp {
  const parts = segments.map((segment) =>
    parametersIn(segment).length > 0
      ? '[^/]+'
      : segment.replace(/[^A-Za-z0-9]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
  return new RegExp(`(^|/)${parts.join('/')}$`);
}
