import type { JsonMap, Work } from '#kernel';
import type { Model, Values } from '#api';
import { asText, badConfigNames, dateTime, map, NAME, reference, text } from '#api';
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
export async function siteFor(work: Work, field: string, name: unknown): Promise<Site | undefined> {
  if (typeof name !== 'string') return undefined;
  const found = await work.see(site, name);
  if (found.stage === 'open') return found.is;
  work.fault(field, 'INVALID_VALUE', `there is no site ${name}`);
  return undefined;
}

function checkConfig(work: Work, values: unknown): void {
  const config = (values ?? {}) as JsonMap;
  for (const key of badConfigNames(config)) {
    work.fault('config_values', 'NAME', `config item name "${key}" is invalid`);
  }
  for (const key of LISTS) {
    if (key in config && !Array.isArray(config[key])) {
      work.fault('config_values', 'LIST', `config item "${key}" must be a list`);
    }
  }
}

/** Refuses a parent that would put the site inside itself. */
async function checkParent(work: Work, name: string, parent: unknown): Promise<void> {
  for (let at: unknown = parent; typeof at === 'string'; at = (await siteFor(work, 'parent', at))?.parent) {
    if (at === name) {
      work.fault('parent', 'CYCLE', `Site "${name}" would be inside itself`);
      return;
    }
  }
}

const changes = ({ description, zone, parent, config_values }: Values): Partial<Site> =>
  Object.fromEntries(
    Object.entries({ description, zone, parent, configValues: config_values }).filter(
      ([, value]) => value !== undefined,
    ),
  );

export const siteModel: Model<SiteRow> = {
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
  present: ({ configValues, ...row }, name) => ({ ...row, name, config_values: configValues }),
  create: async (work, values) => {
    const name = asText(values['name']);
    if (name && !NAME.test(name)) work.fault('name', 'PATTERN', 'Invalid');
    checkConfig(work, values['config_values']);
    await checkParent(work, name, values['parent']);
    const defined = changes(values) as Site;
    await work.decide(site, name, {
      type: 'DefineSite',
      data: { name, ...defined, configValues: defined.configValues ?? {} },
    });
    return name;
  },
  update: async (work, name, values) => {
    if ('config_values' in values) checkConfig(work, values['config_values']);
    if ('parent' in values) await checkParent(work, String(name), values['parent']);
    await work.decide(site, name, { type: 'ChangeSite', data: changes(values) });
  },
  deletion: {
    close: async (work, name) => void (await work.decide(site, name, { type: 'CloseSite', data: {} })),
    reopen: async (work, name) => void (await work.decide(site, name, { type: 'ReopenSite', data: {} })),
    remove: async (work, name) => void (await work.decide(site, name, { type: 'DeleteSite', data: {} })),
    users: async (view, name) =>
      (await view.list(sites, { where: { parent: String(name) } })).rows.map(({ key }) => `Site ${key}`),
  },
};
