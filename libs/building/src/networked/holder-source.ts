import { LRUCache } from 'lru-cache';
import type { Holder, HolderSource } from '#ipam';
import type { UnitOfWork } from '#kernel';
import type { FoundationType } from '#platform';
import { foundation } from '../foundation.ts';
import { structure } from '../structure/structure.ts';
import { networked } from './networked.ts';

/** Of how many hosts it is remembered that they are no structures. */
const MAX_REMEMBERED = 100_000;

/**
 * Structures, and hosts that nothing is built for, as those who can have addresses.
 * @param types the kinds of foundations there are
 */
export function holderSource(types: readonly FoundationType[]): HolderSource {
  const sharing = new Set(types.filter(({ sharesNetwork }) => sharesNetwork).map(({ type }) => type));
  // What an id is of never changes: both kinds have their ids from one sequence.
  const noStructures = new LRUCache<number, true>({ max: MAX_REMEMBERED });
  const plainHost = async (work: UnitOfWork, id: number): Promise<Holder | undefined> => {
    const found = await work.load(networked, id);
    if (found.stage === 'absent') return undefined;
    noStructures.set(id, true);
    return found.stage === 'active' ? { site: found.value.site, hostname: found.value.hostname } : undefined;
  };
  return {
    async load(work, id) {
      if (noStructures.has(id)) return plainHost(work, id);
      const found = await work.load(structure, id);
      if (found.stage === 'absent') return plainHost(work, id);
      return found.stage === 'active' ? { site: found.value.site, hostname: found.value.hostname } : undefined;
    },
    async sharesNetwork(work, id) {
      if (sharing.size === 0 || noStructures.has(id)) return false;
      const found = await work.load(structure, id);
      const below = 'value' in found ? await work.load(foundation, found.value.foundation) : undefined;
      return below !== undefined && 'value' in below && sharing.has(below.value.type);
    },
  };
}
