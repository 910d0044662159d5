import { ChangeGroup, CreateGroup, group } from '#auth';
import { CreateEntry, CreateZone, TIMERS, zoneNamed } from '#directory';
import type { EntryRow } from '#directory';
import { CreateDynamicAddress, CreateReservedAddress, isOffsetUsed, subnetOf, parseAddress } from '#ipam';
import { CreateSite, site as siteDecider } from '#site';
import { CreatePlot, plot } from '#plots';
import { setUpHost, setUpNetwork } from './set-up-host.ts';
import type { OwnPlace, SetUpOrder } from './set-up-order.ts';
import { labelsOf, placeFrom, searchList } from './set-up-order.ts';
import type { SetUpRun } from './set-up-report.ts';
import { STANDARD_GROUPS } from './standard-groups.ts';

/** What set-up knows besides the order. */
export interface SetUpFacts {
  /** The names of all permissions there are. */
  readonly permissions: ReadonlySet<string>;
  /** The records that stand in every zone. */
  readonly entries: readonly Pick<EntryRow, 'name'>[];
}

/** The offsets that are set aside for servers set up by hand, and for DHCP. */
const RESERVED = { first: 2, last: 20 } as const;
const DYNAMIC = { first: 21, last: 29 } as const;
const REASON = 'network reserved';
/** The name of the server in every zone, whatever it is called. */
const SERVER_NAME = 'contractor';

/** Makes everything a set-up makes, in the order in which ids are handed out. @returns the id of the server's structure */
export async function setUpAll(run: SetUpRun, order: SetUpOrder, facts: SetUpFacts): Promise<number | undefined> {
  const { work } = run;
  const place = placeFrom(work, order);
  const labels = labelsOf(work, order.domain);
  work.throwIfFaulted();
  if (!place) return undefined;
  await setUpPlot(run, order.plot);
  const zone = await setUpZones(run, labels);
  await setUpSite(run, order, zone, place);
  work.throwIfFaulted();
  const { network, block, isNew } = await setUpNetwork(run, order, place);
  const host = await setUpHost(run, order, { network, block, place });
  await setUpEntries(run, order, facts);
  if (order.reserves) await setAside(run, block, place, isNew);
  await setUpGroups(run, facts);
  return host;
}

async function setUpPlot(run: SetUpRun, name: string): Promise<void> {
  const { stage } = await run.work.load(plot, name);
  await run.ensure('Plot', name, {
    found: stage === 'active' ? name : undefined,
    make: () => new CreatePlot({ name, corners: 'Your testing area', parent: null }),
  });
}

/** A zone for each part of the domain. @returns the innermost */
async function setUpZones(run: SetUpRun, labels: readonly string[]): Promise<number | null> {
  let parent: number | null = null;
  for (const name of labels) {
    const around: number | null = parent;
    const found = await zoneNamed(run.work, around, name);
    parent = await run.ensure('Zone', name, { found, make: () => new CreateZone({ ...TIMERS, name, parent: around }) });
  }
  return parent;
}

async function setUpSite(run: SetUpRun, order: SetUpOrder, zone: number | null, place: OwnPlace): Promise<void> {
  const { site: name, domain, dnsServers, ntpServers, proxy, noProxy } = order;
  const { stage } = await run.work.load(siteDecider, name);
  await run.ensure('Site', name, {
    found: stage === 'active' ? name : undefined,
    make: () =>
      new CreateSite({
        name,
        description: `Initial Site "${name}"`,
        zone,
        parent: null,
        config_values: {
          domain_name: domain.toLowerCase(),
          dns_search: [...searchList(domain)],
          dns_servers: dnsServers.length > 0 ? [...dnsServers] : [place.address],
          ntp_servers: [...ntpServers],
          ...(proxy === null ? {} : { mirror_proxy: proxy, http_proxy: proxy }),
          ...(noProxy.length === 0 ? {} : { http_no_proxy: [...noProxy] }),
        },
      }),
  });
}

async function setUpEntries(run: SetUpRun, { hostname, domain, cnames }: SetUpOrder, { entries }: SetUpFacts) {
  for (const name of new Set([SERVER_NAME, ...cnames])) {
    // In the zone of the server itself its own records stand in the way of those that stand everywhere.
    const there = entries.some((one) => one.name === name);
    if (there) run.note('Entry', name, 'unchanged');
    else {
      await run.ensure('Entry', name, {
        found: undefined,
        make: () =>
          new CreateEntry({
            zone: null,
            type: 'CNAME',
            name,
            priority: null,
            weight: null,
            port: null,
            target: `${hostname}.${domain.toLowerCase()}.`,
          }),
      });
    }
  }
}

/** Sets offsets aside that are free; those that are not are told where the block is new. */
async function setAside(run: SetUpRun, block: number, place: OwnPlace, isNew: boolean): Promise<void> {
  const { last, first } = subnetOf(parseAddress(place.address), place.prefix).addresses;
  const kinds = [
    ['ReservedAddress', RESERVED],
    ['DynamicAddress', DYNAMIC],
  ] as const;
  for (const [kind, range] of kinds) {
    for (let offset = range.first; offset <= range.last; offset += 1) {
      // The last address of a subnet is no host's.
      if (BigInt(offset) >= last - first) return;
      const name = `offset ${offset}`;
      if (await isOffsetUsed(run.work, block, BigInt(offset))) {
        if (isNew) {
          run.note(kind, name, 'skipped');
          run.warnings.push(`offset ${offset} is in use already, skipped`);
        } else run.note(kind, name, 'unchanged');
        continue;
      }
      const where = { address_block: block, offset: String(offset) };
      await run.ensure(kind, name, {
        found: undefined as number | undefined,
        make: () =>
          kind === 'ReservedAddress'
            ? new CreateReservedAddress({ ...where, reason: REASON })
            : new CreateDynamicAddress({ ...where, pxe: null }),
      });
    }
  }
}

/** Groups that are there are given what they lack; permissions of models that this server does not have are left out. */
async function setUpGroups(run: SetUpRun, { permissions }: SetUpFacts): Promise<void> {
  for (const [name, all] of Object.entries(STANDARD_GROUPS)) {
    const wanted = all.filter((one) => permissions.has(one));
    const found = await run.work.load(group, name);
    if (found.stage !== 'active') {
      await run.ensure('Group', name, {
        found: undefined,
        make: () => new CreateGroup({ name, permissions: wanted }),
      });
      continue;
    }
    const missing = wanted.filter((one) => !found.value.permissions.includes(one));
    run.note('Group', name, missing.length > 0 ? 'changed' : 'unchanged', name);
    if (missing.length === 0) continue;
    const more = [...found.value.permissions, ...missing];
    await run.faultsOf('Group', name, () => run.decide(new ChangeGroup(name, { permissions: more })));
  }
}
