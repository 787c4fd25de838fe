/**
 * Regular expressions in time linear in the text, for patterns that a spec brings along: no backtracking, so no
 * catastrophic pattern. CEL's `matches` asks for RE2, which has neither look-around nor back-references; those are
 * refused.
 */
import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { type Accepts, characterClass, characterSet, isWord } from './characters.ts';

export type LinearRegex =
  | {
      kind: 'regex';
      /** Whether some part of the text matches. */
      test(text: string): boolean;
    }
  | { kind: 'refused'; reason: string };

/** Instructions that one pattern may become; bounded repetitions are written out. */
const MAX_INSTRUCTIONS = 2000;

type Instruction =
  | { op: 'char'; accepts: Accepts }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { op: 'assert'; holds: (before: number, after: number) => boolean }
  | { op: 'match' };

class Refused extends Error {}

const cache = new Map<string, LinearRegex>();

/** Compiles a pattern (JavaScript syntax without look-around and back-references); the last 500 are kept. */
export function linearRegex(pattern: string): LinearRegex {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  const made = compile(pattern);
  if (cache.size >= 500) cache.clear();
  cache.set(pattern, made);
  return made;
}

function compile(pattern: string): LinearRegex {
  try {
    const ast = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern, 0, pattern.length, { unicode: true });
    const program = new Compiler().program(ast);
    return { kind: 'regex', test: (text) => run(program, text) };
  } catch (error) {
    return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) };
  }
}

class Compiler {
  private readonly code: Instruction[] = [];

  program(pattern: AST.Pattern): Instruction[] {
    this.alternatives(pattern.alternatives);
    this.emit({ op: 'match' });
    return this.code;
  }

  private emit(instruction: Instruction): number {
    if (this.code.length >= MAX_INSTRUCTIONS) throw new Refused('the pattern is too large');
    return this.code.push(instruction) - 1;
  }

  private alternatives(alternatives: AST.Alternative[]): void {
    const jumps: number[] = [];
    for (const [index, alternative] of alternatives.entries()) {
      const last = index === alternatives.length - 1;
      const split = last ? -1 : this.emit({ op: 'split', first: this.code.length + 1, second: 0 });
      for (const element of alternative.elements) this.element(element);
      if (last) break;
      jumps.push(this.emit({ op: 'jump', to: 0 }));
      this.code[split] = { op: 'split', first: split + 1, second: this.code.length };
    }
    for (const jump of jumps) this.code[jump] = { op: 'jump', to: this.code.length };
  }

  private element(element: AST.Element): void {
    switch (element.type) {
      case 'Character':
        return void this.emit({ op: 'char', accepts: (point) => point === element.value });
      case 'CharacterSet':
        return void this.emit({ op: 'char', accepts: characterSet(element) });
      case 'CharacterClass':
        return void this.emit({ op: 'char', accepts: characterClass(element) });
      case 'Group':
      case 'CapturingGroup':
        if (element.type === 'Group' && element.modifiers !== null) throw new Refused('modifiers are not supported');
        return this.alternatives(element.alternatives);
      case 'Quantifier':
        return this.quantifier(element);
      case 'Assertion':
        return void this.emit({ op: 'assert', holds: assertion(element) });
      default:
        throw new Refused(`${element.type} is not part of RE2`);
    }
  }

  private quantifier({ element, min, max }: AST.Quantifier): void {
    for (let count = 0; count < min; count++) this.element(element);
    if (max === Number.POSITIVE_INFINITY) {
      const split = this.emit({ op: 'split', first: this.code.length + 1, second: 0 });
      this.element(element);
      this.emit({ op: 'jump', to: split });
      this.code[split] = { op: 'split', first: split + 1, second: this.code.length };
      return;
    }
    const splits: number[] = [];
    for (let count = min; count < max; count++) {
      splits.push(this.emit({ op: 'split', first: this.code.length + 1, second: 0 }));
      this.element(element);
    }
    for (const split of splits) this.code[split] = { op: 'split', first: split + 1, second: this.code.length };
  }
}

function run(program: Instruction[], text: string): boolean {
  const states = new StateSet(program);
  let current: number[] = [];
  let before = -1;
  let at = 0;
  for (;;) {
    const point = text.codePointAt(at) ?? -1;
    // Every position may begin a match.
    const set = states.close([...current, 0], before, point);
    if (set === 'match') return true;
    if (point === -1) return false;
    current = [];
    for (const state of set) {
      const instruction = program[state];
      if (instruction?.op === 'char' && instruction.accepts(point)) current.push(state + 1);
    }
    before = point;
    at += point > 0xffff ? 2 : 1;
  }
}

/** Follows the steps that read nothing; each state is entered once per position. */
class StateSet {
  private readonly program: Instruction[];
  private readonly mark: Uint32Array;
  private generation = 0;

  constructor(program: Instruction[]) {
    this.program = program;
    this.mark = new Uint32Array(program.length + 1);
  }

  close(starts: number[], before: number, after: number): number[] | 'match' {
    this.generation += 1;
    const reached: number[] = [];
    const open = starts;
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (this.mark[state] === this.generation) continue;
      this.mark[state] = this.generation;
      const instruction = this.program[state];
      if (instruction === undefined) continue;
      if (instruction.op === 'match') return 'match';
      if (instruction.op === 'char') reached.push(state);
      else if (instruction.op === 'jump') open.push(instruction.to);
      else if (instruction.op === 'split') open.push(instruction.second, instruction.first);
      else if (instruction.holds(before, after)) open.push(state + 1);
    }
    return reached;
  }
}

function assertion(assertion: AST.Assertion): (before: number, after: number) => boolean {
  switch (assertion.kind) {
    case 'start':
      return (before) => before === -1;
    case 'end':
      return (_, after) => after === -1;
    case 'word':
      return (before, after) => (isWord(before) !== isWord(after)) !== assertion.negate;
    default:
      throw new Refused('look-around is not part of RE2');
  }
}
