/** The contract behind a spec, read again from its text: a spec is plain data, a schema of graphql-js is not. */
import { contractFrom, type GraphContract } from '../../spec/graphql/contract.ts';
import { readSdl } from '../../spec/graphql/sdl.ts';
import { joinSdl } from '../../spec/graphql/sources.ts';
import type { Spec } from '../../spec/model.ts';

/** Reads the text of a spec. It has been read before, so it is valid. */
export function contractOf({ text, name }: Spec): GraphContract {
  const read = readSdl(joinSdl([{ file: name, text }]));
  if (read.kind === 'invalid') throw new Error(`${name} was valid before: ${read.findings[0]?.message ?? ''}`);
  return contractFrom(read.schema, read.index);
}
