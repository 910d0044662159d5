import { inParallel } from './in-parallel.ts';
import type { PublicationLedger } from './publication-ledger.ts';
import type { PublishedZone, Version } from './published-zone.ts';
import type { Draft, ZoneFiles } from './zone-files.ts';
import { BadZone } from './zone-files.ts';

/** How many zones are checked at a time. */
const CHECKS = 2;
/** How many checked zones may stand beside their files at a time. */
const MAX_DRAFTS = 64;

interface Checked {
  readonly zone: PublishedZone;
  readonly version: Version;
  readonly draft: Draft;
}

/** Brings the files of zones to the versions they are to have; what is not well-formed replaces nothing. */
export class ZoneWriter {
  readonly #files: ZoneFiles;
  readonly #ledger: PublicationLedger;

  constructor(files: ZoneFiles, ledger: PublicationLedger) {
    this.#files = files;
    this.#ledger = ledger;
  }

  /** Finds out what stands in the file of a zone that this process has not written. */
  async recognise(zone: PublishedZone): Promise<void> {
    const { wanted } = zone;
    const file = this.#files.fileOf(zone.name);
    const mark = await this.#files.matches(file, wanted.content.text(wanted.serial));
    if (mark !== undefined) {
      zone.installed = { version: wanted, mark };
      return;
    }
    const other = await this.#files.markOf(file);
    zone.installed = other === undefined ? undefined : { version: undefined, mark: other };
  }

  /** Whether the file of a zone is still the one that was written. */
  async isIntact({ name, installed }: PublishedZone): Promise<boolean> {
    return (await this.#files.markOf(this.#files.fileOf(name))) === installed?.mark;
  }

  /**
   * Writes those of these zones that have to be written.
   * @returns those whose file is another now
   * @throws the reason of the signal; what the database throws
   */
  async write(zones: readonly PublishedZone[], signal: AbortSignal): Promise<readonly PublishedZone[]> {
    const written: PublishedZone[] = [];
    const pending = zones.filter((zone) => zone.needsWriting);
    for (let n = 0; n < pending.length; n += MAX_DRAFTS) {
      written.push(...(await this.#writeSome(pending.slice(n, n + MAX_DRAFTS), signal)));
    }
    return written;
  }

  async #writeSome(zones: readonly PublishedZone[], signal: AbortSignal): Promise<readonly PublishedZone[]> {
    const drafts: Checked[] = [];
    const written: PublishedZone[] = [];
    try {
      await inParallel(zones, CHECKS, async (zone) => {
        const draft = await this.#check(zone, signal);
        if (draft) drafts.push(draft);
      });
      // While this process checked, or stood still, another one may have gone on.
      const serials = new Map(drafts.map(({ zone }) => [zone.name, zone.wanted.serial]));
      const wanted = await this.#ledger.stillWanted(serials);
      for (const { zone, version, draft } of drafts.filter((one) => wanted.has(one.zone.name))) {
        signal.throwIfAborted();
        const mark = await attempt(zone, signal, () => this.#files.install(draft));
        if (mark === undefined) continue;
        zone.installed = { version, mark };
        zone.doubtful = false;
        written.push(zone);
      }
    } finally {
      for (const { draft } of drafts) await this.#files.discard(draft);
    }
    return written;
  }

  async #check(zone: PublishedZone, signal: AbortSignal): Promise<Checked | undefined> {
    const version = zone.toInstall;
    if (!version) return undefined;
    const text = version.content.text(version.serial);
    const draft = await attempt(zone, signal, () => this.#files.draft({ zone: zone.name, text }, signal));
    return draft && { zone, version, draft };
  }
}

/** Does something for a zone; a failure is told of the zone, and keeps no other from being written. */
async function attempt<R>(zone: PublishedZone, signal: AbortSignal, task: () => Promise<R>): Promise<R | undefined> {
  try {
    return await task();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BadZone) zone.bad = error.message;
    else zone.failed((error as Error).message);
    return undefined;
  }
}
