import { CommandHandler } from '@nestjs/cqrs';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { site } from '#site';
import { dependency } from './dependency/dependency.ts';
import { foundation } from './foundation.ts';
import { networked } from './networked/networked.ts';
import { hostName } from './structure/host-name.ts';
import { structure } from './structure/structure.ts';

/**
 * Takes the name of a host in the DNS zone its site is in now, in the place of the one before.
 * Results in why that is not possible, and then nothing changes; null: it is so.
 */
export class FollowZone extends NamedCommand<string | null> {
  constructor(readonly host: number) {
    super();
  }
}

@CommandHandler(FollowZone)
export class FollowZoneHandler extends UnitOfWorkHandler<FollowZone> {
  async decide(work: UnitOfWork, { host: id }: FollowZone) {
    const [asStructure, asHost] = [await work.load(structure, id), await work.load(networked, id)];
    const found = asStructure.stage === 'active' ? asStructure : asHost;
    if (found.stage !== 'active') return null;
    const { hostname, zone: before, site: name } = found.value;
    const at = await work.load(site, name);
    if (at.stage !== 'active' || at.value.zone === before) return null;
    const { zone } = at.value;
    if (zone !== null) {
      const taken = `Hostname "${hostname}" allready used in DNS Zone "${zone}"`;
      const data = { holder: id, taken };
      const refusal = await work.attempt(hostName, `zone/${zone}/${hostname}`, { type: 'TakeHostName', data });
      if (refusal) return refusal.message;
    }
    if (before !== null) {
      await work.decide(hostName, `zone/${before}/${hostname}`, { type: 'FreeHostName', data: { holder: id } });
    }
    if (found === asStructure) await work.decide(structure, id, { type: 'ChangeStructure', data: { zone } });
    else await work.decide(networked, id, { type: 'ChangeNetworked', data: { zone } });
    return null;
  }
}

/** Has a dependency belong to the site where what it belongs to is now. */
export class FollowSite extends NamedCommand {
  constructor(readonly dependency: number) {
    super();
  }
}

@CommandHandler(FollowSite)
export class FollowSiteHandler extends UnitOfWorkHandler<FollowSite> {
  async decide(work: UnitOfWork, { dependency: id }: FollowSite) {
    const found = await work.load(dependency, id);
    if (found.stage !== 'active') return;
    const { foundation: waiting, scriptStructure, dependency: above, structure: on } = found.value;
    const holder =
      waiting !== null
        ? await work.load(foundation, waiting)
        : scriptStructure !== null
          ? await work.load(structure, scriptStructure)
          : above !== null
            ? await work.load(dependency, above)
            : on !== null
              ? await work.load(structure, on)
              : undefined;
    if (holder?.stage !== 'active') return;
    await work.decide(dependency, id, { type: 'ChangeDependency', data: { site: holder.value.site } });
  }
}
