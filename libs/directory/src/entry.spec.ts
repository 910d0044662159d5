import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter } from '#testing';
import { entries } from './entries.ts';
import type { Entry, EntryEvent } from './entry.ts';
import { entry } from './entry.ts';

const value: Entry = {
  zone: 1,
  name: 'mail',
  service: { type: 'MX', priority: 10, weight: null, port: null },
  target: 'host1',
};
const defined: EntryEvent = { type: 'EntryDefined', data: value };

describe('an entry of a zone', () => {
  it('is defined', () => given(entry).when({ type: 'DefineEntry', data: value }).yields(defined));
  it('has an id of its own', () =>
    given(entry, defined).when({ type: 'DefineEntry', data: value }).refuses('id', 'TAKEN'));

  it.each<[Partial<Entry>, EntryEvent]>([
    [{ zone: null }, { type: 'EntryMoved', data: { zone: null } }],
    [{ name: 'post' }, { type: 'EntryRenamed', data: { name: 'post' } }],
    [{ target: 'host2' }, { type: 'EntryPointed', data: { target: 'host2' } }],
    [
      { service: { ...value.service, priority: 20 } },
      { type: 'EntryServiceChosen', data: { service: { ...value.service, priority: 20 } } },
    ],
  ])('changes by %j', (changes, event) => {
    given(entry, defined)
      .when({ type: 'ChangeEntry', data: { ...value, ...changes } })
      .yields(event);
    given(entry, defined, event)
      .when({ type: 'ChangeEntry', data: { ...value, ...changes } })
      .yieldsNothing();
  });

  it('is deleted once', () => {
    const deleted: EntryEvent = { type: 'EntryDeleted', data: {} };
    given(entry, defined).when({ type: 'DeleteEntry', data: {} }).yields(deleted);
    given(entry, defined, deleted).when({ type: 'DeleteEntry', data: {} }).yieldsNothing();
    given(entry, defined, deleted).when({ type: 'ChangeEntry', data: value }).refuses('', 'NOT_FOUND');
  });

  it('is shown as its fold', () =>
    expect(rowsAfter(entries, [1, defined], [1, { type: 'EntryMoved', data: { zone: null } }]).get(1)).toEqual({
      ...value,
      zone: null,
      created: moment(1),
      updated: moment(2),
    }));
});
