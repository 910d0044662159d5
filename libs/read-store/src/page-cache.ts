import type { Key } from './read-model.ts';
import type { ListOptions } from './view.ts';

/** Keys of a page of rows, and how many there are on all pages. */
export interface PageOfKeys {
  readonly keys: readonly Key[];
  readonly total: number;
}

/** How many keys all pages together may hold, each page counting as one more. About 30 MB with the texts made of them. */
const MAX_KEYS = 200_000;

/** Pages of lists longer than this are kept when they are asked for again: most of them are not. */
const LONG_LIST = 2000;
/** How many pages of long lists are remembered as asked for once. */
const MAX_ASKED_ONCE = 4000;

interface Kept {
  readonly page: PageOfKeys;
  readonly version: number;
}

/** Pages that were listed lately; each is good until a row of its model changes. */
export class PageCache {
  readonly #most: number;
  readonly #pages = new Map<string, Kept>();
  readonly #versions = new Map<string, number>();
  readonly #askedOnce = new Set<string>();
  #keys = 0;
  /** How often changes were not told for a while. */
  #epoch = 0;
  #open = false;

  constructor(most = MAX_KEYS) {
    this.#most = most;
  }

  open(): void {
    this.#open = true;
  }

  close(): void {
    this.#open = false;
    this.#epoch += 1;
    this.#clear();
  }

  /**
   * A number that grows with every change of rows of these models; undefined: changes are not told.
   * It is the same only where nothing has changed.
   */
  stamp(models: readonly { readonly name: string }[]): number | undefined {
    if (!this.#open) return undefined;
    return models.reduce((sum, { name }) => sum + (this.#versions.get(name) ?? 0), this.#epoch);
  }

  /** To be taken before a page is read from the tables. */
  version(model: string): number {
    return this.#epoch + (this.#versions.get(model) ?? 0);
  }

  get(model: string, options: ListOptions): PageOfKeys | undefined {
    const known = this.#pages.get(idOf(model, options));
    return known?.version === this.version(model) ? known.page : undefined;
  }

  fill(model: string, options: ListOptions, page: PageOfKeys, version: number): void {
    const weight = page.keys.length + 1;
    if (!this.#open || version !== this.version(model) || weight > this.#most) return;
    const id = idOf(model, options);
    if (page.total > LONG_LIST && !this.#askedAgain(id)) return;
    const old = this.#pages.get(id);
    if (old) this.#keys -= old.page.keys.length + 1;
    this.#pages.delete(id);
    // Those who go on listing soon fill them anew.
    if (this.#keys + weight > this.#most) this.#clear();
    this.#keys += weight;
    this.#pages.set(id, { page, version });
  }

  #askedAgain(id: string): boolean {
    if (this.#askedOnce.delete(id)) return true;
    if (this.#askedOnce.size >= MAX_ASKED_ONCE) this.#askedOnce.clear();
    this.#askedOnce.add(id);
    return false;
  }

  /** Rows of a model have changed. */
  changed(model: string): void {
    this.#versions.set(model, (this.#versions.get(model) ?? 0) + 1);
  }

  #clear(): void {
    this.#pages.clear();
    this.#askedOnce.clear();
    this.#keys = 0;
  }
}

const idOf = (model: string, { where = {}, skip = 0, count }: ListOptions): string =>
  `${model}\u0000${skip}\u0000${count}${Object.keys(where).length === 0 ? '' : JSON.stringify(where)}`;
