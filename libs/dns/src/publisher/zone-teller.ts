import type { NameServer } from './bind-server.ts';
import { ServerAway, servedInTime } from './bind-server.ts';
import { inParallel } from './in-parallel.ts';
import type { PublishedZone } from './published-zone.ts';
import type { ZoneFiles } from './zone-files.ts';

/** How long zones may take to be loaded before they are told of again, in milliseconds. */
const LOAD_TIMEOUT_MS = 1500;
/** How many zones are asked for at a time. */
const QUESTIONS = 16;
/** How many commands are under way at a time. */
const COMMANDS = 4;
/** More zones than this are reloaded by one command for all. */
export const MAX_RELOADED = 20;

/** Why zones could not be told of: each for itself, or the name server as a whole. */
interface Faults {
  all?: string;
  readonly of: Map<string, string>;
}

/** Has a name server load zones, and believes only what it serves. */
export class ZoneTeller {
  readonly #server: NameServer;
  readonly #files: ZoneFiles;
  #mustReconfigure = false;
  #away = false;
  /** Why it could not be had to read anew which zones there are. */
  #lastFault: string | undefined;

  constructor(server: NameServer, files: ZoneFiles) {
    this.#server = server;
    this.#files = files;
  }

  /** Whether the name server did not answer when it was last asked. */
  get away(): boolean {
    return this.#away;
  }

  /** It has to read anew which zones there are, as soon as it can be told. */
  reconfigure(): void {
    this.#mustReconfigure = true;
  }

  /**
   * Tells of zones and asks what is served of them then. Those of which something later is served than what we have are
   * not told of: they need a later serial first.
   * @param written those whose file has changed
   * @param pending those that are not served as they should be, as far as is known
   * @throws the reason of the signal
   */
  async tell(
    { written, pending }: { readonly written: readonly PublishedZone[]; readonly pending: readonly PublishedZone[] },
    signal: AbortSignal,
  ): Promise<void> {
    const changed = new Set(written);
    const all = [...new Set([...written, ...pending])];
    const faults: Faults = { of: new Map() };
    try {
      await this.ask(all);
      const stale: PublishedZone[] = [];
      for (const zone of all.filter(({ laterServed }) => laterServed === undefined)) {
        if (changed.has(zone) || (!zone.isServed && (await this.#renew(zone)))) stale.push(zone);
      }
      if (stale.some(({ served }) => served === null)) this.#mustReconfigure = true;
      await this.#command(stale, { faults, signal });
      await inParallel(stale, QUESTIONS, (zone) => this.#confirm(zone, { faults, signal }));
    } catch (error) {
      if (!(error instanceof ServerAway)) throw error;
      for (const zone of all) zone.failed(faults.all ?? error.message);
    }
  }

  /** @returns why zones that are no more may still be served; undefined: they are not */
  async remaining(zones: readonly string[]): Promise<string | undefined> {
    if (this.#mustReconfigure) return this.#lastFault ?? 'the name server could not be told';
    const served: string[] = [];
    try {
      await inParallel(zones, QUESTIONS, async (zone) => {
        if ((await this.#server.served(zone)).serial !== null) served.push(zone);
      });
    } catch (error) {
      if (!(error instanceof ServerAway)) throw error;
      return error.message;
    }
    return served.length === 0 ? undefined : `${this.#server.name} serves ${served.slice(0, MAX_RELOADED).join(', ')}`;
  }

  /** The serials that are served of these zones, as far as that can be told. */
  async servedSerials(zones: readonly string[]): Promise<Map<string, number>> {
    const serials = new Map<string, number>();
    try {
      await inParallel(zones, QUESTIONS, async (zone) => {
        const { serial } = await this.#server.served(zone);
        if (serial !== null) serials.set(zone, serial);
      });
    } catch (error) {
      if (!(error instanceof ServerAway)) throw error;
    }
    return serials;
  }

  /** Asks what is served of these zones. @throws ServerAway */
  async ask(zones: readonly PublishedZone[]): Promise<void> {
    try {
      await inParallel(zones, QUESTIONS, async (zone) => {
        zone.served = (await this.#server.served(zone.name)).serial;
        if (zone.isServed && zone.bad === null) zone.succeeded();
      });
      if (zones.length > 0) this.#away = false;
    } catch (error) {
      if (error instanceof ServerAway) {
        this.#away = true;
        for (const zone of zones) zone.served = null;
      }
      throw error;
    }
  }

  /** Has the file of a zone look new that was told of before. @returns whether it is the one that was written */
  async #renew(zone: PublishedZone): Promise<boolean> {
    const { name, installed } = zone;
    if (!installed) return false;
    const mark = await this.#files.touch(name, installed.mark);
    if (mark === undefined) zone.doubtful = true;
    else zone.installed = { ...installed, mark };
    return mark !== undefined;
  }

  async #command(
    zones: readonly PublishedZone[],
    { faults, signal }: { readonly faults: Faults; readonly signal: AbortSignal },
  ): Promise<void> {
    if (this.#mustReconfigure) {
      faults.all = await this.#attempt(signal, () => this.#server.reconfigure(signal));
      this.#lastFault = faults.all;
      this.#mustReconfigure = faults.all !== undefined;
    }
    if (zones.length > MAX_RELOADED && faults.all === undefined) {
      faults.all = await this.#attempt(signal, () => this.#server.reload(undefined, signal));
      if (faults.all === undefined) return;
    }
    // Where it does not take its configuration as a whole, zones that it knows can be reloaded all the same.
    await inParallel(zones.slice(0, MAX_RELOADED), COMMANDS, async ({ name }) => {
      const fault = await this.#attempt(signal, () => this.#server.reload(name, signal));
      if (fault !== undefined) faults.of.set(name, faults.all ?? fault);
    });
    for (const { name } of zones.slice(MAX_RELOADED)) faults.of.set(name, faults.all ?? '');
  }

  /** @returns what went wrong */
  async #attempt(signal: AbortSignal, command: () => Promise<void>): Promise<string | undefined> {
    try {
      await command();
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      return (error as Error).message;
    }
  }

  async #confirm(
    zone: PublishedZone,
    { faults, signal }: { readonly faults: Faults; readonly signal: AbortSignal },
  ): Promise<void> {
    const serial = zone.installed?.version?.serial;
    const fault = faults.of.get(zone.name);
    const timeoutMs = fault === undefined && serial !== undefined ? LOAD_TIMEOUT_MS : 0;
    const served = await servedInTime(this.#server, { zone: zone.name, serial }, { timeoutMs, signal });
    zone.served = served.serial;
    if (zone.isServed) {
      zone.succeeded();
      return;
    }
    const instead = served.serial === null ? served.error : `${this.#server.name} serves serial ${served.serial}`;
    zone.failed(`${instead}; ${fault ?? `its log says why ${serial} was not loaded`}`);
  }
}
