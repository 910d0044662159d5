import { isDeepStrictEqual } from 'node:util';
import type { ConfigCases, ConfigGroup, Outcome } from './config-case.ts';
import { decidedRules } from './decided-rules.ts';
import { playCase } from './play-case.ts';

/** How a case came out: as recorded, as decided (by which rule), or otherwise. */
export interface CheckedCase {
  readonly id: string;
  readonly differences: readonly string[];
  /** The decision it counts by, where it goes otherwise than recorded. */
  readonly by?: string;
}

/** The groups of recorded cases that are about configuration. */
export const configGroups: readonly ConfigGroup[] = ['overlay', 'merge', 'render', 'config_url'];

/** Plays a recorded case; where it goes otherwise than recorded, a decision has to account for it. */
export function checkCase<G extends ConfigGroup>(group: G, row: ConfigCases[G]): CheckedCase {
  const { id } = row;
  const outcome = playCase(group, row);
  if (isAsRecorded(row, outcome)) return { id, differences: [] };
  const rule = decidedRules.find(({ explains }) => explains(group, row, outcome));
  if (rule) return { id, differences: [], by: rule.name };
  return { id, differences: [`recorded ${JSON.stringify(row)}`, `but came to ${JSON.stringify(outcome)}`] };
}

function isAsRecorded(row: ConfigCases[ConfigGroup], { result, faults }: Outcome): boolean {
  if ('match' in row) return isDeepStrictEqual(withoutNull(result), withoutNull(row.match));
  if (row.error === undefined) return faults.length === 0 && isDeepStrictEqual(result, row.result);
  return result === undefined && faults.some(({ error, message }) => error === row.error && message === row.message);
}

/** Parts that are not there were recorded as null, or not at all; the key of a uuid goes by another name. */
function withoutNull(parts: unknown): unknown {
  if (typeof parts !== 'object' || parts === null) return null;
  const given = Object.entries(parts as Record<string, unknown>).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([key, value]) => [key === 'config_uuid' ? 'uuid' : key, value]));
}
