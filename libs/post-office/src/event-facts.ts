import type { Catalogue, TouchedObject } from '#api';
import { keyKind, objectPlace, shownAs, TouchedObjects } from '#api';
import type { LoggedEvent, Position } from '#event-store';
import { jobLog } from '#foreman';
import type { Key, ReadModel, ReadStore } from '#read-store';
import type { EventFacts, ObjectReference } from './public-event.ts';
import { categoryOf } from './public-event.ts';
import { PUBLIC_STREAMS } from './public-kinds.ts';

/** What facts are read from. */
export interface EventFactsOptions {
  readonly reads: Pick<ReadStore, 'now' | 'at'>;
  readonly catalogue: () => Catalogue;
}

/**
 * Reads what public events tell beside their own data, from the rows as they were right after an event. The read models
 * have to show the event already.
 */
export class EventFactsReader {
  readonly #options: EventFactsOptions;
  #touched: TouchedObjects | undefined;

  constructor(options: EventFactsOptions) {
    this.#options = options;
  }

  async of(event: LoggedEvent): Promise<EventFacts> {
    return categoryOf(event.stream) === 'job' ? this.#ofJob(event) : this.#ofObject(event);
  }

  async #ofObject(event: LoggedEvent): Promise<EventFacts> {
    const { position } = event;
    const catalogue = this.#options.catalogue();
    const { model: path = '', idIn } = PUBLIC_STREAMS[categoryOf(event.stream)] ?? {};
    const id = idIn === undefined ? event.id : (event.data as Readonly<Record<string, Key>>)[idIn];
    const key = keyKind(catalogue, path) === 'integer' ? Number(id) : String(id);
    this.#touched ??= new TouchedObjects(catalogue);
    const touched = this.#touched.of(event).filter((one) => one.key === key && isOf(catalogue, path, one));
    for (const { rows, models } of touched) {
      const row = await this.#rowAt(rows, key, position);
      const model = row && shownAs({ rows, models }, row);
      if (!row || !model) continue;
      const place = await objectPlace(catalogue, { model, key, row }, (of, id) => this.#rowAt(of, id, position));
      const blueprint = catalogue.family(path) === 'BluePrint/BluePrint' ? String(key) : place.blueprint;
      return { object: { model: model.path, id: key }, site: place.site, blueprint };
    }
    return { object: { model: path, id: key }, site: null, blueprint: null };
  }

  async #ofJob({ id, position }: LoggedEvent): Promise<EventFacts> {
    const row = await this.#rowAt(jobLog, Number(id), position);
    if (!row) return { object: { model: 'Foreman/BaseJob', id: Number(id) }, site: null, blueprint: null };
    const { site, targetClass, targetId, script, description, creator } = row;
    const target = this.#target(targetClass, targetId);
    const found = await this.#targetPlace(target, position);
    return {
      object: { model: `Foreman/${targetClass}Job`, id: Number(id) },
      site,
      blueprint: found?.blueprint ?? null,
      job: { script, description, creator, target },
    };
  }

  #target(kind: string, id: string): ObjectReference {
    const model = `Building/${kind}`;
    return { model, id: keyKind(this.#options.catalogue(), model) === 'integer' ? Number(id) : id };
  }

  async #targetPlace({ model: path, id }: ObjectReference, position: Position) {
    const catalogue = this.#options.catalogue();
    const model = catalogue.model(path);
    const row = model?.rows && (await this.#rowAt(model.rows, id, position));
    return model && row && objectPlace(catalogue, { model, key: id, row }, (of, key) => this.#rowAt(of, key, position));
  }

  /** A row as it was right after a position; where it had just gone, as it was before. */
  async #rowAt<Row extends object>(rows: ReadModel<Row>, key: Key, position: Position): Promise<Row | undefined> {
    const { now, at } = this.#options.reads;
    const cached = (await now.cached(rows, [key])).get(key);
    if (cached && (cached.since <= position || !rows.history)) return cached.row;
    if (!rows.history) return undefined;
    return (await at(position).get(rows, key)) ?? at(position - 1n).get(rows, key);
  }
}

/** Whether an object is one of a model, or of one of its family. */
const isOf = (catalogue: Catalogue, path: string, { models }: TouchedObject): boolean =>
  models.some((model) => model.path === path || catalogue.family(model.path) === catalogue.family(path));
