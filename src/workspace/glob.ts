/**
 * A test for relative paths with forward slashes: `*` and `?` stay within a segment, `**` crosses them, `{a,b}` is
 * either. A pattern without a wildcard also matches everything below it. Hidden files are matched like others.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const clean = pattern.replace(/^\.\//, '').replace(/\/+$/, '');
  const expression = new RegExp(`^${translated(clean)}${/[*?{]/.test(clean) ? '' : '(?:/.*)?'}$`, 's');
  return (path) => expression.test(path);
}

/** The longest leading folder, or whole file, of a pattern that holds no wildcard; empty for the root. */
export function literalPrefix(pattern: string): string {
  const segments = pattern.replace(/^\.\//, '').replace(/\/+$/, '').split('/');
  const wild = segments.findIndex((segment) => /[*?{]/.test(segment));
  return (wild === -1 ? segments : segments.slice(0, wild)).filter((segment) => segment !== '.').join('/');
}

function translated(pattern: string): string {
  let expression = '';
  let depth = 0;
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern[index] ?? '';
    if (pattern.startsWith('**/', index) && (index === 0 || pattern[index - 1] === '/')) {
      expression += '(?:.*/)?';
      index += 2;
    } else if (pattern.startsWith('**', index)) {
      expression += '.*';
      index += 1;
    } else if (char === '*') expression += '[^/]*';
    else if (char === '?') expression += '[^/]';
    else if (char === '{' && pattern.includes('}', index)) {
      expression += '(?:';
      depth += 1;
    } else if (char === '}' && depth > 0) {
      expression += ')';
      depth -= 1;
    } else if (char === ',' && depth > 0) expression += '|';
    else expression += char.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  }
  return expression + ')'.repeat(depth);
}
