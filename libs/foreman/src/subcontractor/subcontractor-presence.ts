import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '#kernel';
import type { ForemanWire } from '#wire';
import { EVERY_SITE } from '#wire';
import type { Holder } from '../job-messages.ts';
import type { Sighting, SightingLedger } from './sighting-ledger.ts';
import type { ServedModules, ShownSubcontractor } from './subcontractor.ts';
import { subcontractorId } from './subcontractor.ts';

/** How often it is looked who is there, in milliseconds. */
export const LOOK_MS = 2000;
/** How often it is noted when one that polls was last heard of, in milliseconds. */
export const NOTE_MS = 10_000;
/** The same for all on the wire, by one statement, in milliseconds. */
const NOTE_WIRE_MS = 30_000;
/** How often those are looked for that have been gone for long, in milliseconds. */
const FORGET_EVERY_MS = 3_600_000;
/** For how long one that is gone is remembered, in milliseconds. */
export const MAX_GONE_MS = 30 * 86_400_000;
/** At most this many are remembered; beyond, those are forgotten first that have been gone the longest. */
export const MAX_SUBCONTRACTORS = 10_000;
/** At most this many changes are noted by one look; the others by the next. */
export const MAX_CHANGES = 100;
/** How many modules of an agent that polls are noted, and how long their names may be. */
const MAX_MODULES = 100;
const MAX_MODULE_NAME = 40;

/** A subcontractor as it is recorded. */
export interface RecordedSubcontractor {
  readonly shown: ShownSubcontractor;
  readonly present: boolean;
  /** Since when it has been there, or gone, ISO 8601. */
  readonly since: string;
}

/** Where presence is recorded. */
export interface PresenceRecord {
  /** All that is recorded, by id. */
  all(): Promise<ReadonlyMap<string, RecordedSubcontractor>>;
  /** Records these together. */
  show(shown: readonly ShownSubcontractor[]): Promise<void>;
  lose(id: string, lastSeen: string): Promise<void>;
  forget(id: string): Promise<void>;
}

export interface SubcontractorPresenceOptions {
  readonly wire: Pick<ForemanWire, 'agents'>;
  readonly ledger: SightingLedger;
  readonly record: PresenceRecord;
  readonly log: Logger;
  /** How long nothing is heard of one on the wire before it is gone, in milliseconds. */
  readonly goneMs: number;
  /** The same for one that polls. */
  readonly pollGoneMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds since any moment; never jumps. */
  readonly monotonic?: () => number;
}

/**
 * Which subcontractors are there, as facts in the log: that one has come, that it serves other modules, that it is gone.
 * The foreman compares what shows itself with what is recorded; every server notes who polls it. When one was last heard of
 * is a ledger's business.
 */
export class SubcontractorPresence {
  readonly #options: SubcontractorPresenceOptions;
  readonly #monotonic: () => number;
  /** When sessions were last noted that poll this server, with what they served. */
  readonly #polls = new Map<string, { readonly at: number; readonly modules: ServedModules }>();
  /** When those on the wire were last heard of by this term; milliseconds since any moment. */
  readonly #heard = new Map<string, number>();
  #recorded: Map<string, RecordedSubcontractor> | undefined;
  #listeningSince = 0;
  #notedAt = Number.NEGATIVE_INFINITY;
  #forgotAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #failed = false;

  constructor(options: SubcontractorPresenceOptions) {
    this.#options = options;
    this.#monotonic = options.monotonic ?? (() => performance.now());
  }

  /** How many entries it holds. */
  get size(): number {
    return this.#polls.size + this.#heard.size + (this.#recorded?.size ?? 0);
  }

  /** An agent has polled this server. */
  async polled(holder: Holder, site: string, modules: readonly string[]): Promise<void> {
    const agent = `${holder.user}@${holder.source}`;
    const names = modules.filter((name) => name.length <= MAX_MODULE_NAME).slice(0, MAX_MODULES);
    const served = Object.fromEntries(names.toSorted().map((name) => [name, null]));
    const id = subcontractorId(site, agent);
    const key = `${holder.session} ${id}`;
    const before = this.#polls.get(key);
    const now = this.#monotonic();
    if (before && now - before.at < NOTE_MS && isDeepStrictEqual(before.modules, served)) return;
    this.#polls.delete(key);
    this.#polls.set(key, { at: now, modules: served });
    if (this.#polls.size > MAX_SUBCONTRACTORS) this.#polls.delete(this.#polls.keys().next().value ?? '');
    await this.#options.ledger.note([{ id, source: holder.session, site, agent, transport: 'poll', modules: served }]);
  }

  /** This process is the foreman, or is it no longer. */
  lead(leading: boolean): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#recorded = undefined;
    this.#heard.clear();
    if (!leading) return;
    this.#listeningSince = this.#monotonic();
    this.#timer = setInterval(() => void this.look(), LOOK_MS).unref();
    void this.look();
  }

  /** Resolves when no look is under way, and none follows. */
  async stop(): Promise<void> {
    this.lead(false);
    await this.#looking;
  }

  /** Compares who is there with what is recorded, and records what has changed. */
  look(): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#compare())
      .then(
        () => {
          this.#failed = false;
        },
        (error: unknown) => {
          // It is looked again, and all of it is read anew.
          this.#recorded = undefined;
          if (!this.#failed) this.#options.log.warn('subcontractors could not be looked for', { error: String(error) });
          this.#failed = true;
        },
      );
    return this.#looking;
  }

  async #compare(): Promise<void> {
    const term = this.#timer;
    if (!term) return;
    const { record } = this.#options;
    const recorded = (this.#recorded ??= new Map(await record.all()));
    const there = await this.#there();
    const shows = this.#shows(there, recorded).slice(0, MAX_CHANGES);
    if (shows.length > 0) {
      await record.show(shows.map(([, shown]) => shown));
      for (const [id, shown] of shows) {
        const known = recorded.get(id);
        recorded.set(id, { shown, present: true, since: known?.present ? known.since : this.#time() });
      }
    }
    const steps = [...(await this.#losses(there, recorded)), ...this.#forgets(recorded)];
    for (const step of steps.slice(0, MAX_CHANGES - shows.length)) {
      if (this.#timer !== term) return;
      await step();
    }
  }

  /** Who is there: on the wire, and by polling any server. */
  async #there(): Promise<ReadonlyMap<string, ShownSubcontractor>> {
    const { wire, ledger, pollGoneMs } = this.#options;
    const now = this.#monotonic();
    const there = new Map<string, ShownSubcontractor>();
    for (const { site, agent, modules } of await ledger.polled(pollGoneMs)) {
      const id = subcontractorId(site, agent);
      // Several sessions may be one agent that has started again.
      there.set(id, { site, agent, transport: 'poll', modules: { ...there.get(id)?.modules, ...modules } });
    }
    const agents = wire.agents();
    // While nothing can be heard, nobody is silent.
    if (!agents) this.#listeningSince = now;
    const sightings: Sighting[] = [];
    const noting = now - this.#notedAt >= NOTE_WIRE_MS;
    for (const { agent, site: named, modules, silentMs = 0 } of agents ?? []) {
      const site = named === EVERY_SITE ? null : named;
      const id = subcontractorId(site, agent);
      const isNew = !this.#heard.has(id);
      this.#heard.set(id, now - silentMs);
      there.set(id, { site, agent, transport: 'wire', modules });
      if (noting || isNew) sightings.push({ id, source: agent, site, agent, transport: 'wire', modules });
    }
    await ledger.note(sightings);
    if (noting) this.#notedAt = now;
    return there;
  }

  /** Those that have come, or serve other modules than recorded. */
  #shows(
    there: ReadonlyMap<string, ShownSubcontractor>,
    recorded: ReadonlyMap<string, RecordedSubcontractor>,
  ): (readonly [string, ShownSubcontractor])[] {
    let size = recorded.size;
    return [...there].filter(([id, shown]) => {
      const known = recorded.get(id);
      if (known?.present && isDeepStrictEqual(known.shown, shown)) return false;
      return known !== undefined || (size += 1) <= MAX_SUBCONTRACTORS;
    });
  }

  async #losses(
    there: ReadonlyMap<string, ShownSubcontractor>,
    recorded: Map<string, RecordedSubcontractor>,
  ): Promise<Step[]> {
    const { goneMs, ledger, record } = this.#options;
    const now = this.#monotonic();
    const gone = [...recorded].filter(([id, { present, shown }]) => {
      if (!present || there.has(id)) return false;
      if (shown.transport === 'poll') return true;
      return now - Math.max(this.#heard.get(id) ?? 0, this.#listeningSince) > goneMs;
    });
    if (gone.length === 0) return [];
    const lastSeen = await ledger.lastSeen(gone.map(([id]) => id));
    return gone.map(([id, known]) => async () => {
      const heard = this.#heard.get(id);
      const byUs = heard === undefined ? undefined : new Date(this.#options.now() - (now - heard)).toISOString();
      await record.lose(id, byUs ?? lastSeen.get(id) ?? known.since);
      recorded.set(id, { ...known, present: false, since: this.#time() });
      this.#heard.delete(id);
    });
  }

  #forgets(recorded: Map<string, RecordedSubcontractor>): Step[] {
    const now = this.#monotonic();
    if (now - this.#forgotAt < FORGET_EVERY_MS && recorded.size < MAX_SUBCONTRACTORS) return [];
    this.#forgotAt = now;
    const gone = [...recorded]
      .filter(([, { present }]) => !present)
      .sort(([, a], [, b]) => (a.since < b.since ? -1 : 1));
    const before = new Date(this.#options.now() - MAX_GONE_MS).toISOString();
    const beyond = recorded.size - MAX_SUBCONTRACTORS + 1;
    const steps = gone
      .filter(([, { since }], index) => since < before || index < beyond)
      .map(([id]) => async () => {
        await this.#options.record.forget(id);
        recorded.delete(id);
      });
    return [...steps, () => this.#options.ledger.prune(2 * MAX_GONE_MS)];
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

/** Records one change. */
type Step = () => Promise<void>;
