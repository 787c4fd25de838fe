/** What a key may do. View commands change what is shown; the others become intents. */
export type Command =
  | 'help'
  | 'interrupt'
  | 'escape'
  | 'quit'
  | 'focusNext'
  | 'focusPrevious'
  | 'focusPrompt'
  | 'showAgent'
  | 'showSpec'
  | 'showProperties'
  | 'showDiff'
  | 'showLineage'
  | 'zoom'
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'top'
  | 'bottom'
  | 'toggle'
  | 'verbose'
  | 'copyReproducer'
  | 'nextHunk'
  | 'previousHunk'
  | 'nextPending'
  | 'acceptHunk'
  | 'rejectHunk'
  | 'reopenHunk'
  | 'acceptAll'
  | 'rejectAll'
  | 'applyAccepted'
  | 'stop'
  | 'resume'
  | 'submit'
  | 'newline'
  | 'approve'
  | 'refuse'
  | 'eventBack'
  | 'eventForward'
  | 'turnBack'
  | 'turnForward'
  | 'verdictBack'
  | 'verdictForward'
  | 'firstEvent'
  | 'lastEvent'
  | 'goTo'
  | 'play'
  | 'faster'
  | 'slower';

/** Where a key has its meaning. The first context of the list that knows the key decides. */
export type Context = 'approval' | 'help' | 'replay' | 'prompt' | 'diff' | 'properties' | 'spec' | 'pane' | 'any';

export interface Binding {
  context: Context;
  keys: string[];
  command: Command;
  help: string;
  /** A short word for the bottom row; absent where the key is only listed under `?`. */
  hint?: string;
}

const bind = (context: Context, keys: string, command: Command, help: string, hint?: string): Binding => ({
  context,
  keys: keys.split(' '),
  command,
  help,
  ...(hint === undefined ? {} : { hint }),
});

/** Every key there is. */
export const keymap: readonly Binding[] = [
  bind('approval', 'y', 'approve', 'run the command', 'run it'),
  bind('approval', 'n esc', 'refuse', 'refuse the command', 'refuse'),

  bind('help', 'esc ? q', 'help', 'close this list', 'close'),
  bind('help', 'up k', 'up', 'up', 'scroll'),
  bind('help', 'down j', 'down', 'down', 'scroll'),
  bind('help', 'pageup', 'pageUp', 'a page up'),
  bind('help', 'pagedown space', 'pageDown', 'a page down'),
  bind('help', 'ctrl+c', 'interrupt', 'as everywhere'),

  bind('replay', 'left', 'eventBack', 'one event back', 'event'),
  bind('replay', 'right', 'eventForward', 'one event on', 'event'),
  bind('replay', 'shift+left h', 'turnBack', 'one round back', 'round'),
  bind('replay', 'shift+right', 'turnForward', 'one round on', 'round'),
  bind('replay', '[', 'verdictBack', 'verdict before', 'verdict'),
  bind('replay', ']', 'verdictForward', 'verdict after', 'verdict'),
  bind('replay', 'home', 'firstEvent', 'first event'),
  bind('replay', 'end', 'lastEvent', 'last event'),
  bind('replay', 'g', 'goTo', 'go to an event by its number', 'go to'),
  bind('replay', 'space', 'play', 'play or pause', 'play'),
  bind('replay', '+', 'faster', 'play faster'),
  bind('replay', '-', 'slower', 'play slower'),
  bind('replay', 'q', 'quit', 'close the replay', 'quit'),

  bind('prompt', 'enter', 'submit', 'send the prompt', 'send'),
  bind('prompt', 'alt+enter ctrl+j', 'newline', 'new line in the prompt'),
  bind('prompt', 'pageup', 'pageUp', 'scroll the open pane up'),
  bind('prompt', 'pagedown', 'pageDown', 'scroll the open pane down'),

  bind('diff', 'y', 'acceptHunk', 'accept the hunk', 'accept'),
  bind('diff', 'n', 'rejectHunk', 'reject the hunk', 'reject'),
  bind('diff', 'u', 'reopenHunk', 'take the decision back', 'undo'),
  bind('diff', 'a', 'acceptAll', 'accept every undecided hunk', 'all'),
  bind('diff', 'x', 'rejectAll', 'reject every undecided hunk'),
  bind('diff', 'm', 'applyAccepted', 'verify what is accepted and merge it into the working tree', 'merge'),
  bind('diff', ']', 'nextHunk', 'next hunk', 'hunk'),
  bind('diff', '[', 'previousHunk', 'hunk before', 'hunk'),
  bind('diff', '.', 'nextPending', 'next undecided hunk'),

  bind('properties', 'c', 'copyReproducer', 'copy the reproducer to the clipboard', 'copy curl'),
  bind('properties', 'enter space', 'zoom', 'open the counterexample on the whole screen', 'open'),
  bind('spec', 'enter space', 'toggle', 'fold or unfold the clauses', 'fold'),

  bind('pane', 'tab', 'focusNext', 'next pane', 'panes'),
  bind('pane', 'shift+tab', 'focusPrevious', 'pane before'),
  bind('pane', '1', 'showAgent', 'the agent’s stream'),
  bind('pane', '2', 'showSpec', 'the spec and its clauses'),
  bind('pane', 'p 3', 'showProperties', 'properties and counterexamples', 'properties'),
  bind('pane', 'd 4', 'showDiff', 'the change, hunk by hunk', 'diff'),
  bind('pane', 'l 5', 'showLineage', 'versions of the spec', 'lineage'),
  bind('pane', 'z', 'zoom', 'this pane on the whole screen and back', 'zoom'),
  bind('pane', 'up k', 'up', 'up'),
  bind('pane', 'down j', 'down', 'down'),
  bind('pane', 'pageup ctrl+b', 'pageUp', 'a page up'),
  bind('pane', 'pagedown ctrl+f', 'pageDown', 'a page down'),
  bind('pane', 'home', 'top', 'to the top'),
  bind('pane', 'end G', 'bottom', 'to the end'),
  bind('pane', 'v', 'verbose', 'show or hide thinking and tool output'),
  bind('pane', 's', 'stop', 'stop the agent'),
  bind('pane', 'r', 'resume', 'go on where the session stopped'),
  bind('pane', 'i enter', 'focusPrompt', 'to the prompt', 'prompt'),
  bind('pane', '?', 'help', 'every key', 'keys'),
  bind('pane', 'q', 'quit', 'leave; the session stays recorded', 'quit'),

  bind('any', 'tab', 'focusNext', 'next pane', 'panes'),
  bind('any', 'shift+tab', 'focusPrevious', 'pane before'),
  bind('any', 'alt+1', 'showAgent', 'the agent’s stream'),
  bind('any', 'alt+2', 'showSpec', 'the spec and its clauses'),
  bind('any', 'alt+3', 'showProperties', 'properties and counterexamples'),
  bind('any', 'alt+4', 'showDiff', 'the change, hunk by hunk'),
  bind('any', 'alt+5', 'showLineage', 'versions of the spec'),
  bind('any', 'esc', 'escape', 'stop the agent, or back', 'stop'),
  bind('any', 'ctrl+c', 'interrupt', 'stop the agent; twice within 2 s leaves'),
  bind('any', 'ctrl+d', 'quit', 'leave when the prompt is empty'),
  bind('any', 'f1', 'help', 'every key'),
];

/** The command of a key in the first of the contexts that knows it. */
export function commandFor(contexts: readonly Context[], key: string): Command | null {
  for (const context of contexts) {
    const binding = keymap.find((row) => row.context === context && row.keys.includes(key));
    if (binding !== undefined) return binding.command;
  }
  return null;
}
