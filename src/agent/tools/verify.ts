import { reportText } from '../report-text.ts';
import { failed, strings } from './tool.ts';
import type { Tool } from './tool.ts';

/** Runs the properties of the spec on the code as it stands. */
export const verifyTool: Tool = {
  name: 'verify',
  description:
    'Starts the service and checks the code as it stands against the spec. Returns the verdict with counterexamples. This alone decides whether the work is done.',
  inputSchema: {
    type: 'object',
    properties: {
      clauses: {
        type: 'array',
        items: { type: 'string' },
        description: 'Only properties at or below these clauses (JSON Pointers such as #/paths/~1things/post).',
      },
    },
    required: [],
    additionalProperties: false,
  },
  title: (input) => ['verify', ...(strings(input, 'clauses') ?? [])].join(' '),
  async run(input, { turn }) {
    const clauses = strings(input, 'clauses');
    if (clauses !== undefined && clauses.length === 0) return failed('`clauses` is empty; leave it out to verify all');
    const report = await turn.verify(clauses === undefined ? {} : { clauses });
    const passing = report.properties.filter((property) => property.verdict === 'pass').length;
    const summary = `${report.verdict}, ${passing} of ${report.properties.length} properties pass`;
    return { ok: report.verdict === 'pass', summary, output: reportText(report, clauses) };
  },
};
