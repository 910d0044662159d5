import type { ReadStore } from '#read-store';
import type { HealthState } from '#runtime';
import { services } from './services.ts';
import { users } from './users.ts';

const LEGACY = { where: { legacy: 'yes' } } as const;

/** Whether there are accounts whose password everybody knows: then somebody should look at that. */
export async function legacyAccountsHealth({ now: view }: Pick<ReadStore, 'now'>): Promise<HealthState> {
  const names = [...(await view.keys(users, LEGACY)).keys, ...(await view.keys(services, LEGACY)).keys].map(String);
  if (names.length === 0) return { status: 'ok' };
  const reason = `accounts with passwords that everybody knows: ${names.toSorted().join(', ')}; give them others, or delete them`;
  return { status: 'degraded', reason, names };
}
