/** Behaviour that a contract never says: routes, methods, statuses, media types, headers and fields seen in answers. */
import { at, type DriftItem, type JsonValue } from '../../events/index.ts';
import type { Operation, Spec } from '../../spec/model.ts';
import { documented, mainType, mediaFor } from '../checks/conformance.ts';
import type { SubjectAnswer, SubjectRequest } from '../model.ts';
import { undocumentedFields } from './fields.ts';
import { linkedPaths, operationFor, pathsFor } from './routes.ts';
import { STANDARD_HEADERS } from './standard-headers.ts';

/** One exchange, whoever sent it. */
export interface Observed {
  method: string;
  /** Path and query as sent. */
  path: string;
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body?: JsonValue;
}

/** What a drift recorder looks at of an answered request. */
export function observedOf(request: SubjectRequest, answer: Extract<SubjectAnswer, { kind: 'answer' }>): Observed {
  const { status, headers, json } = answer;
  return { method: request.method, path: request.path, status, headers, ...(json === undefined ? {} : { body: json }) };
}

export interface DriftRecorder {
  see(observed: Observed): void;
  /** By kind and name, most often seen first. */
  items(): DriftItem[];
}

const MOST_ITEMS = 1000;
/** Answers of one operation and status whose bodies are looked into. */
const MOST_BODIES = 200;

/** Collects over a run; `base` is the URL of the subject, which tells its own links from others. */
export function createDriftRecorder(spec: Spec, base: string): DriftRecorder {
  const found = new Map<string, DriftItem>();
  const bodies = new Map<string, number>();
  const note = (item: Omit<DriftItem, 'seen'>): void => {
    const key = `${item.kind} ${item.operation ?? ''} ${item.name}`;
    const known = found.get(key);
    if (known !== undefined) known.seen++;
    else if (found.size < MOST_ITEMS) found.set(key, { ...item, seen: 1 });
  };
  return {
    see(observed) {
      const path = observed.path.split('?')[0] ?? '';
      const example = `${observed.method} ${observed.path.slice(0, 200)} answered ${observed.status}`;
      for (const linked of linkedPaths(observed.headers, observed.body, base))
        if (pathsFor(spec, linked).length === 0)
          note({
            kind: 'route',
            clause: '#/paths',
            name: generalised(linked),
            example: `${example} and pointed at it`,
          });
      const operation = operationFor(spec, observed.method, path);
      const siblings = operation === undefined ? pathsFor(spec, path) : [];
      const [sibling] = siblings;
      if (operation !== undefined) lookAt(spec, operation, observed, example, bodies, note);
      else if (observed.status === 404 || observed.status === 405 || observed.status === 501) return;
      else if (sibling === undefined)
        note({ kind: 'route', clause: '#/paths', name: `${observed.method} ${generalised(path)}`, example });
      else if (!['OPTIONS', 'HEAD'].includes(observed.method))
        note({
          kind: 'method',
          clause: parentOf(sibling.pointer),
          name: `${observed.method} ${sibling.path}`,
          example,
        });
    },
    items: () =>
      [...found.values()].toSorted(
        (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || b.seen - a.seen || (a.name < b.name ? -1 : 1),
      ),
  };
}

const KINDS: DriftItem['kind'][] = ['route', 'method', 'status', 'mediaType', 'field', 'header'];

function lookAt(
  spec: Spec,
  operation: Operation,
  observed: Observed,
  example: string,
  bodies: Map<string, number>,
  note: (item: Omit<DriftItem, 'seen'>) => void,
): void {
  const own = { operation: operation.id, example };
  const response = documented(operation, observed.status);
  if (response === undefined) {
    note({ kind: 'status', ...own, clause: at(operation.pointer, 'responses'), name: String(observed.status) });
    return;
  }
  for (const name of Object.keys(observed.headers))
    if (!STANDARD_HEADERS.has(name) && !response.headers.some((header) => header.name === name))
      note({ kind: 'header', ...own, clause: response.pointer, name });
  const type = mainType(observed.headers['content-type']);
  const media = mediaFor(response.content, type);
  if (media === undefined) {
    if (type !== '' && (observed.body !== undefined || response.content.length > 0))
      note({ kind: 'mediaType', ...own, clause: response.pointer, name: `${observed.status} ${type}` });
    return;
  }
  if (media.schema === undefined || observed.body === undefined) return;
  const key = `${operation.id} ${observed.status}`;
  const looked = bodies.get(key) ?? 0;
  if (looked >= MOST_BODIES) return;
  bodies.set(key, looked + 1);
  for (const { path, clause } of undocumentedFields(spec, media.schema, observed.body))
    note({ kind: 'field', ...own, clause, name: `${observed.status} ${path}` });
}

/** A path in which what looks like an id stands for any: `/orders/17` is `/orders/{id}`. */
function generalised(path: string): string {
  return path
    .split('/')
    .map((segment) => (/^\d+$|^[0-9a-f]{8}-[0-9a-f-]{27}$|^[0-9a-f]{16,}$/i.test(segment) ? '{id}' : segment))
    .join('/');
}

function parentOf(pointer: string): string {
  return pointer.slice(0, pointer.lastIndexOf('/'));
}
