import { lintText } from '../lint-text.ts';
import { outline } from '../outline.ts';
import { parse } from '../parse.ts';
import type { Case, CaseParse, CaseRaise, CaseSeen } from './case.ts';
import { sameJson } from '../json.ts';
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

/** Where a script parses otherwise than it should, in words. */
export function parseDifferences(expected: CaseParse, seen: CaseParse): string[] {
  const keys = ['ok', 'lint', 'ast', ...(expected.ok ? [] : (['line', 'column', 'message'] as const))] as const;
  return keys.flatMap((key) => {
    if (
      !Object.hasOwn(expected, key) ||
      (expected[key] === null && key !== 'lint') ||
      sameJson(expected[key], seen[key])
    )
      return [];
    return [difference(`parse.${key}`, expected[key], seen[key])];
  });
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
  const keys = ['returns', 'state', 'line', 'variables', 'status', 'stack', 'cookie_changed'] as const;
  const differences = keys.flatMap((key) => {
    if (!Object.hasOwn(expected, key) || sameJson(expected[key], seen[key])) return [];
    return [difference(key, expected[key], seen[key])];
  });
  if (!sameRaise(expected.raises, seen.raises)) differences.push(difference('raises', expected.raises, seen.raises));
  return differences;
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
