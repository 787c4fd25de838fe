/** Which answer and which schema of an operation the inference of resources goes by. */
import type { Operation, ResponseSpec } from '../../spec/model.ts';

/** The lowest documented 2xx answer, or the one that stands for it. */
export function successOf(operation: Operation): ResponseSpec | undefined {
  const successes = operation.responses.filter((response) => /^2(\d\d|XX)$/.test(response.status));
  return successes.toSorted((a, b) => (a.status < b.status ? -1 : 1))[0];
}

/** Pointer of the JSON schema among the media types. */
export function jsonSchemaOf(content: { type: string; schema?: string }[]): string | undefined {
  return content.find((media) => isJson(media.type) && media.schema !== undefined)?.schema;
}

/** Pointer of the schema of a body whose members have names: JSON, or a form. */
export function bodySchemaOf(content: { type: string; schema?: string }[]): string | undefined {
  const isForm = ({ type }: { type: string }): boolean =>
    /^(multipart\/form-data|application\/x-www-form-urlencoded)$/.test(type);
  return jsonSchemaOf(content) ?? content.find((media) => isForm(media) && media.schema !== undefined)?.schema;
}

/** True for `application/json`, `application/problem+json` and wildcards that allow them. */
export function isJson(type: string): boolean {
  return /^(application|text|\*)\/(json|\*|[^;]+\+json)$/.test(type);
}
