// Builds dist/ from src/: one bundle per entry with shared chunks, so that the first frame needs few file reads.
// Native and heavy packages stay outside and are imported when they are needed.
import { build } from 'esbuild';
import { readFileSync, rmSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
rmSync('dist', { recursive: true, force: true });
const options = {
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  external: ['better-sqlite3', '@anthropic-ai/sdk', '@anthropic-ai/sandbox-runtime', 'react-devtools-core'],
  define: { 'process.env.NODE_ENV': '"production"', PLUMB_VERSION: JSON.stringify(version) },
  // Importing a module of Node's reads all that it has; asking for it reads what is used.
  banner: { js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
  logLevel: 'warning',
};
await build({
  ...options,
  entryPoints: {
    cli: 'src/cli/main.ts',
    verify: 'src/verify/index.ts',
    // Threads of a verification; it stands beside the chunk that starts it.
    'verify-worker': 'src/verify/run/worker/thread.ts',
    'module-host': 'src/verify/subject/module-host.ts',
    'graphql-host': 'src/verify/subject/graphql-host.ts',
  },
});
// The library stands alone: it shares the fast-check of whoever imports it, and loads nothing of the program.
await build({
  ...options,
  entryPoints: { arbitrary: 'src/verify/arbitrary.ts' },
  external: [...options.external, 'fast-check'],
});
