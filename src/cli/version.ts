import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version in package.json, read from the package that this file belongs to. */
export function appVersion(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string };
      return manifest.version ?? 'unknown';
    } catch {
      if (dirname(folder) === folder) return 'unknown';
    }
  }
}
