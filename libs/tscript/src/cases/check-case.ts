import { compile } from '../compile.ts';
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
  const differences = differencesOf(expected, manner);
  if (differences.length === 0)
    return { id, passed: true, by: decided === undefined ? 'recorded' : 'decided', differences };
  const rule = decided === undefined ? decidedRules.find(({ explains }) => explains(row)) : undefined;
  if (rule === undefined) return { id, passed: false, by: decided === undefined ? 'recorded' : 'decided', differences };
  return { id, passed: true, by: rule.name, differences: [] };
}

function differencesOf(row: Case, manner: Manner | undefined): string[] {
  const differences = parseDifferences(row.parse, parsed(row.script));
  if (differences.length > 0 || !row.parse.ok) return differences;
  return stepDifferences(row, playCase(row, compile(row.script), manner));
}
