/** What has come of claims that were made together. */
export interface ClaimsMade<T> {
  /** In the order of the ids. */
  readonly claimed: readonly T[];
  /** Why a claim could not be decided; undefined: all of them were. */
  readonly failure: unknown;
}

/** Makes claims, many at a time, and none that is under way already. */
export class JointClaims {
  readonly #underWay = new Set<number>();

  /**
   * Claims by ids, `width` at a time, except those that somebody else is claiming here. Where one cannot be decided no more
   * are begun; what was claimed by then is told all the same, as it is the claimant's.
   * @param claim undefined: somebody else was faster
   */
  async claim<T>(
    ids: readonly number[],
    width: number,
    claim: (id: number) => Promise<T | undefined>,
  ): Promise<ClaimsMade<T>> {
    const free = ids.filter((id) => !this.#underWay.has(id));
    for (const id of free) this.#underWay.add(id);
    const claimed: T[] = [];
    let failed: PromiseRejectedResult | undefined;
    for (let n = 0; n < free.length && !failed; n += width) {
      for (const one of await Promise.allSettled(free.slice(n, n + width).map(claim))) {
        if (one.status === 'rejected') failed ??= one;
        else if (one.value !== undefined) claimed.push(one.value);
      }
    }
    for (const id of free) this.#underWay.delete(id);
    return { claimed, failure: failed?.reason };
  }
}
