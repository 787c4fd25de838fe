const secretName = /^ANTHROPIC_|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTH/i;
/** Would change how a child runs because of how *we* were started. */
const ours = /^(NODE_OPTIONS|NODE_V8_COVERAGE|NODE_CHANNEL_FD|NODE_ENV|VITEST.*|FORCE_COLOR)$/;
const urlWithPassword = /:\/\/[^/\s:@]*:[^/\s@]+@/;

/**
 * The environment for code that is not trusted: ours without variables that are named like secrets, that hold the
 * value of one, or that are a URL with a password; `extra` is added as given. Our own Node is last on PATH.
 */
export function scrubbedEnvironment(
  extra: Record<string, string> = {},
  source: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const secrets = Object.entries(source).flatMap(([name, value]) =>
    secretName.test(name) && value !== undefined && value.length >= 8 ? [value] : [],
  );
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined || secretName.test(name) || ours.test(name) || urlWithPassword.test(value)) continue;
    if (secrets.some((secret) => value.includes(secret))) continue;
    kept[name] = value;
  }
  const nodeFolder = process.execPath.slice(0, process.execPath.lastIndexOf('/'));
  kept['PATH'] = [...(kept['PATH'] ?? '/usr/local/bin:/usr/bin:/bin').split(':'), nodeFolder].join(':');
  return { ...kept, ...extra };
}
