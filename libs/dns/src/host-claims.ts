/** Which hosts want a name in a zone; of several the one with the lowest id has it. */
export class HostClaims {
  readonly #ids = new Map<string, Set<number>>();
  readonly #claimOf = new Map<number, string>();

  /**
   * Has a host want this name in this zone, and no other; undefined: none.
   * @returns others who want the same one, or the one it wanted before
   */
  claim(id: number, place: { readonly zone: number; readonly hostname: string } | undefined): readonly number[] {
    const key = place && claimKey(place.zone, place.hostname);
    const before = this.#claimOf.get(id);
    if (key === before) return [];
    const others: number[] = [];
    for (const one of [before, key]) {
      if (one === undefined) continue;
      const ids = this.#ids.get(one) ?? new Set();
      if (one === key) ids.add(id);
      else ids.delete(id);
      if (ids.size > 0) this.#ids.set(one, ids);
      else this.#ids.delete(one);
      others.push(...ids);
    }
    if (key === undefined) this.#claimOf.delete(id);
    else this.#claimOf.set(id, key);
    return others;
  }

  /** All who want a name in a zone. */
  of(zone: number, hostname: string): ReadonlySet<number> {
    return this.#ids.get(claimKey(zone, hostname)) ?? NOBODY;
  }
}

const NOBODY: ReadonlySet<number> = new Set();

const claimKey = (zone: number, hostname: string): string => `${zone}/${hostname}`;
