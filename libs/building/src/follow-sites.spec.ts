import { beforeEach, describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '#kernel';
import { Streams } from '#testing';
import { dependency } from './dependency/dependency.ts';
import { FollowSite, FollowSiteHandler, FollowZone, FollowZoneHandler } from './follow-sites.commands.ts';
import { foundation } from './foundation.ts';
import { networked } from './networked/networked.ts';
import { structure } from './structure/structure.ts';

let log: Streams;

const decided = async (command: FollowZone | FollowSite): Promise<readonly unknown[]> => {
  const work = new UnitOfWork(log);
  const reason =
    command instanceof FollowZone
      ? await new FollowZoneHandler().decide(work, command)
      : await new FollowSiteHandler().decide(work, command);
  work.throwIfFaulted();
  const events = work
    .written()
    .flatMap(({ stream, events: of }) => of.map(({ type, data }) => [stream, type, data] as const));
  return reason === null || reason === undefined ? events : [reason];
};
const host = (hostname: string, site: string) => ({ hostname, site, zone: 1 });
const define = (id: number, site: string) =>
  log.put(structure, id, {
    type: 'StructureDefined',
    data: { ...host('web1', site), blueprint: 'web', foundation: 'host1', configValues: [] },
  });
const inZone = (zone: number | null) =>
  log.put({ category: 'site' }, 'site1', {
    type: 'SiteDefined',
    data: { description: '', zone, parent: null, configValues: [] },
  });
beforeEach(() => void (log = new Streams()));

describe('a host name', () => {
  it('is taken in the new zone and given back in the old one', async () => {
    inZone(2);
    define(3, 'site1');
    log.put({ category: 'hostName' }, 'zone/1/web1', { type: 'HostNameTaken', data: { holder: 3 } });
    expect((await decided(new FollowZone(3))).map((one) => (one as unknown[]).slice(1))).toEqual([
      ['StructureZoneChosen', { zone: 2 }],
      ['HostNameTaken', { holder: 3 }],
      ['HostNameFreed', { holder: 3 }],
    ]);
  });

  it('of a host that nothing is built for goes along too, also where there is no zone any more', async () => {
    inZone(null);
    log.put(networked, 4, { type: 'NetworkedDefined', data: host('spare', 'site1') });
    expect((await decided(new FollowZone(4))).map((one) => (one as unknown[]).slice(1))).toEqual([
      ['NetworkedZoneChosen', { zone: null }],
    ]);
  });

  it('stays as it is where it is so already, or where it is taken, and then it is told why', async () => {
    inZone(1);
    define(3, 'site1');
    expect(await decided(new FollowZone(3))).toEqual([]);
    expect(await decided(new FollowZone(9))).toEqual([]);
    log.put({ category: 'site' }, 'site1', { type: 'SiteZoneChosen', data: { zone: 2 } });
    log.put({ category: 'hostName' }, 'zone/2/web1', { type: 'HostNameTaken', data: { holder: 8 } });
    expect(await decided(new FollowZone(3))).toEqual([expect.stringContaining('"web1" allready used in DNS Zone "2"')]);
  });
});

describe('a dependency is at the site', () => {
  const on = { structure: null, dependency: null, foundation: null, scriptStructure: null };
  beforeEach(() => {
    define(1, 'of-structure');
    define(2, 'of-scripts');
    log.put(foundation, 'host1', { type: 'FoundationDefined', data: { type: 'Box', site: 'of-foundation' } });
    log.put(dependency, 6, { type: 'DependencyDefined', data: { ...on, structure: 1, site: 'of-dependency' } });
  });

  it.each([
    ['of what waits for it', { foundation: 'host1', structure: 1, scriptStructure: 2 }, 'of-foundation'],
    ['of the structure with its scripts', { structure: 1, scriptStructure: 2 }, 'of-scripts'],
    ['of the dependency it hangs on', { dependency: 6, structure: 1 }, 'of-dependency'],
    ['of what is depended on', { structure: 1 }, 'of-structure'],
    ['it was at, where there is nothing of that', { structure: 9 }, undefined],
  ])('%s', async (_, references, site) => {
    log.put(dependency, 5, { type: 'DependencyDefined', data: { ...on, ...references, site: 'before' } });
    const events = await decided(new FollowSite(5));
    expect(events.map((one) => ((one as unknown[])[2] as { site: string }).site)).toEqual(site ? [site] : []);
  });
});
