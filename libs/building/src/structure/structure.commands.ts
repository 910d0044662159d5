import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, ConfigHolder, NewValues } from '#api';
import { ChangeCommand, CreateCommand, DeleteCommand, deleteHandler, given } from '#api';
import { allowedFoundationBluePrints, structureBluePrintFor } from '#blueprint';
import type { ConfigOwner } from '#config';
import { configValuesFrom, declaredSecretNames } from '#config';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import { checkHolderMoves, removeAddressesOf } from '#ipam';
import type { JsonMap, UnitOfWork } from '#kernel';
import type { Key } from '#read-store';
import { Ids } from '#read-store';
import { Secrets } from '#secrets';
import { siteFor } from '#site';
import { removeMembership } from '../complex/complex-structure.commands.ts';
import { removeDependenciesOn } from '../dependency/dependency.commands.ts';
import { foundationFor } from '../find-foundation.ts';
import { foundation } from '../foundation.ts';
import { checkLeavesNone } from '../interface/members.ts';
import { removeLogicalInterfacesOf } from '../interface/remove-interfaces.ts';
import { labelling, labelsFrom, ownerFrom } from '../selection/labels.ts';
import { checkHostName, freeHostName, takeHostName } from './host-name.ts';
import { secretNamesFor } from './secret-names-for.ts';
import type { structureFields } from './structure.api.ts';
import type { Structure } from './structure.ts';
import { structure } from './structure.ts';
import { structures } from './structures.ts';

type Fields = typeof structureFields;
type Changes = ChangedValues<Fields>;

export class CreateStructure extends CreateCommand<NewValues<Fields>, number> {
  constructor(
    values: NewValues<Fields>,
    /** By which its machine knows it already; drawn at random unless given. */
    readonly configUuid: string = randomUUID(),
  ) {
    super(values);
  }
}
export class ChangeStructure extends ChangeCommand<Changes> {}
export class DeleteStructure extends DeleteCommand {}

/** Sets some configuration values of a structure; the others stay as they are. */
export class ConfigureStructure extends NamedCommand {
  constructor(
    readonly key: Key,
    readonly values: JsonMap,
  ) {
    super();
  }
}

/** What a structure shall stand on has to be of a blueprint that its own allows. @returns whether it is there */
export async function checkFoundation(work: UnitOfWork, blueprint: string, locator: string): Promise<boolean> {
  const found = await foundationFor(work, 'foundation', locator);
  const own = await structureBluePrintFor(work, 'blueprint', blueprint);
  if (!found || !own) return found !== undefined;
  const allowed = await allowedFoundationBluePrints(work, blueprint);
  if (!allowed.includes(found.blueprint)) {
    const text = `The blueprint "${blueprint}" is not allowed on foundation "${found.blueprint}"`;
    work.fault('foundation', 'BLUEPRINT', text);
  }
  return true;
}

/** The zone of a site that a structure is put into. */
const zoneOf = async (work: UnitOfWork, name: string | null): Promise<number | null> =>
  (await siteFor(work, 'site', name))?.zone ?? null;

/** What a structure is defined with besides its values. */
interface Defining extends Pick<ConfigOwner, 'secrets' | 'request'> {
  /** By which its machine knows it already; drawn at random unless given. */
  readonly configUuid?: string;
}

/** Makes a structure with an id; what is wrong with it is noted. */
export async function defineStructure(
  work: UnitOfWork,
  id: number,
  values: CreateStructure['values'],
  { secrets, request, configUuid = randomUUID() }: Defining,
): Promise<void> {
  const { hostname, site, blueprint, foundation: locator, config_values: config } = values;
  const zone = await zoneOf(work, site);
  checkHostName(work, hostname);
  const stands = await checkFoundation(work, blueprint, locator);
  const secretNames = await secretNamesFor(work, { site, blueprint });
  const configValues = await configValuesFrom(work, config, {
    owner: `Structure ${id}`,
    secrets,
    request,
    secretNames,
  });
  await takeHostName(work, id, { hostname, site, zone });
  if (stands) await work.decide(foundation, locator, { type: 'OccupyFoundation', data: { structure: id } });
  await work.decide(structure, id, {
    type: 'DefineStructure',
    data: {
      hostname,
      site,
      zone,
      blueprint,
      foundation: locator,
      configValues,
      configUuid,
      ...labelling(work, values),
    },
  });
}

@CommandHandler(CreateStructure)
class CreateStructureHandler extends UnitOfWorkHandler<CreateStructure> {
  constructor(
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(Ids) private readonly ids: Ids,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { values, configUuid }: CreateStructure, { metadata: { request } }: CommandContext) {
    const id = await this.ids.next('networked');
    await defineStructure(work, id, values, { secrets: this.secrets, request, configUuid });
    return id;
  }
}

@CommandHandler(ChangeStructure)
class ChangeStructureHandler extends UnitOfWorkHandler<ChangeStructure> {
  constructor(@Inject(Secrets) private readonly secrets: Secrets) {
    super();
  }

  async decide(work: UnitOfWork, { key, values }: ChangeStructure, { metadata: { request } }: CommandContext) {
    const id = Number(key);
    const found = await work.load(structure, id);
    if (found.stage !== 'active') {
      work.fault('', 'NOT_FOUND', 'Structure does not exist');
      return;
    }
    const before = found.value;
    const { hostname, site, blueprint, foundation: locator, config_values: config, labels, owner } = values;
    const zone = site === undefined && hostname === undefined ? undefined : await zoneOf(work, site ?? before.site);
    const configOwner: ConfigOwner = {
      owner: `Structure ${id}`,
      secrets: this.secrets,
      request,
      before: before.configValues,
      secretNames: await secretNamesFor(work, {
        site: site ?? before.site,
        blueprint: blueprint ?? before.blueprint,
      }),
    };
    const changes: Partial<Structure> = given({
      hostname,
      site,
      zone,
      blueprint,
      foundation: locator,
      configValues: config === undefined ? undefined : await configValuesFrom(work, config, configOwner),
      labels: labels ? labelsFrom(work, labels) : undefined,
      owner: owner === undefined ? undefined : ownerFrom(owner),
    });
    const after: Structure = { ...before, ...changes };
    if (hostname !== undefined) checkHostName(work, hostname);
    if (after.site !== before.site) await checkHolderMoves(work, id, after.site);
    if (after.blueprint !== before.blueprint || after.foundation !== before.foundation) {
      await checkFoundation(work, after.blueprint, after.foundation);
    }
    if (!(await work.decide(structure, id, { type: 'ChangeStructure', data: changes }))) return;
    if (after.hostname !== before.hostname || after.site !== before.site || after.zone !== before.zone) {
      await freeHostName(work, id, before);
      await takeHostName(work, id, after);
    }
    if (after.foundation !== before.foundation) {
      await checkLeavesNone(work, id);
      await work.decide(foundation, before.foundation, { type: 'VacateFoundation', data: { structure: id } });
      await work.decide(foundation, after.foundation, { type: 'OccupyFoundation', data: { structure: id } });
    }
  }
}

@CommandHandler(ConfigureStructure)
class ConfigureStructureHandler extends UnitOfWorkHandler<ConfigureStructure> {
  constructor(@Inject(Secrets) private readonly secrets: Secrets) {
    super();
  }

  async decide(work: UnitOfWork, { key, values }: ConfigureStructure, { metadata: { request } }: CommandContext) {
    const id = Number(key);
    const found = await work.load(structure, id);
    const before = found.stage === 'active' ? found.value.configValues : [];
    const above = found.stage === 'active' ? await secretNamesFor(work, found.value) : [];
    const secretNames = [...above, ...declaredSecretNames(before)];
    const owner = { owner: `Structure ${id}`, secrets: this.secrets, request, before, secretNames };
    const set = await configValuesFrom(work, values, owner);
    // What is there keeps its place: the order of keys means something.
    const configValues = [...new Map([...before, ...set])];
    await work.decide(structure, id, { type: 'ChangeStructure', data: { configValues } });
  }
}

const deleteStructure = deleteHandler(DeleteStructure, 'Building/Structure', structure, async (work, key, view) => {
  const id = Number(key);
  const found = await work.load(structure, id);
  if (!('value' in found)) return;
  const { foundation: locator, membership } = found.value;
  await freeHostName(work, id, found.value);
  await work.decide(foundation, locator, { type: 'VacateFoundation', data: { structure: id } });
  await removeAddressesOf(work, id);
  await removeLogicalInterfacesOf(work, id);
  if (membership) await removeMembership(work, membership.membership);
  await removeDependenciesOn(work, view, { structure: id });
  await removeDependenciesOn(work, view, { scriptStructure: id });
});

/** Structures, as far as they hold configuration values. */
export const structuresWithSecrets: ConfigHolder = {
  kind: 'Structure',
  rows: structures,
  async change(work, key, become) {
    const found = await work.load(structure, key);
    if (found.stage !== 'active') return;
    const configValues = await become(found.value.configValues);
    await work.decide(structure, key, { type: 'ChangeStructure', data: { configValues } });
  },
};

export const structureHandlers = [
  CreateStructureHandler,
  ChangeStructureHandler,
  ConfigureStructureHandler,
  deleteStructure,
];
