import { isObject, valueAt } from '../../events/index.ts';
import { boundText, failed, text } from './tool.ts';
import type { Tool } from './tool.ts';

/** Shows a piece of the spec. */
export const clauseTool: Tool = {
  name: 'clause',
  description:
    'Shows the part of the spec at a JSON Pointer, as JSON. `$ref`s are shown as they are; ask for them in turn.',
  inputSchema: {
    type: 'object',
    properties: { pointer: { type: 'string', description: 'A JSON Pointer such as #/components/schemas/Thing.' } },
    required: ['pointer'],
    additionalProperties: false,
  },
  title: (input) => `clause ${text(input, 'pointer')}`,
  run(input, { turn }) {
    const pointer = text(input, 'pointer');
    const value = valueAt(turn.spec.document, pointer);
    if (value === undefined) return failed(`the spec has nothing at ${pointer}`);
    const output = boundText(JSON.stringify(value, null, 1));
    const summary = isObject(value) ? `${Object.keys(value).length} members` : JSON.stringify(value).slice(0, 60);
    return { ok: true, summary, output };
  },
};
