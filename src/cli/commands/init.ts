import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { readArguments } from '../arguments.ts';
import { EXIT, type Io } from '../io.ts';

const CONTRACT = /^(openapi|.*\.openapi)\.(ya?ml|json)$/;

/** `plumb init [CONTRACT]`: writes `plumb.yaml` beside the user's code; never overwrites a file. */
export async function initCommand(args: string[], io: Io): Promise<number> {
  const parsed = readArguments(args, {});
  if (parsed.kind === 'usage' || parsed.value.positionals.length > 1) {
    io.stderr(`plumb init: ${parsed.kind === 'usage' ? parsed.message : 'one contract at a time'}\n`);
    return EXIT.usage;
  }
  const target = join(io.cwd, 'plumb.yaml');
  if (existsSync(target)) {
    io.stderr(`plumb init: ${target} is there already and was left as it is; add your contract to it by hand\n`);
    return EXIT.usage;
  }
  const [given] = parsed.value.positionals;
  if (given !== undefined && !existsSync(join(io.cwd, given))) {
    io.stderr(`plumb init: there is no file ${JSON.stringify(given)} in ${io.cwd}\n`);
    return EXIT.usage;
  }
  const contracts = given === undefined ? findContracts(io.cwd) : [given];
  if (contracts.length === 0) {
    io.stderr(
      'plumb init: found no contract (openapi.yaml or openapi.json, here or up to three folders down); ' +
        'name one: plumb init path/to/contract.yaml\n',
    );
    return EXIT.undecided;
  }
  writeFileSync(target, manifestFor(contracts), { flag: 'wx' });
  const names = contracts.map(nameOf).join(', ');
  io.stdout(`wrote plumb.yaml with ${names}\nnext: plumb spec lint ${nameOf(contracts[0] ?? '')}\n`);
  return EXIT.pass;
}

function findContracts(root: string): string[] {
  const found: string[] = [];
  const visit = (folder: string, depth: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth < 3) visit(path, depth + 1);
      else if (entry.isFile() && CONTRACT.test(entry.name)) found.push(relative(root, path).replaceAll('\\', '/'));
    }
  };
  visit(root, 0);
  return found.sort().slice(0, 50);
}

function nameOf(contract: string): string {
  const file = basename(contract).replace(/\.(ya?ml|json)$/, '');
  const folder = basename(dirname(contract));
  return file === 'openapi' && folder !== '' && folder !== '.' ? folder : file;
}

function manifestFor(contracts: string[]): string {
  const entries = contracts.map((contract) => {
    const name = nameOf(contract);
    return [
      `  ${JSON.stringify(name)}:`,
      `    contract: ${JSON.stringify(contract)}`,
      '    # The files that the agent may write.',
      `    code: [${JSON.stringify(`services/${name}/**`)}]`,
      '    # How the service starts; it gets its port in the environment variable PORT.',
      '    subject:',
      `      start: ${JSON.stringify(`node services/${name}/server.js`)}`,
    ].join('\n');
  });
  return `# Maps specs to code; see the README of plumb.\nspecs:\n${entries.join('\n')}\n`;
}
