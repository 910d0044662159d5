import type { Action, Extension } from '#api';
import { dateTime, defineModel, map, numberReference, reference, text } from '#api';
import { shownValues } from '#config';
import { zonesWithin } from '#directory';
import { ChangeSite, CreateSite, DeleteSite } from './site.commands.ts';
import { sites } from './sites.ts';

export const siteFields = {
  name: text(40, { mode: 'RC', required: true }),
  zone: numberReference('Directory/Zone'),
  description: text(200, { required: true }),
  parent: reference('Site/Site'),
  config_values: map({ default: {} }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** Places where things are built. */
export const siteModel = (actions: Readonly<Record<string, Action>>) =>
  defineModel({
    path: 'Site/Site',
    doc: 'A place where things are built. Sites nest, and hand configuration down.',
    idField: 'name',
    sites: 'itself',
    fields: siteFields,
    rows: sites,
    present: ({ configValues, origins: _, ...row }, name) => ({
      ...row,
      name,
      config_values: shownValues(configValues),
    }),
    create: (values) => new CreateSite(values),
    update: (name, values) => new ChangeSite(name, values),
    deletion: {
      command: (names) => new DeleteSite(names),
      users: async (view, name) =>
        (await view.keys(sites, { where: { parent: String(name) } })).keys.map((key) => `Site ${key}`),
    },
    actions,
  });

/** A zone is used by the sites that are in it, or in a zone within it. */
export const zoneUsers: Extension = {
  model: 'Directory/Zone',
  users: async (view, id) => {
    const within = await zonesWithin(view, id);
    const found = await Promise.all(within.map((zone) => view.keys(sites, { where: { zone } })));
    return found.flatMap(({ keys }) => keys.map((key) => `Site ${key}`));
  },
};
