import type { HealthState } from '#runtime';
import type { PublicationLedger } from './publication-ledger.ts';

/** How long a serial may be wanted before it counts that it is not served, in milliseconds. */
const GRACE_MS = 10_000;
/** At most this many zones are named. */
const MAX_NAMED = 20;

/** How zones are published: `degraded` where one is not served as it should be, with the zones and why. */
export async function publicationHealth(ledger: PublicationLedger, server: string | undefined): Promise<HealthState> {
  const { zones, waiting, failed } = await ledger.counts(GRACE_MS, server !== undefined);
  const details = { server: server ?? null, zones, waiting, failed };
  if (waiting + failed === 0) return { status: 'ok', ...details };
  const faulty = await ledger.list({ skip: 0, count: MAX_NAMED, faulty: server === undefined ? 'error' : 'any' });
  const reasons = faulty.map(
    ({ zone, wanted, served, error }) =>
      `${zone}: ${error ?? `serial ${wanted} is wanted, ${served ?? 'none'} is served`}`,
  );
  const more = waiting + failed > reasons.length ? [`and ${waiting + failed - reasons.length} more`] : [];
  return {
    status: 'degraded',
    reason: `zones are not published: ${[...reasons, ...more].join('; ')}`,
    ...details,
    faulty,
  };
}
