/** What of an event full-text search finds, and how a user's words become an FTS5 query. */
import type { EventBody } from '../events/index.ts';

/** Longer texts are indexed by their beginning, so that the index stays small beside the log. */
const LONGEST_INDEXED = 8_192;

/** The words of an event that people search for; empty where there are none. */
export function searchText(body: EventBody): string {
  return partsOf(body).join('\n').slice(0, LONGEST_INDEXED);
}

/** Every word must occur; the last one may be a beginning. Null where the text holds no word. */
export function searchQuery(text: string): string | null {
  const words = text.match(/[\p{L}\p{N}_]+/gu) ?? [];
  if (words.length === 0) return null;
  return `${words.map((word) => `"${word}"`).join(' ')}*`;
}

function partsOf(body: EventBody): string[] {
  switch (body.type) {
    case 'sessionStarted':
      return [body.spec, body.specFile, body.agent.kind, body.agent.model ?? '', body.branch ?? ''];
    case 'specLoaded':
      return [body.name, body.semanticDigest, ...body.clauses.map((clause) => clause.title)];
    case 'promptSubmitted':
    case 'agentNoted':
    case 'noticeRaised':
      return [body.text];
    case 'assistantReplied':
      return body.blocks.map((block) => (block.type === 'text' ? block.text : ''));
    case 'toolRequested':
      return [body.tool, body.title];
    case 'changeProposed':
      return body.files.map((file) => file.path);
    case 'counterexampleFound':
      return [body.property.id, body.property.clause, body.counterexample.actual, body.counterexample.expected];
    case 'providerFailed':
    case 'budgetRefused':
    case 'sessionEnded':
      return [body.message];
    default:
      return [];
  }
}
