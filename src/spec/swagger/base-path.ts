import type { JsonObject } from '../../events/index.ts';
import { textOf } from '../reader.ts';

/** `basePath` without a trailing slash; empty where there is none. Host and schemes are the subject's. */
export function swaggerBasePath(document: JsonObject): string {
  const written = (textOf(document, 'basePath') ?? '').replace(/\/+$/, '');
  return written === '' || written.startsWith('/') ? written : `/${written}`;
}
