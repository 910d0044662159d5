import type { HolderSource } from '#ipam';
import { structure } from '../structure/structure.ts';
import { networked } from './networked.ts';

/** Structures, and hosts that nothing is built for, as those who can have addresses. */
export const holderSource: HolderSource = {
  async load(work, id) {
    const one = await work.load(structure, id);
    if (one.stage === 'active') return { site: one.value.site, hostname: one.value.hostname };
    if (one.stage !== 'absent') return undefined;
    const other = await work.load(networked, id);
    return other.stage === 'active' ? { site: other.value.site, hostname: other.value.hostname } : undefined;
  },
};
