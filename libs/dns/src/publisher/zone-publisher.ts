import type { Logger } from '#kernel';
import type { ZoneContent, ZoneSet } from '../zone-source.ts';
import type { NameServer } from './bind-server.ts';
import { ServerAway } from './bind-server.ts';
import type { Transfers } from './include-keeper.ts';
import { IncludeKeeper } from './include-keeper.ts';
import type { PublicationLedger } from './publication-ledger.ts';
import { PublishedZone } from './published-zone.ts';
import type { ZoneFiles } from './zone-files.ts';
import { ZoneTeller } from './zone-teller.ts';
import { ZoneWriter } from './zone-writer.ts';

/** How often it is looked whether files and name server are still as they should be, in milliseconds. */
const LOOK_MS = 10_000;
/** How long it is waited before it is tried again to have zones that are no more served no longer, in milliseconds. */
const REMOVE_RETRY_MS = 10_000;
/** At most this many zones are named in one line of the log. */
const MAX_TOLD = 20;
/** At most this many zones are looked at each time; all of them where one is not as it should be. */
export const MAX_LOOKED = 200;

export interface ZonePublisherOptions {
  readonly ledger: PublicationLedger;
  readonly files: ZoneFiles;
  /** Undefined: zones are written, and nobody is told. */
  readonly server: NameServer | undefined;
  readonly transfers: Transfers;
  readonly log: Logger;
  readonly lookMs?: number;
}

/** Brings zones from what they say to what a name server serves; knows between its runs how far each has come. */
export class ZonePublisher {
  readonly #options: ZonePublisherOptions;
  readonly #writer: ZoneWriter;
  readonly #teller: ZoneTeller | undefined;
  readonly #include: IncludeKeeper;
  readonly #zones = new Map<string, PublishedZone>();
  /** Zones that are no more, whose files are still there. */
  readonly #gone = new Set<string>();
  readonly #noted = new Map<string, string>();
  #term: AbortSignal | undefined;
  #lookAt = 0;
  #removeAt = 0;
  #cursor = 0;

  constructor(options: ZonePublisherOptions) {
    const { files, ledger, server, transfers } = options;
    this.#options = options;
    this.#writer = new ZoneWriter(files, ledger);
    this.#teller = server && new ZoneTeller(server, files);
    this.#include = new IncludeKeeper(files, transfers);
  }

  /** Whether something is to be done though no zone has changed. */
  get isDue(): boolean {
    if (performance.now() >= this.#lookAt || (this.#gone.size > 0 && performance.now() >= this.#removeAt)) return true;
    return [...this.#zones.values()].some((zone) => this.#isPending(zone) && zone.isDue);
  }

  /**
   * One run: what has changed is written and told, and what is not served yet is tried again. What hinders one zone is
   * told of that zone, and hinders no other.
   * @param signal of the term in which this process publishes
   * @throws the reason of the signal; Overtaken; what the database or the directory itself throws
   */
  async publish(set: ZoneSet, signal: AbortSignal): Promise<void> {
    if (signal !== this.#term) await this.#begin(signal);
    await this.#adopt(set);
    await this.#look();
    await this.#pass(set);
    await this.#bring(signal);
    if (await this.#pass(set)) await this.#bring(signal);
    await this.#remove(set.position);
    await this.#note();
  }

  /** Forgets what is known of files and name server: another process may have changed them. */
  async #begin(term: AbortSignal): Promise<void> {
    const { files, ledger, lookMs = LOOK_MS } = this.#options;
    this.#zones.clear();
    this.#gone.clear();
    this.#noted.clear();
    await files.open();
    for (const name of await ledger.present()) this.#gone.add(name);
    this.#include.forget();
    this.#teller?.reconfigure();
    this.#lookAt = performance.now() + lookMs;
    this.#term = term;
  }

  /** Learns which zones there are, and which say something else. */
  async #adopt({ zones, position }: ZoneSet): Promise<void> {
    const changed = [...zones.values()].filter((content) => this.#zones.get(content.name)?.wanted.content !== content);
    if (changed.length > 0) await this.#want(changed, position);
    for (const name of zones.keys()) this.#gone.delete(name);
    for (const name of this.#zones.keys()) {
      if (zones.has(name)) continue;
      this.#zones.delete(name);
      this.#gone.add(name);
      this.#removeAt = 0;
    }
  }

  async #want(contents: readonly ZoneContent[], position: bigint, later?: ReadonlyMap<string, number>): Promise<void> {
    const { ledger } = this.#options;
    // Zones that were served before we knew of them: their next serial has to be later than that.
    const fresh = contents.flatMap(({ name }) => (this.#zones.has(name) ? [] : [name]));
    const unknown = fresh.length > 0 ? await ledger.unknown(fresh) : [];
    const passed = later ?? (await this.#teller?.servedSerials(unknown));
    const serials = await ledger.serials(contents, position, passed);
    for (const content of contents) {
      const version = { content, serial: serials.get(content.name) ?? 0 };
      const known = this.#zones.get(content.name);
      if (known) {
        known.want(version);
        continue;
      }
      const zone = new PublishedZone(version);
      await this.#writer.recognise(zone);
      this.#zones.set(content.name, zone);
    }
  }

  /** Looks from time to time whether everything is still as it was. */
  async #look(): Promise<void> {
    if (performance.now() < this.#lookAt) return;
    this.#lookAt = performance.now() + (this.#options.lookMs ?? LOOK_MS);
    const all = [...this.#zones.values()];
    const from = all.length > MAX_LOOKED ? this.#cursor % all.length : 0;
    const some = [...all.slice(from), ...all.slice(0, from)].slice(0, MAX_LOOKED);
    this.#cursor = from + some.length;
    if (!(await this.#lookAtSome(some)) && some.length < all.length) await this.#lookAtSome(all);
    if (!(await this.#include.isIntact())) this.#teller?.reconfigure();
  }

  /** @returns whether all of them are as they should be */
  async #lookAtSome(zones: readonly PublishedZone[]): Promise<boolean> {
    let fine = true;
    for (const zone of zones) {
      if (await this.#writer.isIntact(zone)) continue;
      fine = false;
      zone.doubtful = true;
    }
    const served = zones.filter((zone) => zone.installed && zone.isServed);
    try {
      await this.#teller?.ask(served);
    } catch (error) {
      if (!(error instanceof ServerAway)) throw error;
      for (const zone of this.#zones.values()) zone.served = null;
      return true;
    }
    return fine && (this.#teller === undefined || served.every((zone) => zone.isServed));
  }

  /** Gives later serials to zones of which something later is served than what we have. @returns whether there are such */
  async #pass({ zones, position }: ZoneSet): Promise<boolean> {
    const passed = new Map<string, number>();
    for (const { name, laterServed } of this.#zones.values()) {
      if (laterServed !== undefined) passed.set(name, laterServed);
    }
    const contents = [...passed.keys()].flatMap((name) => zones.get(name) ?? []);
    if (contents.length > 0) await this.#want(contents, position, passed);
    return contents.length > 0;
  }

  /** Writes, tells and asks. */
  async #bring(signal: AbortSignal): Promise<void> {
    const teller = this.#teller;
    const all = [...this.#zones.values()];
    const due = all.filter((zone) => this.#isPending(zone) && zone.isDue);
    const written = await this.#writer.write(due, signal);
    if (await this.#include.keep(all.flatMap(({ name, installed }) => (installed ? [name] : [])))) {
      teller?.reconfigure();
    }
    if (!teller) {
      for (const zone of written) zone.succeeded();
      return;
    }
    const wasAway = teller.away;
    await teller.tell({ written, pending: due.filter((zone) => zone.installed && !zone.isServed) }, signal);
    if (wasAway && !teller.away) for (const zone of all) zone.retry();
  }

  /** Removes what is left of zones that are no more, once they are served no longer. */
  async #remove(position: bigint): Promise<void> {
    if (this.#gone.size === 0 || performance.now() < this.#removeAt) return;
    const { files, ledger } = this.#options;
    const names = [...this.#gone];
    const fault = await this.#teller?.remaining(names);
    if (fault === undefined) {
      for (const name of names) await files.remove(name);
      await ledger.vanished(names, position);
      this.#gone.clear();
      return;
    }
    this.#removeAt = performance.now() + REMOVE_RETRY_MS;
    await ledger.note(
      names.map((zone) => ({ zone, served: null, error: `it is no more, and may still be served: ${fault}` })),
    );
    this.#options.log.warn('zones that are no more may still be served', {
      zones: names.slice(0, MAX_TOLD),
      error: fault,
    });
  }

  #isPending(zone: PublishedZone): boolean {
    return zone.needsWriting || (this.#teller !== undefined && zone.installed !== undefined && !zone.isServed);
  }

  /** Keeps what has changed of how zones stand, and says what is wrong. */
  async #note(): Promise<void> {
    const changed = [...this.#zones.values()].filter(
      (zone) => this.#noted.get(zone.name) !== `${zone.served} ${zone.error}`,
    );
    await this.#options.ledger.note(changed.map(({ name, served, error }) => ({ zone: name, served, error })));
    for (const { name, served, error, wanted } of changed) {
      this.#noted.set(name, `${served} ${error}`);
      const fields = { zone: name, wanted: wanted.serial, served };
      if (error === null) this.#options.log.info('a zone was published', fields);
      else this.#options.log.warn('a zone is not published', { ...fields, error });
    }
    for (const name of this.#noted.keys()) if (!this.#zones.has(name)) this.#noted.delete(name);
  }
}
