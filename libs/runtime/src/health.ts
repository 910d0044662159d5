/** How the server is. */
export interface Health {
  /** `degraded`: it serves, and something needs a look; `down`: the log does not answer. */
  readonly status: 'ok' | 'degraded' | 'starting' | 'down';
  readonly ready: boolean;
  /** Positions of the log the read models are behind; null where the log does not answer. */
  readonly lag: number | null;
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
  /** Undefined: the log does not answer. */
  readonly head: bigint | undefined;
  readonly reached: bigint;
  readonly projecting: boolean;
  readonly quarantined: ReadonlyMap<string, ReadonlySet<string | number>>;
  readonly adapters: Readonly<Record<string, string>>;
}): Health {
  const quarantine = Object.fromEntries(
    [...facts.quarantined].filter(([, keys]) => keys.size > 0).map(([model, keys]) => [model, [...keys]]),
  );
  const { head, reached } = facts;
  const degraded = Object.keys(quarantine).length > 0;
  return {
    status: !facts.ready ? 'starting' : head === undefined ? 'down' : degraded ? 'degraded' : 'ok',
    ready: facts.ready && head !== undefined,
    lag: head === undefined ? null : Math.max(0, Number(head - reached)),
    quarantine,
    adapters: facts.adapters,
    projecting: facts.projecting,
  };
}
