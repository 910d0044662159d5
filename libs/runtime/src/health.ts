import type { HealthState, HealthStatus } from './health-registry.ts';
import { worst } from './health-registry.ts';

/** How somebody who listens to the log is getting on. */
export interface ListenerHealth {
  readonly kind: 'reaction' | 'reconciler' | 'follower';
  /** `standby`: another process runs it; `retrying`: it has failed and is tried again. */
  readonly status: 'standby' | 'running' | 'retrying';
  /** Since when it has this status, ISO 8601. */
  readonly since: string;
  /** Positions of the log it is behind; null for a reconciler. */
  readonly lag: number | null;
  /** What failed last, also where it goes well since. */
  readonly lastError: { readonly text: string; readonly at: string } | null;
  /** Events it could not handle, for an operator to look at. */
  readonly deadLetters: number;
}

/** How the server is. */
export interface Health {
  /** That of its worst part. */
  readonly status: HealthStatus;
  /** Whether it can serve: it has started, and no part is down. */
  readonly ready: boolean;
  /** Positions of the log the read models are behind; null where the log does not answer. */
  readonly lag: number | null;
  /** Rows that an event could not be folded into, by read model; they stay as they were. */
  readonly quarantine: Readonly<Record<string, readonly (string | number)[]>>;
  /** What it stands on. */
  readonly adapters: Readonly<Record<string, string>>;
  /** Whether this process keeps the read models. */
  readonly projecting: boolean;
  /** Reactions, reconcilers and followers, by name; empty where the database does not tell. */
  readonly reactions: Readonly<Record<string, ListenerHealth>>;
  /** How each part is, by the name of its indicator. */
  readonly checks: Readonly<Record<string, HealthState>>;
}

/** Puts together how the server is. */
export function healthOf(facts: {
  readonly ready: boolean;
  /** Undefined: the log does not answer. */
  readonly head: bigint | undefined;
  readonly reached: bigint;
  readonly projecting: boolean;
  readonly quarantined: ReadonlyMap<string, ReadonlySet<string | number>>;
  readonly adapters: Readonly<Record<string, string>>;
  /** With their names. */
  readonly listeners?: readonly (ListenerHealth & { readonly name: string })[];
  /** What the indicators tell, by name. */
  readonly checks?: Readonly<Record<string, HealthState>>;
}): Health {
  const quarantine = Object.fromEntries(
    [...facts.quarantined].filter(([, keys]) => keys.size > 0).map(([model, keys]) => [model, [...keys]]),
  );
  const { head, reached, listeners = [], checks = {} } = facts;
  const stuck = listeners.some(({ status, deadLetters }) => status === 'retrying' || deadLetters > 0);
  const degraded = Object.keys(quarantine).length > 0 || stuck;
  const status = worst([
    head === undefined ? 'down' : degraded ? 'degraded' : 'ok',
    ...Object.values(checks).map((check) => check.status),
  ]);
  return {
    status: facts.ready ? status : 'starting',
    ready: facts.ready && (status === 'ok' || status === 'degraded'),
    lag: head === undefined ? null : Math.max(0, Number(head - reached)),
    quarantine,
    adapters: facts.adapters,
    projecting: facts.projecting,
    reactions: Object.fromEntries(
      listeners.map(({ name, kind, status, since, lag, lastError, deadLetters }) => [
        name,
        { kind, status, since, lag, lastError, deadLetters },
      ]),
    ),
    checks,
  };
}
