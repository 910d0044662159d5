import type { UnitOfWork } from '#kernel';
import type { Action, Extension, Model, Values } from '#api';
import { asText, dateTime, map, NAME, reference, text } from '#api';
import type { ConfigOwner, SecretKeeping } from '#config';
import { configValuesFrom, shownValues } from '#config';
import { zoneFor, zonesWithin } from '#directory';
import type { Site } from './site.ts';
import { site } from './site.ts';
import { sites } from './sites.ts';
import type { SiteRow } from './sites.ts';

/** Values that have to be lists, as every reader of them expects. */
const LISTS = ['domain_search', 'dns_servers', 'log_servers'];

/**
 * Reads a site that something refers to; where it is not there (or about to go), that is a fault of the field.
 * @returns undefined where there is none
 */
export async function siteFor(work: UnitOfWork, field: string, name: unknown): Promise<Site | undefined> {
  if (typeof name !== 'string') return undefined;
  const found = await work.load(site, name);
  if (found.stage === 'active') return found.value;
  work.fault(field, 'INVALID_VALUE', `there is no site ${name}`);
  return undefined;
}

/** Refuses a parent that would put the site inside itself. */
async function checkParent(work: UnitOfWork, name: string, parent: unknown): Promise<void> {
  for (let at: unknown = parent; typeof at === 'string'; at = (await siteFor(work, 'parent', at))?.parent) {
    if (at === name) {
      work.fault('parent', 'CYCLE', `Site "${name}" would be inside itself`);
      return;
    }
  }
}

/** What is given of a site, with all faults of it. */
async function changesFrom(
  work: UnitOfWork,
  name: string,
  values: Values,
  whose: Pick<ConfigOwner, 'secrets' | 'before' | 'wish'>,
): Promise<Partial<Site>> {
  const { description, zone, parent } = values;
  if ('zone' in values) await zoneFor(work, 'zone', zone);
  if ('parent' in values) await checkParent(work, name, parent);
  const owner = { ...whose, owner: `Site ${name}`, lists: LISTS };
  const configValues =
    'config_values' in values ? await configValuesFrom(work, values['config_values'], owner) : undefined;
  return Object.fromEntries(
    Object.entries({ description, zone, parent, configValues }).filter(([, value]) => value !== undefined),
  );
}

/** Places where things are built. */
export const siteModel = (actions: Readonly<Record<string, Action>>, secrets: SecretKeeping): Model<SiteRow> => ({
  path: 'Site/Site',
  doc: 'A place where things are built. Sites nest, and hand configuration down.',
  idField: 'name',
  fields: {
    name: text(40, { mode: 'RC', required: true }),
    zone: reference('Directory/Zone'),
    description: text(200, { required: true }),
    parent: reference('Site/Site'),
    config_values: map({ default: {} }),
    updated: dateTime({ mode: 'RO' }),
    created: dateTime({ mode: 'RO' }),
  },
  rows: sites,
  present: ({ configValues, origins: _, ...row }, name) => ({ ...row, name, config_values: shownValues(configValues) }),
  create: async (work, values, { metadata }) => {
    const name = asText(values['name']);
    if (name && !NAME.test(name)) work.fault('name', 'PATTERN', 'Invalid');
    const defined = (await changesFrom(work, name, values, { secrets, wish: metadata.request })) as Site;
    await work.decide(site, name, { type: 'DefineSite', data: { name, ...defined } });
    return name;
  },
  update: async (work, name, values, { metadata }) => {
    const seen = await work.load(site, name);
    const before = seen.stage === 'active' ? seen.value.configValues : undefined;
    const data = await changesFrom(work, String(name), values, { secrets, before, wish: metadata.request });
    await work.decide(site, name, { type: 'ChangeSite', data });
  },
  deletion: {
    close: async (work, name) => void (await work.decide(site, name, { type: 'CloseSite', data: {} })),
    reopen: async (work, name) => void (await work.decide(site, name, { type: 'ReopenSite', data: {} })),
    remove: async (work, name) => void (await work.decide(site, name, { type: 'DeleteSite', data: {} })),
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
