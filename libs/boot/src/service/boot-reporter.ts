import { numbered } from '#dhcp/agent';
import type { Logger } from '#kernel';
import type { BootRequest } from '../trace/boot-request.ts';

/** A request as it is told to the server. */
export interface ToldRequest {
  readonly id: string;
  readonly time: string;
  readonly ip_address: string;
  readonly mac: string;
  readonly kind: BootRequest['kind'];
  readonly what: string;
  readonly outcome: BootRequest['outcome'];
  readonly size: number;
  readonly duration_ms: number;
  readonly detail: string;
}

/** What reports are made with. */
export interface BootReporterOptions {
  readonly report: (site: string, requests: readonly ToldRequest[]) => Promise<void>;
  /** At which site an address is; undefined: that is not known yet. */
  readonly siteOf: (address: string) => string | undefined;
  /** MACs by address. */
  readonly neighbours: () => Promise<ReadonlyMap<string, string>>;
  /** Whether what was refused would be refused again. */
  readonly isFinal: (error: unknown) => boolean;
  readonly log: Logger;
}

/** How many requests may wait to be told; with more, the oldest are forgotten. */
export const MAX_UNTOLD = 10_000;
/** How many are told at a time. */
const SLICE = 500;

/** Tells the server what machines have asked for; while it is away, that waits. */
export class BootReporter {
  readonly #options: BootReporterOptions;
  readonly #ids: string;
  #count = 0;
  #untold: ToldRequest[] = [];
  #forgotten = 0;

  /** @param started tells the requests of this run from those of others */
  constructor(options: BootReporterOptions, started: number) {
    this.#options = options;
    this.#ids = started.toString(36);
  }

  /** How many requests wait to be told, and how many were forgotten. */
  get state(): { readonly untold: number; readonly forgotten: number } {
    return { untold: this.#untold.length, forgotten: this.#forgotten };
  }

  note({
    address: from,
    durationMs,
    mac = '',
    ...request
  }: Omit<BootRequest, 'mac'> & { readonly mac?: string }): void {
    // Of an address on a wire the zone says which interface of this machine is on it: that is nobody else's business.
    const address = from.replace(/%.*$/s, '');
    if (!numbered(address)) {
      this.#options.log.warn('what was asked for from no address is not told', { address: from, what: request.what });
      return;
    }
    this.#count += 1;
    const id = `${this.#ids}-${this.#count}`;
    this.#untold.push({ ...request, id, ip_address: address, mac, duration_ms: durationMs });
    if (this.#untold.length <= MAX_UNTOLD) return;
    this.#untold.shift();
    this.#forgotten += 1;
  }

  /** Tells what waits. @throws Error where the server cannot be told; it waits on */
  async tell(): Promise<void> {
    if (this.#untold.length === 0) return;
    const macs = await this.#options.neighbours();
    // While it is told, more may come, and the oldest be forgotten.
    const waiting = this.#untold.map((one) => (one.mac ? one : { ...one, mac: macs.get(one.ip_address) ?? '' }));
    this.#untold = [...waiting];
    const bySite = new Map<string, ToldRequest[]>();
    for (const one of waiting) {
      const site = this.#options.siteOf(one.ip_address);
      if (site !== undefined) pushTo(bySite, site, one);
    }
    const faults: string[] = [];
    for (const [site, requests] of bySite) {
      await this.#tellAll(site, requests).catch((error: unknown) => {
        faults.push(`site ${site}: ${(error as Error).message}`);
      });
    }
    if (faults.length > 0) throw new Error(faults.join('; '));
  }

  async #tellAll(site: string, requests: readonly ToldRequest[]): Promise<void> {
    for (let at = 0; at < requests.length; at += SLICE) await this.#tellSome(site, requests.slice(at, at + SLICE));
  }

  async #tellSome(site: string, requests: readonly ToldRequest[]): Promise<void> {
    try {
      await this.#options.report(site, requests);
    } catch (error) {
      if (!this.#options.isFinal(error)) throw error;
      this.#forgotten += requests.length;
      const reason = (error as Error).message;
      this.#options.log.warn('what machines asked for is not taken, and forgotten', { site, reason });
    }
    const told = new Set(requests.map(({ id }) => id));
    this.#untold = this.#untold.filter(({ id }) => !told.has(id));
  }
}

function pushTo(groups: Map<string, ToldRequest[]>, site: string, one: ToldRequest): void {
  const group = groups.get(site);
  if (group) group.push(one);
  else groups.set(site, [one]);
}
