import { compile } from '../../src/compile.ts';
import type { Case, Decided } from './case.ts';
import { parseDifferences, parsed, stepDifferences } from './compare-case.ts';
import { decidedRules } from './decided-rules.ts';
import { type Manner, playCase } from './play-case.ts';

/** How a case came out: as recorded, as decided (and by what), or otherwise. */
export interface Checked {
  readonly id: string;
  readonly passed: boolean;
  readonly by: string;
  readonly differences: readonly string[];
}

/** Plays a case against the language. A decision for it stands above what was recorded, and a rule explains the rest. */
export function checkCase(row: Case, decided?: Decided, manner?: Manner): Checked {
  const { id } = row;
  const expected = decided === undefined ? row : { ...row, ...decided.expect };
  const by = decided === undefined ? 'recorded' : 'decided';
  const parse = parseDifferences(expected.parse, parsed(row.script));
  const differences = parse.length > 0 || !expected.parse.ok ? parse : stepsOf(expected, manner);
  if (differences.length === 0) return { id, passed: true, by, differences };
  const about = parse.length > 0 ? 'parse' : 'steps';
  const candidates = decided === undefined ? decidedRules.filter((rule) => rule.about.includes(about)) : [];
  const rule = candidates.find(({ explains }) => explains(row));
  return rule === undefined
    ? { id, passed: false, by, differences }
    : { id, passed: true, by: rule.name, differences: [] };
}

function stepsOf(row: Case, manner: Manner | undefined): string[] {
  return stepDifferences(row, playCase(row, compile(row.script), manner));
}
