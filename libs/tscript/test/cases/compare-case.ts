import { lintText } from '../../src/lint-text.ts';
import { outline } from '../../src/outline.ts';
import { parse } from '../../src/parse.ts';
import type { Case, CaseParse, CaseRaise, CaseSeen } from './case.ts';
import { sameJson } from '../../src/json.ts';
import type { Played, Seen } from './play-case.ts';

/** How a script parses, in the form of the recordings. */
export function parsed(script: string): CaseParse {
  const { tree, faults } = parse(script);
  const [fault] = faults;
  const lint = lintText(script);
  if (fault === undefined) return { ok: true, lint, ...(tree !== undefined && { ast: outline(tree) }) };
  const syntax = fault.kind === 'syntax' || fault.kind === 'nesting';
  const { line, column } = syntax
    ? fault.statement
    : { line: fault.line, column: fault.kind === 'label' ? 0 : fault.column };
  return { ok: false, line, column, message: syntax ? 'Incomplete Parse' : fault.message, lint };
}

/** The letters of the parts in an outline or a stack, and the lines they are on: what both have in common with ours. */
function letters(parts: unknown): string[] {
  if (parts === null || typeof parts !== 'object') return [];
  if (!Array.isArray(parts)) return Object.values(parts).flatMap(letters);
  const [letter, , line] = parts as unknown[];
  const isPart = typeof letter === 'string' && /^[A-Z]$/.test(letter);
  const own = isPart ? [letter + (letter === 'L' && typeof line === 'number' ? line : '')] : [];
  return [...own, ...parts.flatMap(letters)];
}

function sameParts(expected: unknown, seen: unknown): boolean {
  return sameJson(letters(expected).sort(), letters(seen).sort());
}

/** Where a script parses otherwise than it should, in words. Trees are compared by the letters of their parts. */
export function parseDifferences(expected: CaseParse, seen: CaseParse): string[] {
  const keys = ['ok', 'lint', ...(expected.ok ? [] : (['line', 'column', 'message'] as const))] as const;
  const differences = keys.flatMap((key) => {
    const wanted = Object.hasOwn(expected, key) && (key === 'lint' || expected[key] !== null);
    return !wanted || sameJson(expected[key], seen[key]) ? [] : [difference(`parse.${key}`, expected[key], seen[key])];
  });
  const { ast } = expected;
  const sameTree = ast === undefined || !seen.ok || sameParts(ast, seen.ast);
  return sameTree ? differences : [...differences, difference('parse.ast', ast, seen.ast)];
}

/** Where a case goes otherwise than it should, in words. */
export function stepDifferences(row: Case, played: Played): string[] {
  let variables: unknown = row.variables ?? {};
  const differences = (row.steps ?? []).flatMap(({ expect, op }, index) => {
    const seen = played.steps[index];
    if (seen === undefined) return [`step ${index + 1} (${op}): not reached`];
    variables = expect.variables ?? variables;
    return seenDifferences({ ...expect, variables }, seen).map((text) => `step ${index + 1} (${op}): ${text}`);
  });
  const last = played.steps.at(-1);
  const { final, fixture_after: after } = row;
  if (final !== undefined && last !== undefined) {
    if (final.state !== last.state) differences.push(difference('final.state', final.state, last.state));
    if (!sameJson(final.variables, last.variables)) {
      differences.push(difference('final.variables', final.variables, last.variables));
    }
  }
  if (after !== undefined && !sameJson(after, played.cells))
    differences.push(difference('fixture', after, played.cells));
  return differences;
}

function seenDifferences(expected: CaseSeen, seen: Seen): string[] {
  const keys = ['returns', 'state', 'line', 'variables', 'status', 'cookie_changed'] as const;
  const differences = keys.flatMap((key) => {
    if (!Object.hasOwn(expected, key) || sameJson(expected[key], seen[key])) return [];
    return [difference(key, expected[key], seen[key])];
  });
  const { stack } = expected;
  if (stack !== undefined && !sameStack(stack, seen.stack)) differences.push(difference('stack', stack, seen.stack));
  if (!sameRaise(expected.raises, seen.raises)) differences.push(difference('raises', expected.raises, seen.raises));
  return differences;
}

/** Stacks are compared by the letters of their frames: how far each frame is was kept otherwise. */
function sameStack(expected: unknown, seen: unknown): boolean {
  const frames = (stack: unknown): unknown =>
    Array.isArray(stack)
      ? stack.map((frame: unknown) => (Array.isArray(frame) ? (frame[0] as unknown) : frame))
      : stack;
  return sameJson(frames(expected), frames(seen));
}

function sameRaise(expected: CaseRaise | undefined, seen: Seen['raises']): boolean {
  if (expected === undefined || seen === undefined) return expected === seen;
  const { message_match: match, ...rest } = expected;
  const keys = ['kind', 'line', 'resumable', ...(match === 'host' ? [] : (['message'] as const))] as const;
  return keys.every((key) => !Object.hasOwn(rest, key) || rest[key] === seen[key]);
}

function difference(what: string, expected: unknown, seen: unknown): string {
  return `${what}: expected ${JSON.stringify(expected)}, seen ${JSON.stringify(seen)}`;
}
