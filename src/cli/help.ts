/** The texts of `plumb --help` and `plumb COMMAND --help`. */

interface HelpEntry {
  usage: string;
  about: string;
  options?: [flag: string, meaning: string][];
}

const RUN_OPTIONS: [string, string][] = [
  ['--agent builtin|claude', 'who writes the code (default: builtin; it needs no key)'],
  ['--model ID', 'the model of the claude agent (default: claude-sonnet-5-5)'],
  ['--prompt TEXT', 'what to do (default: implement the spec)'],
  ['--max-usd N', 'a cap on money that is never overshot'],
  ['--max-tokens N', 'a cap on tokens of all kinds'],
  ['--max-rounds N', 'how often it may try (default: 12)'],
  ['--seed N', 'seed of the properties (default: from the spec)'],
  ['--runs N', 'cases per property (default: 50)'],
  ['--start CMD', 'how the service starts (default: from plumb.yaml, else node server.js)'],
  ['--allow-commands', 'without a sandbox, let the agent run commands unasked'],
];

const ENTRIES: Record<string, HelpEntry> = {
  open: {
    usage: 'plumb open [SPEC] [--resume ID]',
    about: 'Opens the terminal app on a spec: see the clauses, prompt the agent, review its change beside the verdict.',
    options: [
      ['--resume ID', 'goes on with a recorded session'],
      ['--plain', 'linear text instead of the screen'],
      ...RUN_OPTIONS,
    ],
  },
  demo: {
    usage: 'plumb demo [EXAMPLE]',
    about:
      'The main walk on an example (default: vacation-balance) in a scratch repository, with the built-in agent: no key, no network.',
    options: [['--plain', 'linear text instead of the screen'], ...RUN_OPTIONS],
  },
  init: { usage: 'plumb init [CONTRACT]', about: 'Writes plumb.yaml for a contract; overwrites nothing.' },
  run: {
    usage: 'plumb run SPEC',
    about: 'A session without a screen: the agent works until the properties pass, a cap is reached, or it is stuck.',
    options: [
      ...RUN_OPTIONS,
      ['--apply', 'merge the change into the working tree when the verdict is pass (else it stays on plumb/SESSION)'],
      ['--resume ID', 'goes on with a recorded session'],
      ['--json', 'one event a line, the last one runFinished'],
    ],
  },
  verify: {
    usage: 'plumb verify SPEC [--start CMD | --url URL | --module FILE | --command CMD | --data GLOB]',
    about: 'Derives the properties of a spec and runs them against a service, functions, a program or data files.',
    options: [
      ['--start CMD', 'starts the service; it gets its port in PORT'],
      ['--url URL', 'a service that runs already'],
      [
        '--module FILE',
        'a module whose functions are the methods of OpenRPC, or that exports a GraphQL schema or resolvers',
      ],
      ['--command CMD', 'a program that answers JSON-RPC requests, one a line, on standard input and output'],
      [
        '--data GLOB',
        'JSON, JSON Lines or YAML files (also .gz) whose records a JSON Schema describes; may be given again',
      ],
      ['--endpoint PATH', 'where a service answers GraphQL (default: /graphql, or the path of the URL)'],
      ['--clause PTR', 'only this clause, what lies under it and what that refers to; may be given again'],
      ['--seed N', 'the seed (default: from the spec, so that a bare run is repeatable)'],
      ['--runs N', 'cases per property (default: 50; of functions and programs 100)'],
      ['--time T', 'a budget, such as 30s, shared out among the properties'],
      ['--workers N', 'threads for an HTTP service (default: by cores and cases); they change no verdict'],
      ['--shard I/N', 'one of N parts, whose properties together are all; not for data files'],
      [
        '--mutants',
        'also changes the code of a Node service or module in small ways and lists what no property notices',
      ],
      ['--max-mutants N', 'tries at most so many, chosen by the seed (default: 2000)'],
      ['--mutation-score N', 'exits 1 where fewer than N percent of the mutants are noticed'],
      [
        '--coverage',
        'says which code of a Node service or module the properties execute, by clause, and which none does',
      ],
      ['--json', 'one JSON document on standard output'],
      ['PLUMB_AUTH_SCHEME', 'an environment variable: the credentials of a security scheme (its name in capitals)'],
      [
        '',
        'for GraphQL over HTTP: PLUMB_AUTH_BEARER, PLUMB_AUTH_BASIC (user:password), PLUMB_AUTH_API_KEY (x-api-key)',
      ],
      ['PLUMB_AUTH_SCHEME_OTHER', 'those of a second client, who must not get at what the first one made'],
      ['--junit FILE', 'writes a JUnit report'],
      ['--sarif FILE', 'writes a SARIF 2.1.0 report, with the lines of the contract'],
      ['--html FILE', 'writes one self-contained page: findings, coverage map, latency'],
      ['--ndjson FILE', 'writes the events as they happen, one JSON line each'],
    ],
  },
  drift: {
    usage: 'plumb drift SPEC [--start CMD | --url URL | --har FILE]',
    about: 'Names routes, methods, statuses, fields and headers that answers show and the contract does not say.',
    options: [
      ['--start CMD', 'starts the service; it gets its port in PORT'],
      ['--url URL', 'a service that runs already'],
      ['--har FILE', 'recorded traffic (HTTP Archive) instead of a running service'],
      ['--seed N, --runs N, --time T', 'as for plumb verify'],
      ['--json', 'one JSON document on standard output'],
    ],
  },
  sample: {
    usage: 'plumb sample SPEC#POINTER | SCHEMA',
    about: 'Values that satisfy a schema, one JSON line each.',
    options: [
      ['--count N', 'how many (default: 10)'],
      ['--seed N', 'the seed'],
      ['--negative', 'values that violate the schema, each with the clause that it violates'],
      ['--batch', 'reads JSON Lines {id, schema, draft?} on standard input'],
      ['--documents FOLDER[=BASE]', 'documents for $refs that leave a schema, by file: URI or below a base URI'],
    ],
  },
  spec: {
    usage: 'plumb spec show|lint SPEC [--all] [--json]',
    about: 'Shows the clauses of a spec, or whether it is ready.',
  },
  sessions: { usage: 'plumb sessions [--search TEXT] [--json]', about: 'Lists the recorded sessions.' },
  replay: {
    usage: 'plumb replay ID|FILE',
    about: 'Scrubs through a recorded session; needs neither network nor key.',
    options: [
      ['--at SEQ', 'prints the state at an event'],
      ['--verify', 'checks that the record is whole'],
      ['--export json|md', 'writes the session out'],
      ['--out FILE', 'where to'],
    ],
  },
  lineage: { usage: 'plumb lineage [SPEC] [--json]', about: 'The versions of a spec, their verdicts and their cost.' },
  rollback: {
    usage: 'plumb rollback SPEC --to VERSION [--dry-run] [--yes]',
    about: 'Puts a known-good version of spec and code on a new branch by a forward commit; touches no file of yours.',
  },
  doctor: { usage: 'plumb doctor', about: 'Says what this machine has: Node, git, sandbox, terminal, keys, database.' },
};

/** The overview. */
export function generalHelp(): string {
  const width = Math.max(...Object.keys(ENTRIES).map((name) => name.length));
  const rows = Object.entries(ENTRIES).map(([name, entry]) => `  ${name.padEnd(width)}  ${entry.about}`);
  return [
    'plumb pairs you with a coding agent that is held to a machine-readable spec.',
    'Done is a verdict computed from the spec, never an agent’s word.',
    '',
    'usage: plumb COMMAND [options]      (plumb COMMAND --help says more)',
    '',
    ...rows,
    '',
    'A SPEC is a name from plumb.yaml, the path of a contract, or the name of an example such as vacation-balance.',
    'Exit codes: 0 pass, 1 fail, 2 wrong usage, 3 could not decide, 4 refused, 130 interrupted.',
    '',
  ].join('\n');
}

/** One command's help; undefined for an unknown command. */
export function commandHelp(name: string): string | undefined {
  if (!Object.hasOwn(ENTRIES, name)) return undefined;
  const entry = ENTRIES[name];
  if (entry === undefined) return undefined;
  const options = entry.options ?? [];
  const width = Math.max(0, ...options.map(([flag]) => flag.length));
  const rows = options.map(([flag, meaning]) => `  ${flag.padEnd(width)}  ${meaning}`);
  return [`usage: ${entry.usage}`, '', entry.about, ...(rows.length > 0 ? ['', ...rows] : []), ''].join('\n');
}
