import { describe, expect, it } from '@jest/globals';
import type { View } from '#read-store';
import { given, moment, rowsAfter, stateAfter } from '#testing';
import type { ZoneEvent } from './zone.ts';
import { zone } from './zone.ts';
import { zoneNames } from './zone-names.ts';
import { domainOf, zones, zonesWithin } from './zones.ts';

const timers = { ttl: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 };
const value = { name: 'test', parent: null, timers };
const defined: ZoneEvent = { type: 'ZoneDefined', data: value };
const closed: ZoneEvent = { type: 'ZoneClosed', data: {} };

describe('a zone', () => {
  it('is defined', () => given(zone).when({ type: 'DefineZone', data: value }).yields(defined));
  it('has an id of its own', () =>
    given(zone, defined).when({ type: 'DefineZone', data: value }).refuses('id', 'TAKEN'));
  it('changes, each change an event of its own', () =>
    given(zone, defined)
      .when({ type: 'ChangeZone', data: { name: 'lab', parent: 2, timers: { ...timers, ttl: 9 } } })
      .yields(
        { type: 'ZoneRenamed', data: { name: 'lab' } },
        { type: 'ZoneMoved', data: { parent: 2 } },
        { type: 'ZoneTimed', data: { timers: { ...timers, ttl: 9 } } },
      ));
  it('does not change by what holds already', () =>
    given(zone, defined)
      .when({ type: 'ChangeZone', data: { ...value, timers: { ...timers } } })
      .yieldsNothing());
  it('does not change while it is looked whether it may go', () =>
    given(zone, defined, closed)
      .when({ type: 'ChangeZone', data: { name: 'lab' } })
      .refuses('', 'NOT_FOUND'));
  it('is what its events have made it', () =>
    expect(stateAfter(zone, defined, { type: 'ZoneRenamed', data: { name: 'lab' } })).toEqual({
      stage: 'active',
      value: { ...value, name: 'lab' },
    }));
});

describe('a name of a zone', () => {
  const taken = { type: 'ZoneNameTaken', data: { name: 'test', zone: 1 } } as const;
  const freed = { type: 'ZoneNameFreed', data: { name: 'test', zone: 1 } } as const;
  const take = (id: number) => ({ type: 'TakeZoneName', data: { name: 'test', zone: id } }) as const;

  it('is taken by one zone', () => {
    given(zoneNames).when(take(1)).yields(taken);
    given(zoneNames, taken).when(take(1)).yieldsNothing();
    given(zoneNames, taken).when(take(2)).refuses('__all__', 'TAKEN');
  });
  it('is freed by that zone, and may be taken again', () => {
    given(zoneNames, taken)
      .when({ type: 'FreeZoneName', data: { name: 'test', zone: 2 } })
      .yieldsNothing();
    given(zoneNames, taken)
      .when({ type: 'FreeZoneName', data: { name: 'test', zone: 1 } })
      .yields(freed);
    given(zoneNames, taken, freed)
      .when(take(2))
      .yields({ type: 'ZoneNameTaken', data: { name: 'test', zone: 2 } });
  });
});

describe('the rows of zones', () => {
  const within = (name: string, parent: number | null): ZoneEvent => ({
    type: 'ZoneDefined',
    data: { name, parent, timers },
  });
  const rows = rowsAfter(
    zones,
    [1, within('test', null)],
    [2, within('lab', 1)],
    [3, within('web', 2)],
    [2, { type: 'ZoneTimed', data: { timers: { ...timers, ttl: 9 } } }],
  );
  const view = {
    get: async (_: unknown, id: number) => rows.get(id),
    list: async (_: unknown, { where }: { where: { parent: number } }) => ({
      rows: [...rows].filter(([, { parent }]) => parent === where.parent).map(([key, row]) => ({ key, row })),
    }),
  } as unknown as View;

  it('are their fold', () =>
    expect(rows.get(2)).toEqual({
      name: 'lab',
      parent: 1,
      timers: { ...timers, ttl: 9 },
      created: moment(2),
      updated: moment(4),
    }));
  it('tell the domain of a zone', async () => {
    expect(await domainOf(view, 3)).toBe('web.lab.test');
    expect(await domainOf(view, 1)).toBe('test');
    expect(await domainOf(view, null)).toBeNull();
    expect(await domainOf(view, 9)).toBeNull();
  });
  it('tell what is within a zone', async () => {
    expect(await zonesWithin(view, 1)).toEqual([1, 2, 3]);
    expect(await zonesWithin(view, 3)).toEqual([3]);
  });
});
