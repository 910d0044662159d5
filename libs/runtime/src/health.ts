/** How the server is. */
export interface Health {
  /** `degraded`: it serves, and something needs a look. */
  readonly status: 'ok' | 'degraded' | 'starting';
  readonly ready: boolean;
  /** Positions of the log the read models are behind. */
  readonly lag: number;
  /** Rows that an event could not be folded into, by read model; they stay as they were. */
  readonly quarantine: Readonly<Record<string, readonly (string | number)[]>>;
  /** What it stands on. */
  readonly adapters: Readonly<Record<string, string>>;
  /** Whether this process keeps the read models. */
  readonly projecting: boolean;
}

/** Puts together how the server is. */
export function healthOf(facts: {
  readonly ready: boolean;
  readonly head: bigint;
  readonly reached: bigint;
  readonly projecting: boolean;
  readonly quarantined: ReadonlyMap<string, ReadonlySet<string | number>>;
  readonly adapters: Readonly<Record<string, string>>;
}): Health {
  const quarantine = Object.fromEntries(
    [...facts.quarantined].filter(([, keys]) => keys.size > 0).map(([model, keys]) => [model, [...keys]]),
  );
  const degraded = Object.keys(quarantine).length > 0;
  return {
    status: !facts.ready ? 'starting' : degraded ? 'degraded' : 'ok',
    ready: facts.ready,
    lag: Math.max(0, Number(facts.head - facts.reached)),
    quarantine,
    adapters: facts.adapters,
    projecting: facts.projecting,
  };
}
