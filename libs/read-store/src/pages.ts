import type { Key } from './read-model.ts';

/** Keys of a page of rows, and how many there are on all pages. */
export interface PageOfKeys {
  readonly keys: readonly Key[];
  readonly total: number;
}

const MOST = 1000;

/** Pages that were listed lately; each is good until a row of its model changes. */
export class Pages {
  readonly #pages = new Map<string, { readonly page: PageOfKeys; readonly version: number }>();
  readonly #versions = new Map<string, number>();
  #open = false;

  open(): void {
    this.#open = true;
  }

  close(): void {
    this.#open = false;
    this.#pages.clear();
  }

  /** To be taken before a page is read from the tables. */
  version(model: string): number {
    return this.#versions.get(model) ?? 0;
  }

  get(model: string, page: string): PageOfKeys | undefined {
    const known = this.#pages.get(`${model}\u0000${page}`);
    return known?.version === this.version(model) ? known.page : undefined;
  }

  fill(model: string, page: string, found: PageOfKeys, version: number): void {
    if (!this.#open || version !== this.version(model)) return;
    const id = `${model}\u0000${page}`;
    this.#pages.delete(id);
    this.#pages.set(id, { page: found, version });
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > MOST && oldest !== undefined) this.#pages.delete(oldest);
  }

  /** Rows of a model have changed. */
  changed(model: string): void {
    this.#versions.set(model, this.version(model) + 1);
  }
}
