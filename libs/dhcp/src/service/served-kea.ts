import { networkInterfaces } from 'node:os';
import type { Logger } from '#kernel';
import { kea4Configuration } from '../kea/kea4-configuration.ts';
import { kea6Configuration } from '../kea/kea6-configuration.ts';
import type { KeaDriverOptions } from '../kea/kea-driver.ts';
import { KeaDriver } from '../kea/kea-driver.ts';
import type { KeaMap } from '../kea/kea-json.ts';
import type { Lease } from '../kea/kea-leases.ts';
import { currentLeases, NO_LEASE_COMMANDS } from '../kea/kea-leases.ts';
import type { AskKea } from '../kea/kea-socket.ts';
import { KeaRefusal, keaSocket, KeaUnreachable } from '../kea/kea-socket.ts';
import type { Interfaces } from '../kea/local-links.ts';
import { interfacesBySubnet, questionTarget } from '../kea/local-links.ts';
import type { Proof } from '../kea/prove-service.ts';
import { offersLeases, questionsFor } from '../kea/prove-service.ts';
import { strangersLeases } from '../kea/strangers-leases.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import type { ServedWell } from './dhcp-cache.ts';
import type { DhcpOptions, DhcpServerStatus } from './dhcp-options.ts';

/** The longest pause after Kea could not be reached, in milliseconds. */
const MAX_PAUSE_MS = 30_000;

/** How many leases that are left out are logged. */
const MAX_TOLD = 20;

/** A server of Kea's with what is done with it. */
export class ServedKea {
  readonly name: 'dhcp4' | 'dhcp6';
  readonly family: 4 | 6;
  readonly #ask: AskKea;
  readonly #driver: KeaDriver;
  readonly #everyMs: number;
  readonly #log: Logger;
  #leases: readonly Lease[] | undefined;
  #asked = false;
  /** Addresses of leases that are left out, as text. */
  #leftOut = '';
  /** How long it is left alone after it could not be reached, in milliseconds, and until when. */
  #pauseMs = 0;
  #next = 0;

  constructor(family: 4 | 6, parts: KeaDriverOptions, everyMs: number) {
    this.name = `dhcp${family}`;
    this.family = family;
    this.#ask = parts.ask;
    this.#driver = new KeaDriver(parts);
    this.#everyMs = everyMs;
    this.#log = parts.log;
  }

  /** The leases it last told; undefined: it has told none. */
  get leases(): readonly Lease[] | undefined {
    return this.#leases;
  }

  get good(): readonly SiteSubnet[] | undefined {
    return this.#driver.good;
  }

  get running(): KeaMap | undefined {
    return this.#driver.running;
  }

  get status(): DhcpServerStatus {
    const good = this.#driver.good ?? [];
    return {
      server: this.name,
      ...this.#driver.state,
      subnets: good.length,
      machines: good.reduce((sum, { machines }) => sum + machines.length, 0),
      leases: this.#leases?.length,
    };
  }

  /** Has it serve subnets, and asks for its leases; one that could not be reached is left alone for a while. */
  async serve(subnets: readonly SiteSubnet[]): Promise<void> {
    if (performance.now() < this.#next) return;
    try {
      await this.#driver.serve(subnets);
      await this.#lookAtLeases();
      if (this.#driver.state.serves === 'wanted') await this.#endStrangersLeases(subnets);
      this.#pauseMs = 0;
    } catch (error) {
      if (!(error instanceof KeaUnreachable)) throw error;
      this.#next = performance.now() + this.#pauseMs;
      this.#pauseMs = Math.min(MAX_PAUSE_MS, 2 * Math.max(this.#pauseMs, this.#everyMs));
    }
  }

  async #lookAtLeases(): Promise<void> {
    const leftOut: string[] = [];
    this.#leases = await currentLeases(this.#ask, this.family, Date.now(), (address) => void leftOut.push(address));
    if (!this.#leases && !this.#asked) this.#log.warn(NO_LEASE_COMMANDS, { server: this.name });
    this.#asked = this.#leases === undefined;
    const text = leftOut.toSorted().slice(0, MAX_TOLD).join(', ');
    if (text !== '' && text !== this.#leftOut) {
      const fields = { server: this.name, addresses: text, in_all: leftOut.length };
      this.#log.warn('leases of clients without a MAC are not reported', fields);
    }
    this.#leftOut = text;
  }

  /** Ends leases of addresses that are another machine's, which would be given none until they are over. */
  async #endStrangersLeases(subnets: readonly SiteSubnet[]): Promise<void> {
    const strange = strangersLeases(subnets, this.#leases ?? []);
    for (const { lease, machine } of strange) {
      const fields = { server: this.name, address: lease.address, mac: lease.mac, of: machine.of };
      try {
        await this.#ask(`lease${this.family}-del`, { 'ip-address': lease.address });
        this.#log.info('a lease is ended, since the address is of another machine', fields);
      } catch (error) {
        if (!(error instanceof KeaRefusal)) throw error;
        this.#log.warn('a lease cannot be ended, though the address is of another machine', {
          ...fields,
          reason: error.message,
        });
      }
    }
    const ended = new Set(strange.map(({ lease }) => lease));
    this.#leases = this.#leases?.filter((lease) => !ended.has(lease));
  }
}

/**
 * The servers of Kea's that are named.
 * @param seen interfaces of this machine, those too whose link is down
 */
export function servedKeas(
  { kea4, kea6, settings, probe, everyMs, log, interfaces = networkInterfaces }: DhcpOptions,
  kept: ServedWell,
  seen: () => Interfaces,
): readonly ServedKea[] {
  const servers: ServedKea[] = [];
  if (kea4 !== undefined) {
    const ask = keaSocket(kea4);
    const prove = async (subnets: readonly SiteSubnet[], running: KeaMap): Promise<Proof> => {
      const target = probe ?? questionTarget(running, interfaces());
      return target ? offersLeases(ask, questionsFor(subnets, settings.relays), target) : 'unknown';
    };
    const render: KeaDriverOptions['render'] = (subnets, running) => kea4Configuration(subnets, settings, running);
    const parts = { ask, name: 'dhcp4', socket: kea4, render, prove, good: kept.dhcp4, log };
    servers.push(new ServedKea(4, parts, everyMs));
  }
  if (kea6 !== undefined) {
    const render: KeaDriverOptions['render'] = (subnets, running) => {
      const links = interfacesBySubnet(subnets, seen(), running);
      return kea6Configuration(subnets, { settings, interfaces: links }, running);
    };
    const ask = keaSocket(kea6);
    const prove = async (): Promise<Proof> => 'unknown';
    const parts = { ask, name: 'dhcp6', socket: kea6, render, prove, good: kept.dhcp6, log };
    servers.push(new ServedKea(6, parts, everyMs));
  }
  return servers;
}
