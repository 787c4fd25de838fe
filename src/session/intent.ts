/** What a person may ask of a session; imperatives. The runtime puts each to {@link decide}. */
export type Intent =
  | { type: 'submitPrompt'; text: string }
  | { type: 'stop' }
  | { type: 'resume' }
  | { type: 'acceptHunk'; hunk: string }
  | { type: 'rejectHunk'; hunk: string }
  | { type: 'reopenHunk'; hunk: string }
  | { type: 'acceptAll' }
  | { type: 'rejectAll' }
  /** Re-verifies exactly what is accepted, then merges it into the working tree. */
  | { type: 'applyAccepted' }
  | { type: 'approveCommand'; call: string }
  | { type: 'refuseCommand'; call: string }
  | { type: 'quit' };
