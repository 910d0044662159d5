import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter, stateAfter } from '#testing';
import type { Site, SiteCommand, SiteEvent } from './site.ts';
import { site } from './site.ts';
import { sites } from './sites.ts';

const value: Site = { description: 'the first', zone: null, parent: null, configValues: [['ntp', 'a']] };
const define: SiteCommand = { type: 'DefineSite', data: value };
const change = (data: Partial<Site>): SiteCommand => ({ type: 'ChangeSite', data });

const defined: SiteEvent = { type: 'SiteDefined', data: value };
const closed: SiteEvent = { type: 'SiteClosed', data: {} };
const deleted: SiteEvent = { type: 'SiteDeleted', data: {} };

describe('a site', () => {
  it('is defined', () => given(site).when(define).yields(defined));
  it('is defined once', () => given(site, defined).when(define).refuses('name', 'TAKEN'));
  it('keeps its name while it is looked whether it may go', () =>
    given(site, defined, closed).when(define).refuses('name', 'TAKEN'));
  it('may be defined anew when it is gone', () => given(site, defined, closed, deleted).when(define).yields(defined));

  it.each<[Partial<Site>, SiteEvent]>([
    [{ description: 'mine' }, { type: 'SiteDescribed', data: { description: 'mine' } }],
    [{ zone: 3 }, { type: 'SiteZoneChosen', data: { zone: 3 } }],
    [{ parent: 'world' }, { type: 'SiteMoved', data: { parent: 'world' } }],
    [{ configValues: [] }, { type: 'SiteConfigured', data: { configValues: [] } }],
  ])('changes by %j', (changes, event) => given(site, defined).when(change(changes)).yields(event));

  it('changes in several ways at once, each an event of its own', () =>
    given(site, defined)
      .when(change({ ...value, description: 'mine', zone: 3 }))
      .yields({ type: 'SiteDescribed', data: { description: 'mine' } }, { type: 'SiteZoneChosen', data: { zone: 3 } }));

  it.each([[{}], [value]])('does not change by %j', (changes) =>
    given(site, defined).when(change(changes)).yieldsNothing(),
  );

  it('loses its zone and its parent', () =>
    given(site, { type: 'SiteDefined', data: { ...value, zone: 3, parent: 'world' } })
      .when(change({ zone: null, parent: null }))
      .yields({ type: 'SiteZoneChosen', data: { zone: null } }, { type: 'SiteMoved', data: { parent: null } }));

  it.each([
    ['before it is there', []],
    ['while it is looked whether it may go', [defined, closed]],
    ['when it is gone', [defined, closed, deleted]],
  ])('does not change %s', (_, events) =>
    given(site, ...events)
      .when(change({ zone: 3 }))
      .refuses('', 'NOT_FOUND'),
  );

  it('is closed, reopened and deleted', () => {
    given(site, defined).when({ type: 'CloseSite', data: {} }).yields(closed);
    given(site, defined, closed).when({ type: 'ReopenSite', data: {} }).yields({ type: 'SiteReopened', data: {} });
    given(site, defined, closed).when({ type: 'DeleteSite', data: {} }).yields(deleted);
  });

  it('is what its events have made it', () =>
    expect(
      stateAfter(
        site,
        defined,
        { type: 'SiteDescribed', data: { description: 'mine' } },
        { type: 'SiteZoneChosen', data: { zone: 3 } },
        { type: 'SiteMoved', data: { parent: 'world' } },
        { type: 'SiteConfigured', data: { configValues: [['ntp', 'b']] } },
      ),
    ).toEqual({
      stage: 'active',
      value: { description: 'mine', zone: 3, parent: 'world', configValues: [['ntp', 'b']] },
    }));
});

describe('the row of a site', () => {
  it('is its fold, with when it began and when it last changed', () => {
    const rows = rowsAfter(
      sites,
      ['site1', defined],
      ['site2', { type: 'SiteDefined', data: { ...value, parent: 'site1' } }],
      ['site1', { type: 'SiteDescribed', data: { description: 'mine' } }],
      ['site1', { type: 'SiteConfigured', data: { configValues: [['ntp', 'b']] } }],
      ['site2', closed],
    );
    expect(rows.get('site1')).toMatchObject({
      description: 'mine',
      configValues: [['ntp', 'b']],
      created: moment(1),
      updated: moment(4),
    });
    expect(rows.get('site2')).toMatchObject({ ...value, parent: 'site1', created: moment(2), updated: moment(2) });
  });

  it('goes with the site', () => expect(rowsAfter(sites, ['site1', defined], ['site1', deleted]).size).toBe(0));

  it('listens to events of sites alone', () =>
    expect(Object.keys(site.evolve)).toEqual(expect.arrayContaining(Object.keys(sites.on))));
});
