import { fit } from '../../session/wrap.ts';
import { beside, fitLines, type Line, span } from '../line.ts';
import { type Context, keymap } from '../keymap.ts';

const TITLES: Partial<Record<Context, string>> = {
  prompt: 'prompt',
  any: 'everywhere',
  pane: 'panes',
  diff: 'diff review',
  properties: 'properties',
  spec: 'spec',
  approval: 'a command waits',
  replay: 'replay',
};

/** Editing keys of the prompt that are no commands. */
const EDITING: [string, string][] = [
  ['↑ ↓', 'history, or the line above and below'],
  ['ctrl+← ctrl+→', 'by words (also alt+b, alt+f)'],
  ['ctrl+a ctrl+e', 'start and end of the line'],
  ['ctrl+w ctrl+u ctrl+k', 'cut the word, to the start, to the end'],
];

/** Every key of the contexts, in as many columns as fit. */
export function helpLines(contexts: readonly Context[], width: number): Line[] {
  const sections = contexts.map((context) => {
    const rows = keymap
      .filter((binding) => binding.context === context)
      .map((binding): [string, string] => [binding.keys.map(keyLabel).join(' '), binding.help]);
    return section(TITLES[context] ?? context, context === 'prompt' ? [...rows, ...EDITING] : rows);
  });
  const columns = width >= 160 ? 3 : width >= 100 ? 2 : 1;
  const columnWidth = Math.floor(width / columns);
  const blocks: Line[][] = Array.from({ length: columns }, () => []);
  for (const lines of sections) {
    const shortest = blocks.reduce((best, block) => (block.length < best.length ? block : best));
    shortest.push(...lines);
  }
  const height = Math.max(...blocks.map(({ length }) => length));
  return beside(...blocks.map((block) => fitLines(block, columnWidth, height)));
}

function section(title: string, rows: [string, string][]): Line[] {
  return [
    [span(title, 'accent', true)],
    ...rows.map(([keys, help]): Line => [span(`  ${fit(keys, 15)} `, 'plain', true), span(help, 'dim')]),
    [],
  ];
}

/** How a key is written for people. */
export function keyLabel(key: string): string {
  const names: Record<string, string> = {
    up: '↑',
    down: '↓',
    left: '←',
    right: '→',
    'shift+left': '⇧←',
    'shift+right': '⇧→',
    'shift+tab': '⇧tab',
    pageup: 'pgup',
    pagedown: 'pgdn',
  };
  return names[key] ?? key;
}
