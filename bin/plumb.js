#!/usr/bin/env node
// The launcher: hands over to the Node that npm brought where this one is too old, answers trivial flags, then loads the
// app with a compile cache.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) await handOver();

// Quicker than an import, which reads all that the module has.
const { readFileSync, existsSync } = process.getBuiltinModule('node:fs');
const argument = process.argv[2];
if (argument === '--version' || argument === '-v' || argument === 'version') {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${version}\n`);
} else {
  const app = new URL('../dist/cli.js', import.meta.url);
  if (existsSync(app)) {
    process.getBuiltinModule('node:module').enableCompileCache();
    const { main } = await import(app.href);
    await main();
  } else {
    process.stderr.write('plumb is not built yet: run `npm ci` (or `npm run build`) in its folder first.\n');
    process.exitCode = 3;
  }
}

/** Runs the same command on the Node beside the other packages, and ends as it ends; without one, says what to do. */
async function handOver() {
  const [{ existsSync }, { spawn }, { fileURLToPath }] = await Promise.all([
    import('node:fs'),
    import('node:child_process'),
    import('node:url'),
  ]);
  const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(own)) {
    process.stderr.write(
      `plumb needs Node 22.19 or newer; this is Node ${process.versions.node}. ` +
        'Run `npm ci` in its folder, which brings its own Node, or install a newer one.\n',
    );
    process.exit(2);
  }
  const child = spawn(own, process.argv.slice(1), { stdio: 'inherit' });
  // What is typed at a terminal reaches both of us.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve) => child.on('exit', (...end) => resolve(end)));
  if (signal !== null) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  process.exit(code ?? 3);
}
