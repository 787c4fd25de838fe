/** How the client is to prove who it is, read from the environment before anything is sent. */

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Credentials {
  kind: 'credentials';
  baseUrl: string | null;
  apiKey: string | null;
  authToken: string | null;
  profile: string | null;
  /** Values that must never be shown. */
  secrets: string[];
}

export interface MissingKey {
  kind: 'missingKey';
  /** One line: what to set. */
  message: string;
}

/**
 * Reads ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, ANTHROPIC_PROFILE and ANTHROPIC_BASE_URL. A server of one's own
 * (ANTHROPIC_BASE_URL) may need no key; it gets a placeholder, because the client insists on one.
 */
export function readCredentials(env: Environment): Credentials | MissingKey {
  const value = (name: string): string | null => env[name]?.trim() || null;
  const apiKey = value('ANTHROPIC_API_KEY');
  const authToken = apiKey === null ? value('ANTHROPIC_AUTH_TOKEN') : null;
  const profile = apiKey === null && authToken === null ? value('ANTHROPIC_PROFILE') : null;
  const baseUrl = value('ANTHROPIC_BASE_URL');
  const secrets = [apiKey, authToken].filter((secret) => secret !== null);
  if (apiKey === null && authToken === null && profile === null) {
    if (baseUrl === null) {
      const message =
        'no key for Claude: set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN), or use --agent builtin, which needs none';
      return { kind: 'missingKey', message };
    }
    return { kind: 'credentials', baseUrl, apiKey: 'none', authToken: null, profile: null, secrets: [] };
  }
  return { kind: 'credentials', baseUrl, apiKey, authToken, profile, secrets };
}
