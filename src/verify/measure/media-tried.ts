/** Which media types were sent and came, where a body or an answer has several to choose from. */
import type { Share } from '../../events/index.ts';
import type { MediaType, Operation, Spec } from '../../spec/model.ts';
import { documented, mainType, mediaFor } from '../checks/conformance.ts';
import type { Sent } from '../wire/execute.ts';
import { mediaOf } from '../wire/serialise.ts';

export interface MediaTried {
  see(sent: Sent): void;
  /** Keys of what was tried, to be added to another one's. */
  tried: Set<string>;
  /** Nothing where there is nowhere a choice. */
  share(): { mediaTypes?: Share };
}

/** Starts with nothing tried. */
export function createMediaTried(spec: Spec): MediaTried {
  const tried = new Set<string>();
  const all = spec.operations.flatMap((operation) => [
    ...keys(operation, 'body', operation.requestBody?.content ?? []),
    ...operation.responses.flatMap(({ status, content }) => keys(operation, status, content)),
  ]);
  return {
    tried,
    see({ operation, input, answer, rawBody }) {
      if (all.length === 0 || answer.kind === 'fault') return;
      const sent = input.body === undefined || rawBody !== undefined ? undefined : mediaOf(operation, input);
      if (sent !== undefined && answer.status < 400) tried.add(keyOf(operation, 'body', sent));
      const response = documented(operation, answer.status);
      const came = mediaFor(response?.content ?? [], mainType(answer.headers['content-type']));
      if (response !== undefined && came !== undefined) tried.add(keyOf(operation, response.status, came));
    },
    share: () =>
      all.length === 0
        ? {}
        : { mediaTypes: { covered: all.filter((one) => tried.has(one)).length, total: all.length } },
  };
}

function keys(operation: Operation, place: string, content: MediaType[]): string[] {
  return content.length < 2 ? [] : content.map((media) => keyOf(operation, place, media));
}

function keyOf(operation: Operation, place: string, media: MediaType): string {
  return `${operation.id} ${place} ${media.name}`;
}
