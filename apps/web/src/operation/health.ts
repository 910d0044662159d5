import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';

/** How one part of the server is. */
export interface Check {
  readonly status: 'ok' | 'degraded' | 'down' | 'starting';
  readonly reason?: string;
  readonly [detail: string]: unknown;
}

/** How somebody who listens to the log is getting on. */
export interface Listener {
  readonly kind: string;
  readonly status: string;
  readonly since: string;
  readonly lag: number | null;
  readonly lastError: { readonly text: string; readonly at: string } | null;
  readonly deadLetters: number;
}

/** How the server is (docs/operating.md). */
export interface Health {
  readonly status: Check['status'];
  readonly ready: boolean;
  readonly lag: number | null;
  readonly quarantine: Readonly<Record<string, readonly (string | number)[]>>;
  readonly adapters: Readonly<Record<string, string>>;
  readonly projecting: boolean;
  readonly reactions: Readonly<Record<string, Listener>>;
  readonly checks: Readonly<Record<string, Check>>;
}

/** How often it is asked, in milliseconds. */
const EVERY_MS = 5000;

/** A server that is not ready says so with 503 and the same body. */
async function readHealth({ signal }: { readonly signal: AbortSignal }): Promise<Health> {
  const response = await fetch('/health', { signal });
  return (await response.json()) as Health;
}

/** How the server is, asked again and again while it is looked at. */
export const useHealth = (): UseQueryResult<Health> =>
  useQuery({ queryKey: ['health'], queryFn: readHealth, refetchInterval: EVERY_MS });

/** Something that wants to be looked at. */
export interface Concern {
  readonly id: string;
  readonly severity: 'danger' | 'warning';
  readonly title: string;
  readonly text: string;
  readonly path: string;
}

/** Where a part of the server is looked at. */
const PLACES: Readonly<Record<string, string>> = {
  subcontractors: '/operation/subcontractors',
  deliveries: '/operation/webhooks',
  projector: '/operation/readmodels',
};

/** What of the health of a server wants to be looked at, the worst first. */
export function concernsOf(health: Health | undefined): readonly Concern[] {
  if (!health) return [];
  const checks = Object.entries(health.checks)
    .filter(([, { status }]) => status !== 'ok')
    .map(([name, { status, reason }]): Concern => {
      const severity = status === 'down' ? 'danger' : 'warning';
      const path = PLACES[name] ?? '/operation/health';
      return { id: `check ${name}`, severity, title: `${name}: ${status}`, text: reason ?? '', path };
    });
  const listeners = Object.entries(health.reactions)
    .filter(([, { status, deadLetters }]) => status === 'retrying' || deadLetters > 0)
    .map(([name, { deadLetters, lastError }]): Concern => {
      const title =
        deadLetters > 0 ? `${name} has left out ${countText(deadLetters, 'event')}` : `${name} is tried again`;
      const path = deadLetters > 0 ? '/operation/deadletters' : '/operation/health';
      return { id: `reaction ${name}`, severity: 'warning', title, text: lastError?.text ?? '', path };
    });
  const rows = Object.values(health.quarantine).reduce((sum, keys) => sum + keys.length, 0);
  const quarantine: readonly Concern[] =
    rows === 0
      ? []
      : [
          {
            id: 'quarantine',
            severity: 'warning',
            title: `${countText(rows, 'row')} of the read models in quarantine`,
            text: Object.keys(health.quarantine).join(', '),
            path: '/operation/readmodels',
          },
        ];
  return [...checks, ...quarantine, ...listeners].toSorted((one, other) =>
    one.severity === other.severity ? 0 : one.severity === 'danger' ? -1 : 1,
  );
}

/** A number with its noun: `1 event`, `2 events`. */
export const countText = (n: number, noun: string): string => `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
