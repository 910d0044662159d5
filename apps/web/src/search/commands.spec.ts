import { describe, expect, it } from '@jest/globals';
import type { Model } from '../model/types.ts';
import { commandsOf } from './commands.ts';

const model = (path: string, create?: string): Model => ({
  path,
  fields: {},
  can: create === undefined ? {} : { create },
  filters: {},
  actions: {},
});

const known = {
  pages: [
    { label: 'Home', path: '/' },
    { label: 'Jobs', path: '/jobs', permission: 'Foreman.view_basejob' },
  ],
  others: [{ label: 'Webhooks', path: '/webhooks' }],
  models: [
    model('Site/Site', 'Site.add_site'),
    model('Utilities/AddressBlock', 'Utilities.add_addressblock'),
    model('BluePrint/PXE', 'BluePrint.add_pxe'),
    model('Foreman/JobLog'),
  ],
};

describe('commands', () => {
  it('lead to pages and to what can be created', () => {
    expect(commandsOf({ ...known, may: () => true })).toEqual([
      { label: 'Go to Home', path: '/' },
      { label: 'Go to Jobs', path: '/jobs' },
      { label: 'Go to Webhooks', path: '/webhooks' },
      { label: 'Create a site', create: known.models[0] },
      { label: 'Create an address block', create: known.models[1] },
      { label: 'Create a PXE', create: known.models[2] },
    ]);
  });

  it('are those one may use', () => {
    const may = (permission: string | undefined) => permission === 'Site.add_site';
    expect(commandsOf({ ...known, may }).map(({ label }) => label)).toEqual([
      'Go to Home',
      'Go to Webhooks',
      'Create a site',
    ]);
  });
});
