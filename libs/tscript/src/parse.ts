import { type Unreadable, cursorAt } from './cursor.ts';
import { parseLines } from './parse-statements.ts';
import { type SourceFault, faultAt } from './source-fault.ts';
import { type SourceText, sourceText, spanOf } from './source-text.ts';
import type { Line, Tree } from './tree.ts';
import { validate } from './validate.ts';

/** How many places that cannot be read are reported at most. */
const mostFaults = 50;

/** A parsed source: the tree when the whole of it could be read, and what keeps it from being compiled. */
export interface Parsed {
  readonly tree?: Tree;
  readonly faults: readonly SourceFault[];
}

/** Reads a source. Reading goes on after a fault with the next line, so several may be reported. */
export function parse(source: string): Parsed {
  const text = sourceText(source);
  const faults: SourceFault[] = [];
  const lines = linesOf(text, faults);
  if (lines === null || faults.length > 0) return { faults };
  const tree: Tree = { kind: 'script', lines, at: spanOf(text, 0, source.length) };
  return { tree, faults: validate(tree, text) };
}

/** The lines of a source, and its faults; null when there are too many to go on. */
function linesOf(text: SourceText, faults: SourceFault[]): Line[] | null {
  const recover = (unreadable: Unreadable): void => {
    const fault = syntaxFault(text, unreadable);
    if (!follows(fault, faults)) faults.push(fault);
    if (faults.length >= mostFaults) throw new Hopeless();
  };
  try {
    return parseLines(cursorAt(text), recover, false);
  } catch (thrown) {
    if (thrown instanceof Hopeless) return null;
    throw thrown;
  }
}

/** Thrown when there are so many faults that nothing is won by more. */
class Hopeless extends Error {}

function syntaxFault(source: SourceText, unreadable: Unreadable): SourceFault {
  const { offset, span, expected, statement, words } = unreadable;
  const kind = words?.startsWith('nested deeper') === true ? 'nesting' : 'syntax';
  const fault = faultAt(source, kind, { offset, length: span, statement }, { message: words ?? '', expected });
  return words === undefined ? { ...fault, message: `${fault.found} where ${choice(expected)} was expected` } : fault;
}

/** Whether a fault only follows from an earlier one: a second one at the place, or an `elif` that lost its `if`. */
function follows(fault: SourceFault, earlier: readonly SourceFault[]): boolean {
  const again = earlier.some(({ line, column }) => line === fault.line && column === fault.column);
  return again || (earlier.length > 0 && /^\s*elif\b/.test(fault.excerpt));
}

function choice(expected: readonly string[]): string {
  const last = expected.at(-1) ?? 'something else';
  return expected.length < 2 ? last : `${expected.slice(0, -1).join(', ')} or ${last}`;
}
