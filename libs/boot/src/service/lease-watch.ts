import type { Lease } from '#dhcp/agent';
import type { BootRequest } from '../trace/boot-request.ts';

/** Sees which leases were given, from looks at all that hold. */
export class LeaseWatch {
  /** In seconds since 1970. */
  readonly #since: number;
  /** When each was last given, by address. */
  #known: ReadonlyMap<string, number> = new Map();

  /** @param since in milliseconds since 1970: what was given before is no news */
  constructor(since: number) {
    // Kea tells whole seconds.
    this.#since = Math.floor(since / 1000);
  }

  /** What was given since the last look. */
  given(leases: readonly Lease[]): readonly BootRequest[] {
    const fresh = leases.filter(({ address, given }) => given >= this.#since && this.#known.get(address) !== given);
    this.#known = new Map(leases.map(({ address, given }) => [address, given]));
    return fresh.map(({ address, mac, hostName, given }) => ({
      time: new Date(given * 1000).toISOString(),
      address,
      mac,
      kind: 'lease',
      what: hostName,
      outcome: 'served',
      size: 0,
      durationMs: 0,
      detail: '',
    }));
  }
}
