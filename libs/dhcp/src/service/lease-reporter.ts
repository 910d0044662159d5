import type { Lease } from '../kea/kea-leases.ts';

/** A lease as the server knows it. */
export interface ReportedLease {
  readonly ip_address: string;
  readonly mac: string;
  readonly host_name: string;
}

/** The server, as far as leases are told to it. */
export interface LeaseServer {
  /** What this agent has reported of a site that holds. */
  reported(site: string): Promise<readonly ReportedLease[]>;
  report(site: string, granted: readonly ReportedLease[], ended: readonly ReportedLease[]): Promise<void>;
}

/** How many changes of each kind are told at a time; the server takes twice as many. */
const SLICE = 500;

/** Tells the server which leases are new and which have ended, and nothing else. */
export class LeaseReporter {
  readonly #server: LeaseServer;
  /** What the server knows, by site and address. */
  readonly #known = new Map<string, Map<string, ReportedLease>>();

  constructor(server: LeaseServer) {
    this.#server = server;
  }

  /** Tells what has changed at a site. @throws Error where the server cannot be told; it is asked anew what it knows */
  async tell(site: string, leases: readonly Lease[]): Promise<void> {
    try {
      await this.#tell(site, leases);
    } catch (error) {
      this.#known.delete(site);
      throw error;
    }
  }

  async #tell(site: string, leases: readonly Lease[]): Promise<void> {
    let known = this.#known.get(site);
    if (!known) {
      known = new Map((await this.#server.reported(site)).map((one) => [one.ip_address, one]));
      this.#known.set(site, known);
    }
    const now = new Map(
      leases.map(({ address, mac, hostName }): readonly [string, ReportedLease] => [
        address,
        { ip_address: address, mac, host_name: hostName },
      ]),
    );
    const granted = [...now.values()].filter((one) => !isSame(known.get(one.ip_address), one));
    const ended = [...known.values()].filter(({ ip_address: address }) => !now.has(address));
    for (let at = 0; at < granted.length || at < ended.length; at += SLICE) {
      const [begun, over] = [granted.slice(at, at + SLICE), ended.slice(at, at + SLICE)];
      await this.#server.report(site, begun, over);
      for (const one of begun) known.set(one.ip_address, one);
      for (const { ip_address: address } of over) known.delete(address);
    }
  }
}

const isSame = (one: ReportedLease | undefined, other: ReportedLease): boolean =>
  one?.mac === other.mac && one.host_name === other.host_name;
