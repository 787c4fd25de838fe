/**
 * The built-in agent: a contract synthesizer without a model. Its first candidate is the happy path; each failing
 * clause of the last verdict switches on a repair, until the verdict passes or nothing is left to switch on.
 */
import type { Coder, CoderOutcome, CoderTurn } from '../coder.ts';
import { shortId } from '../short-id.ts';
import { buildDesign } from './build-design.ts';
import type { Design } from './design.ts';
import { emitService } from './emit/service.ts';
import { placeFiles } from './place-files.ts';
import { failingProperties, repair, repairEverything } from './repairs.ts';

/** Makes a coder for one session; what it has repaired lives as long as it does. */
export function builtinCoder(): Coder {
  const designs = new Map<string, Design>();
  return {
    kind: 'builtin',
    model: null,
    turn: async (turn) => {
      const known = designs.get(turn.spec.semanticDigest);
      const design = known ?? buildDesign(turn.spec);
      designs.set(turn.spec.semanticDigest, design);
      return takeTurn(turn, design, known === undefined);
    },
  };
}

async function takeTurn(turn: CoderTurn, design: Design, isFirst: boolean): Promise<CoderOutcome> {
  const { spec, lastReport, recorder } = turn;
  const note = (text: string): void => {
    recorder.live({ type: 'text', text: `${text}\n` });
    recorder.append({ type: 'agentNoted', text });
  };
  if (turn.prompt !== null && isFirst)
    note('The built-in agent has no model: it follows the spec alone, not the prompt.');
  if (lastReport === null) note(introduction(design));
  else {
    if (lastReport.verdict === 'pass') return { kind: 'worked' };
    const repairs = isFirst ? repairEverything(spec, design) : repair(spec, design, lastReport);
    if (repairs.length === 0) return stuck(turn);
    for (const { text } of repairs) note(text);
  }
  const written = await writeFiles(turn, emitService(spec, design));
  if (typeof written !== 'number') return written;
  return written === 0 && lastReport !== null ? stuck(turn) : { kind: 'worked' };
}

function introduction(design: Design): string {
  const nouns = design.resources.map((resource) => resource.variable).join(', ');
  const count = design.operations.length;
  return `${count} operation${count === 1 ? '' : 's'}${nouns === '' ? '' : ` on ${nouns}`}: the plain course first, checks where the verdict asks for them.`;
}

const MOST_NAMED = 6;

/** Says which clauses nothing here can satisfy, and which the engine could not decide. */
function stuck({ lastReport }: CoderTurn): CoderOutcome {
  const open = failingProperties(lastReport ?? { properties: [] });
  const clausesOf = (verdict: 'fail' | 'error'): string[] => [
    ...new Set(open.filter((property) => property.verdict === verdict).map(({ clause }) => clause)),
  ];
  const failed = clausesOf('fail');
  const undecided = clausesOf('error').filter((clause) => !failed.includes(clause));
  const parts: string[] = [];
  if (failed.length > 0) {
    const these = failed.length === 1 ? 'this clause' : 'these clauses';
    parts.push(`the built-in agent cannot satisfy ${these}; use a model: ${listed(failed)}`);
  }
  if (undecided.length > 0) {
    const reason = open.find((property) => property.verdict === 'error')?.reason ?? 'no reason was given';
    parts.push(`nothing is left to repair, but these could not be decided (${reason}): ${listed(undecided)}`);
  }
  return { kind: 'stuck', unsatisfied: [...failed, ...undecided], message: parts.join('; ') };
}

function listed(clauses: string[]): string {
  const more = clauses.length - MOST_NAMED;
  return `${clauses.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Writes the files that differ, each as a tool call of the stream; answers how many, or why it broke off. */
async function writeFiles(turn: CoderTurn, service: Record<string, string>): Promise<number | CoderOutcome> {
  const { workspace, recorder } = turn;
  let count = 0;
  for (const [path, text] of Object.entries(placeFiles(turn, service))) {
    if (turn.signal.aborted) return { kind: 'stopped', reason: 'interrupted', message: 'interrupted' };
    const before = workspace.read(path);
    if (before.kind === 'ok' && before.value === text) continue;
    count += 1;
    const call = shortId('call');
    const startedAt = performance.now();
    recorder.append({ type: 'toolRequested', call, tool: 'write', input: { path }, title: `write ${path}` });
    const result = workspace.write(path, text);
    const durationMs = Math.round(performance.now() - startedAt);
    const lines = text.split('\n').length - 1;
    const summary = result.kind === 'ok' ? `${lines} lines` : result.reason;
    recorder.append({ type: 'toolFinished', call, ok: result.kind === 'ok', summary, output: '', durationMs });
    if (result.kind === 'refused') {
      return { kind: 'stuck', unsatisfied: [], message: `${path} may not be written: ${result.reason}` };
    }
  }
  return count;
}
