import type { Holders } from '#ipam';
import type { UnitOfWork } from '#kernel';
import type { FoundationType } from '#platform';
import type { Ids } from '#read-store';
import type { BmcChoice, BmcWish } from './choose-address.ts';
import { chooseBmcAddress } from './choose-address.ts';

/** Gives the BMCs of foundations their addresses, where their kind has one. */
export class BmcAddresses {
  readonly #ids: Ids;
  readonly #holders: Holders;

  constructor(ids: Ids, holders: Holders) {
    this.#ids = ids;
    this.#holders = holders;
  }

  /** What becomes of the fields of a foundation that say where its BMC is. */
  async chosen(
    work: UnitOfWork,
    kind: FoundationType | undefined,
    wish: Omit<BmcWish, 'field'>,
    now: string,
  ): Promise<BmcChoice> {
    const field = kind?.bmcAddress;
    if (field === undefined) return {};
    return chooseBmcAddress(work, { ...wish, field }, { ids: this.#ids, holders: this.#holders, now });
  }
}
