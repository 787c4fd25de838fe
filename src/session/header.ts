import type { Caps, Event } from '../events/index.ts';

/** Which spec, which agent, where. Empty strings mean "not known yet". */
export interface Header {
  session: string;
  spec: string;
  specFile: string;
  /** Semantic digest, 64 hex digits. */
  version: string;
  documentDigest: string;
  /** The version that was loaded before this one in the session. */
  previousVersion: string | null;
  agent: 'builtin' | 'claude' | null;
  model: string | null;
  branch: string | null;
  repository: string | null;
  caps: Caps;
  sandbox: { kind: 'srt' | 'none'; reason: string };
  /** Epoch milliseconds of the first event; 0 before it. */
  startedAt: number;
}

export const initialHeader: Header = {
  session: '',
  spec: '',
  specFile: '',
  version: '',
  documentDigest: '',
  previousVersion: null,
  agent: null,
  model: null,
  branch: null,
  repository: null,
  caps: {},
  sandbox: { kind: 'none', reason: '' },
  startedAt: 0,
};

/** Folds what names the session. */
export function reduceHeader(header: Header, event: Event): Header {
  switch (event.type) {
    case 'sessionStarted':
      return {
        ...header,
        session: event.session,
        spec: event.spec,
        specFile: event.specFile,
        agent: event.agent.kind,
        model: event.agent.model,
        branch: event.branch,
        repository: event.repository,
        caps: event.caps,
        sandbox: { kind: event.sandbox.kind, reason: event.sandbox.reason ?? '' },
        startedAt: event.at,
      };
    case 'specLoaded':
      return {
        ...header,
        spec: event.name,
        specFile: event.file,
        version: event.semanticDigest,
        documentDigest: event.documentDigest,
        previousVersion:
          header.version !== '' && header.version !== event.semanticDigest ? header.version : header.previousVersion,
      };
    case 'changeApplied':
      return event.branch === null ? header : { ...header, branch: event.branch };
    default:
      return header;
  }
}
