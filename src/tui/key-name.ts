import type { Key } from 'ink';

const NAMED: [keyof Key & string, string][] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** One name for a key press: `ctrl+c`, `shift+tab`, `alt+enter`, `y`, `A`. Text of several characters names itself. */
export function keyName(input: string, key: Key): string {
  const named = NAMED.find(([flag]) => key[flag] === true)?.[1];
  // Ctrl+J arrives as a bare line feed in terminals without the kitty protocol.
  if (named === undefined && input === '\n') return 'ctrl+j';
  const modifiers = [
    key.ctrl ? 'ctrl+' : '',
    key.meta && named !== 'esc' ? 'alt+' : '',
    key.shift && named !== undefined ? 'shift+' : '',
  ].join('');
  return modifiers + (named ?? (input === ' ' ? 'space' : input));
}
