#!/usr/bin/env node
// The launcher: refuses an old Node with one clear line, answers trivial flags, then loads the app with a compile cache.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `plumb needs Node 22.19 or newer; this is Node ${process.versions.node}. ` +
      'Run it through npm (npm start, npm run plumb -- …), which brings its own Node, or install a newer one.\n',
  );
  process.exit(2);
}

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
