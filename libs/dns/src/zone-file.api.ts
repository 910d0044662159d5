import type { Call, Extension } from '#api';
import { action, boundTo, Forbidden, parameter, staticAction } from '#api';
import type { JsonMap } from '#kernel';
import { refuse } from '#kernel';
import { domainOf } from '#directory';
import type { ReadStore } from '#read-store';
import { nameFault } from './dns-name.ts';
import { zonesOf } from './live-zones.ts';
import type { ZoneOptions } from './zone-renderer.ts';
import type { ZoneContent, ZoneSource } from './zone-source.ts';

export interface ZoneFileContext {
  readonly source: ZoneSource;
  readonly reads: Pick<ReadStore, 'now'>;
  readonly options: ZoneOptions;
}

const permission = { grant: 'Directory.view_zone' } as const;
/** Why services that are bound to sites are not told. */
const OF_ALL_SITES = 'a zone has hosts of several sites';
const MAX_SERIAL = 2 ** 32 - 1;
const serial = parameter.integer({ default: 1, doc: 'What stands in the file as its serial, 1 to 2^32-1.' });

/** A zone as it is told of in a list. */
const listed = ({ name, kind, hash, leftOutCount }: ZoneContent): JsonMap => ({
  name,
  kind,
  hash,
  left_out_count: leftOutCount,
});

/** A zone with its file. */
function whole(zone: ZoneContent, asked: number | null): JsonMap {
  if (asked === null || asked < 1 || asked > MAX_SERIAL) throw refuse('serial', 'RANGE', `must be 1 to ${MAX_SERIAL}`);
  const left_out = zone.leftOut.map(({ host, what, reason }) => ({ host, what, reason }));
  return { ...listed(zone), text: zone.text(asked), left_out };
}

/** What zones say, as name servers read it. */
export function zoneFiles({ source, reads, options }: ZoneFileContext): Extension {
  const zonesIn = async ({ view }: Pick<Call, 'view'>): Promise<ReadonlyMap<string, ZoneContent>> =>
    view === reads.now ? (await source.zones()).zones : zonesOf(view, options);
  return {
    model: 'Directory/Zone',
    actions: {
      zoneFile: action({
        doc: 'The zone file, as a name server reads it, and what of the zone is not in it, with the reason.',
        protocols: ['rest'],
        parameters: { serial },
        returns: { type: { kind: 'Map' } },
        permission,
        asOf: true,
        query: async (id, { serial: asked }, call) => {
          if (boundTo(call.caller)) throw new Forbidden(OF_ALL_SITES);
          const name = await domainOf(call.view, Number(id));
          const zone = name === null ? undefined : (await zonesIn(call)).get(name);
          if (!zone) throw refuse('', 'NO_NAME', nameFault(name ?? '', 'host') ?? `${name} is no zone`);
          return whole(zone, asked);
        },
      }),
      reverseZones: staticAction({
        doc: 'The reverse zones: those of all addresses that have a name.',
        protocols: ['rest'],
        parameters: {},
        returns: { type: { kind: 'Map' }, list: true },
        permission,
        asOf: true,
        query: async (_, call) =>
          Array.from((await zonesIn(call)).values())
            .filter(({ kind }) => kind === 'reverse')
            .toSorted((one, other) => (one.name < other.name ? -1 : 1))
            .map(listed),
      }),
      reverseZoneFile: staticAction({
        doc: 'The file of a reverse zone, by its name.',
        protocols: ['rest'],
        parameters: { name: parameter.text(), serial },
        returns: { type: { kind: 'Map' } },
        permission,
        asOf: true,
        query: async ({ name, serial: asked }, call) => {
          const zone = (await zonesIn(call)).get((name ?? '').toLowerCase().replace(/\.$/, ''));
          if (zone?.kind !== 'reverse') throw refuse('name', 'INVALID_VALUE', `there is no reverse zone ${name}`);
          return whole(zone, asked);
        },
      }),
    },
  };
}
