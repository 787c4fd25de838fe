import type { StartedCalls } from '../calls/model.ts';
import type { CallSource } from '../model.ts';
import { startModule } from './module.ts';
import { startProgram } from './program.ts';

/** Starts what is called. */
export function startCalls(source: CallSource, pure: (method: string) => boolean): Promise<StartedCalls> {
  return source.kind === 'module' ? startModule(source, pure) : startProgram(source);
}
