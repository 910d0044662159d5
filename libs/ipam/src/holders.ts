import type { UnitOfWork } from '#kernel';

/** Who can have addresses: a host. */
export interface Holder {
  readonly site: string;
  readonly hostname: string;
}

/** How a host is found by its id. The module that hosts belong to implements this. */
export interface HolderSource {
  /** Undefined where there is none, or where it is being deleted. */
  load(work: UnitOfWork, id: number): Promise<Holder | undefined>;
  /** Whether it shares the network of what carries it: then it is given no address of its own. */
  sharesNetwork?(work: UnitOfWork, id: number): Promise<boolean>;
}

/** Everybody who knows hosts; grows while modules are put together. */
export class Holders implements HolderSource {
  readonly #sources: HolderSource[] = [];

  add(source: HolderSource): this {
    this.#sources.push(source);
    return this;
  }

  async load(work: UnitOfWork, id: number): Promise<Holder | undefined> {
    for (const source of this.#sources) {
      const found = await source.load(work, id);
      if (found) return found;
    }
    return undefined;
  }

  async sharesNetwork(work: UnitOfWork, id: number): Promise<boolean> {
    for (const source of this.#sources) if (await source.sharesNetwork?.(work, id)) return true;
    return false;
  }
}
