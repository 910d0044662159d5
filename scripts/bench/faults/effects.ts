import { readFile } from 'node:fs/promises';

/** An effect as the test platform writes it down. */
export interface LedgerEffect {
  readonly task: string;
  readonly name: string;
}

/** What agents have done so far. */
export async function readEffects(ledger: string): Promise<readonly LedgerEffect[]> {
  const text = await readFile(ledger, 'utf8').catch(() => '');
  // Behind the last end of a line is what an agent is writing just now.
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as LedgerEffect);
}

/** How many effects each name has. */
export function countByName(effects: readonly LedgerEffect[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of effects) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
