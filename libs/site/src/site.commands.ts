import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, ConfigHolder, NewValues } from '#api';
import { ChangeCommand, CreateCommand, declaredSecrets, DeleteCommand, deleteHandler, given, checkPattern } from '#api';
import type { ConfigOwner, Pairs } from '#config';
import { configValuesFrom } from '#config';
import { zoneFor } from '#directory';
import type { CommandContext } from '#event-store';
import { UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { Secrets } from '#secrets';
import { siteSecretNames, siteFor } from './find-site.ts';
import type { siteFields } from './site.api.ts';
import type { Site } from './site.ts';
import { site } from './site.ts';
import { sites } from './sites.ts';

/** Values that have to be lists, as every reader of them expects. */
const LISTS = ['domain_search', 'dns_servers', 'log_servers'];

type Changes = ChangedValues<typeof siteFields>;

export class CreateSite extends CreateCommand<NewValues<typeof siteFields>> {}
export class ChangeSite extends ChangeCommand<Changes> {}
export class DeleteSite extends DeleteCommand {}

/** Refuses a parent that would put the site inside itself. */
export async function checkSiteParent(work: UnitOfWork, name: string, parent: string | null): Promise<void> {
  for (let at: string | null | undefined = parent; at !== null && at !== undefined;) {
    const around: Site | undefined = await siteFor(work, 'parent', at);
    if (at === name) {
      work.fault('parent', 'CYCLE', `Site "${name}" would be inside itself`);
      return;
    }
    at = around?.parent;
  }
}

/** What is given of a site; what is wrong with it is noted. */
async function changesFrom(
  work: UnitOfWork,
  name: string,
  values: Changes,
  whose: Pick<ConfigOwner, 'secrets' | 'request'> & { readonly before?: Site | undefined },
): Promise<Partial<Site>> {
  const { description, zone, parent, config_values: config } = values;
  if (zone !== undefined) await zoneFor(work, 'zone', zone);
  if (parent !== undefined) await checkSiteParent(work, name, parent);
  return given({ description, zone, parent, configValues: config === undefined ? undefined : await configValues() });

  async function configValues(): Promise<Pairs> {
    const { before, ...kept } = whose;
    const around = parent === undefined ? (before?.parent ?? null) : parent;
    const secretNames = [...(await siteSecretNames(work, around)), ...(await declaredSecrets(work))];
    const owner = { ...kept, owner: `Site ${name}`, before: before?.configValues, lists: LISTS, secretNames };
    return configValuesFrom(work, config, owner);
  }
}

@CommandHandler(CreateSite)
class CreateSiteHandler extends UnitOfWorkHandler<CreateSite> {
  constructor(@Inject(Secrets) private readonly secrets: Secrets) {
    super();
  }

  async decide(
    work: UnitOfWork,
    { values: { name, ...values } }: CreateSite,
    { metadata: { request } }: CommandContext,
  ) {
    checkPattern(work, 'name', name, 'Invalid');
    const data = (await changesFrom(work, name, values, { secrets: this.secrets, request })) as Site;
    await work.decide(site, name, { type: 'DefineSite', data });
    return name;
  }
}

@CommandHandler(ChangeSite)
class ChangeSiteHandler extends UnitOfWorkHandler<ChangeSite> {
  constructor(@Inject(Secrets) private readonly secrets: Secrets) {
    super();
  }

  async decide(work: UnitOfWork, { key, values }: ChangeSite, { metadata: { request } }: CommandContext) {
    const name = String(key);
    const state = await work.load(site, name);
    const before = state.stage === 'active' ? state.value : undefined;
    const data = await changesFrom(work, name, values, { secrets: this.secrets, before, request });
    await work.decide(site, name, { type: 'ChangeSite', data });
  }
}

/** Sites, as far as they hold configuration values. */
export const sitesWithSecrets: ConfigHolder = {
  kind: 'Site',
  rows: sites,
  async change(work, key, become) {
    const found = await work.load(site, key);
    if (found.stage !== 'active') return;
    await work.decide(site, key, {
      type: 'ChangeSite',
      data: { configValues: await become(found.value.configValues) },
    });
  },
};

export const siteHandlers = [CreateSiteHandler, ChangeSiteHandler, deleteHandler(DeleteSite, 'Site/Site', site)];
