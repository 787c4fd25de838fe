/** Writes all mutants of a file into it, each behind a switch, so that one text serves for all of them. */
import { childrenOf, parseCode, type SyntaxNode } from '../code/syntax.ts';
import type { Mutant } from './mutant.ts';
import { ACTIVE, REACHED, SWITCH } from './switch.ts';

const PREFIX = '__plumbMutant';
const HEADER = `function ${PREFIX}(id){const g=globalThis,on=(g.${ACTIVE}??=Number(process.env.${SWITCH}??0))===id;if(on)g.${REACHED}=id;return on}`;

/** The text with switches, or why it cannot be made. */
export function instrument(file: string, text: string, mutants: Mutant[]): { text: string } | { problem: string } {
  const syntax = parseCode(file, text);
  if ('problem' in syntax) return syntax;
  const statements = new Set<number>();
  /** By the start of a block: where its directives end. */
  const directives = new Map<number, number>();
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'ExpressionStatement') statements.add(node.start ?? 0);
    if (node.type === 'BlockStatement') {
      const last = node.directives.at(-1);
      if (last !== undefined) directives.set(node.start ?? 0, last.end ?? 0);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(syntax.program);
  const hosts = Map.groupBy(mutants, (mutant) => `${mutant.start}:${mutant.end}`);
  const sorted = [...hosts.values()].toSorted(
    ([a], [b]) => (a?.start ?? 0) - (b?.start ?? 0) || (b?.end ?? 0) - (a?.end ?? 0),
  );
  let next = 0;
  const render = (start: number, end: number): string => {
    let written = '';
    let at = start;
    for (let group = sorted[next]; group !== undefined; group = sorted[next]) {
      const [first] = group;
      if (first === undefined || first.start >= end) break;
      next++;
      written += text.slice(at, first.start) + wrapped(group, first);
      at = first.end;
    }
    return written + text.slice(at, end);
  };
  const wrapped = (group: Mutant[], first: Mutant): string => {
    if (first.form === 'expression') {
      const switches = group.map(({ id, code }) => `${PREFIX}(${id})?(${flat(code)}):`).join('');
      // A bracket at the start of a line would call the line before where that has no semicolon.
      return `${statements.has(first.start) ? '0,' : ''}(${switches}(${render(first.start, first.end)}))`;
    }
    const inside = directives.get(first.start) ?? first.start + 1;
    const on = group.map(({ id }) => `${PREFIX}(${id})`).join('||');
    const head = text.slice(first.start, inside);
    if (first.form === 'function body') return `${head};if(${on})return;${render(inside, first.end)}`;
    return `${head}if(!(${on})){${render(inside, first.end - 1)}}}`;
  };
  const { directives: strict, interpreter } = syntax.program;
  const top = strict.at(-1)?.end ?? interpreter?.end ?? 0;
  const whole = `${text.slice(0, top)}${top === interpreter?.end ? '\n' : ';'}${HEADER};${render(top, text.length)}`;
  const again = parseCode(file, whole);
  return 'problem' in again ? { problem: `it cannot be instrumented: ${again.problem}` } : { text: whole };
}

/** A comment to the end of the line would eat the bracket. */
function flat(code: string): string {
  return code.includes('//') ? `${code}\n` : code;
}
