import type { ApiService, Model, Values } from '#api';
import { Refusal } from '#kernel';
import type { Key } from '#read-store';
import type { TestModules } from '#testing';
import type { Draw } from './random-values.ts';
import { RANDOM_VALUES } from './random-values.ts';

/** How objects are asked to be changed; each results in the id of the request. @throws Refusal */
export interface Changes {
  create(path: string, values: Values): Promise<string>;
  change(path: string, key: Key, values: Values): Promise<string>;
  remove(path: string, key: Key): Promise<string>;
}

/** The models whose objects are changed at random, those first that others refer to. */
export const CHANGED_MODELS: readonly string[] = Object.keys(RANDOM_VALUES);

/** The model of a path. */
export function modelOf(api: ApiService, path: string): Model {
  const model = api.catalogue.model(path);
  if (!model) throw new Error(`there is no ${path}`);
  return model;
}

/** Random changes of objects of every model. */
export class RandomChanges {
  readonly #modules: TestModules;
  readonly #api: ApiService;
  readonly #changes: Changes;
  #known: ReadonlyMap<string, readonly Key[]> = new Map();

  constructor(modules: TestModules, changes: Changes) {
    this.#modules = modules;
    this.#api = modules.api('rest');
    this.#changes = changes;
  }

  readonly keys = (path: string): readonly Key[] => this.#known.get(path) ?? [];

  /** Notes what there is. */
  async look(): Promise<void> {
    await this.#modules.caughtUp();
    const found = new Map<string, readonly Key[]>();
    for (const path of [...CHANGED_MODELS, 'BluePrint/BluePrint']) {
      const { rows, kind } = modelOf(this.#api, path);
      found.set(path, (await this.#modules.reads.now.keys(rows!, { where: { ...kind } })).keys);
    }
    this.#known = found;
  }

  /**
   * Makes a random change of what was there at the last look.
   * @param what from 0 to 9: an object is created below 5, deleted above 7, else changed
   * @returns the id of the request; undefined: it was refused
   */
  async make(path: string, what: number, draw: Draw): Promise<string | undefined> {
    const values = RANDOM_VALUES[path]!(draw, this.keys);
    // A part of it is not there yet.
    if (Object.values(values).includes(undefined)) return undefined;
    const key = draw(this.keys(path));
    try {
      if (what < 5 || key === undefined) return await this.#changes.create(path, values);
      if (what > 7) return await this.#changes.remove(path, key);
      const { fields } = modelOf(this.#api, path);
      const writable = Object.entries(values).filter(([name]) => fields[name]?.mode === 'RW');
      const some = Object.fromEntries(writable.filter(() => draw([true, false])));
      return await this.#changes.change(path, key, some);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return undefined;
    }
  }
}
