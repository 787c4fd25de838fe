/** The three-way merge loses no side's change, and is never bolder than git's. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeText } from '../../src/workspace/merge.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const text = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', '}', 'x\r'), { maxLength: 12 }), fc.boolean())
  .map(([lines, ended]) => lines.map((line) => `${line}\n`).join('') + (ended ? '' : 'end'));

/** Lines that are all different, and an edited version: some lines removed, replaced or followed by new ones. */
const numbered = (side: string) =>
  fc
    .array(fc.constantFrom(...Array.from({ length: 17 }, () => 'keep'), 'drop', 'change', 'add'), {
      minLength: 14,
      maxLength: 14,
    })
    .map((edits) =>
      edits
        .flatMap((edit, n) =>
          edit === 'drop'
            ? []
            : edit === 'change'
              ? [`${side}${n}`]
              : edit === 'add'
                ? [`${n}`, `${side}+${n}`]
                : [`${n}`],
        )
        .map((line) => `${line}\n`)
        .join(''),
    );
const base = Array.from({ length: 14 }, (_, n) => `${n}\n`).join('');

function gitMerge(folder: string, ours: string, theirs: string): string | null {
  writeFileSync(join(folder, 'base'), base);
  writeFileSync(join(folder, 'ours'), ours);
  writeFileSync(join(folder, 'theirs'), theirs);
  const result = spawnSync('git', ['merge-file', '-p', 'ours', 'base', 'theirs'], { cwd: folder, encoding: 'utf8' });
  return result.status === 0 ? result.stdout : null;
}

describe('mergeText', () => {
  it('takes the only change, agrees where both made the same, and does not depend on who is who', () => {
    fc.assert(
      fc.property(text, text, text, (origin, ours, theirs) => {
        expect(mergeText(origin, origin, theirs)).toBe(theirs);
        expect(mergeText(origin, ours, origin)).toBe(ours);
        expect(mergeText(origin, ours, ours)).toBe(ours);
        expect(mergeText(origin, ours, theirs)).toBe(mergeText(origin, theirs, ours));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives what git gives, or declines', () => {
    const folder = temporaryFolder();
    let merged = 0;
    fc.assert(
      fc.property(numbered('o'), numbered('t'), (ours, theirs) => {
        const result = mergeText(base, ours, theirs);
        if (result === null) return;
        merged += 1;
        expect(result).toBe(gitMerge(folder, ours, theirs));
      }),
      { numRuns: 150 },
    );
    expect(merged).toBeGreaterThan(0);
  });

  it('merges changes in different places and keeps line ends', () => {
    const origin = 'one\r\ntwo\r\nthree\r\nfour\r\nfive\r\n';
    expect(mergeText(origin, origin.replace('one', 'ONE'), origin.replace('five', 'FIVE'))).toBe(
      'ONE\r\ntwo\r\nthree\r\nfour\r\nFIVE\r\n',
    );
    expect(mergeText(origin, origin.replace('two', 'TWO'), origin.replace('two', 'zwei'))).toBeNull();
    expect(mergeText(origin, origin.replace('two', 'TWO'), origin.replace('three', 'THREE'))).toBeNull();
  });
});
