import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues, Values } from '#api';
import { ChangeCommand, CreateCommand, DeleteCommand, deleteHandler, given, checkPattern } from '#api';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { JsonMap, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import type { Key } from '#read-store';
import { Ids } from '#read-store';
import { Secrets } from '#secrets';
import { siteFor } from '#site';
import { checkSiteOfComplex, defineFoundation } from '../foundation.commands.ts';
import { defineInterfaces } from '../interface/carried-interfaces.ts';
import { sealedFields } from '../own-secrets.ts';
import { carriedBy } from './carried-by.ts';
import type { MembershipFields } from './complex-structure.commands.ts';
import { addMembership, removeMembership } from './complex-structure.commands.ts';
import { checkComplexFields, complexTypeOf, hostOf } from './complex-rules.ts';
import type { complexFields } from './complex.api.ts';
import { complex } from './complex.ts';

type Fields = typeof complexFields;

/** Creates a complex of one platform's type, or a plain one. */
export class CreateComplex extends CreateCommand<NewValues<Fields> & Values> {
  constructor(
    readonly type: string | null,
    /** Names of the fields of its platform. */
    readonly own: readonly string[],
    values: NewValues<Fields> & Values,
  ) {
    super(values);
  }
}

export class ChangeComplex extends ChangeCommand<ChangedValues<Fields> & Values> {
  constructor(
    key: Key,
    /** Names of the fields of its platform. */
    readonly own: readonly string[],
    values: ChangedValues<Fields> & Values,
  ) {
    super(key, values);
  }
}

/** Makes a foundation that a complex carries; results in its locator. */
export class CreateCarriedFoundation extends NamedCommand<string> {
  constructor(
    readonly complex: Key,
    readonly hostname: string,
    readonly site: string,
    /** The network interfaces it shall have. */
    readonly interfaces: readonly JsonMap[],
    /** The sites whose networks the caller may use; undefined: all. */
    readonly sites?: readonly string[],
  ) {
    super();
  }
}

@CommandHandler(CreateCarriedFoundation)
class CreateCarriedFoundationHandler extends UnitOfWorkHandler<CreateCarriedFoundation> {
  constructor(
    @Inject(PLATFORMS) private readonly platforms: readonly ServerHalf[],
    @Inject(Ids) private readonly ids: Ids,
    @Inject(Secrets) private readonly secrets: Secrets,
  ) {
    super();
  }

  async decide(
    work: UnitOfWork,
    { complex: name, hostname, site, interfaces, sites }: CreateCarriedFoundation,
    { metadata: { request } }: CommandContext,
  ) {
    const found = await work.load(complex, name);
    const type = found.stage === 'active' ? found.value.type : null;
    const carried = carriedBy(this.platforms, String(name), type);
    if (!carried) throw refuse('', 'NO_FOUNDATIONS', 'Root Complex dose not support Foundations');
    const value = { ...carried, site, idMap: null };
    const kind = this.platforms
      .flatMap(({ foundationTypes }) => foundationTypes)
      .find((one) => one.type === value.type);
    if (kind?.inSiteOfComplex) await checkSiteOfComplex(work, site, String(name));
    const made = await defineFoundation(work, hostname, value, { secrets: this.secrets, request });
    if (!made) return hostname;
    await defineInterfaces(work, this.ids, interfaces, {
      foundation: hostname,
      names: made.physicalInterfaceNames,
      sites,
    });
    return hostname;
  }
}

/** Deletes complexes, and the memberships in them. */
export class DeleteComplex extends DeleteCommand {}

/** Where a request on a complex says what its members are. */
const MEMBERS: MembershipFields = { complex: 'name', structure: 'members' };

/** Makes these structures, and no others, the members of a complex. */
async function replaceMembers(work: UnitOfWork, ids: Ids, name: string, wanted: readonly number[]): Promise<void> {
  const found = await work.load(complex, name);
  const members = found.stage === 'active' ? found.value.members : [];
  for (const { structure, membership } of members) {
    if (!wanted.includes(structure)) await removeMembership(work, membership);
  }
  for (const structure of new Set(wanted)) {
    if (members.some((member) => member.structure === structure)) continue;
    await addMembership(work, await ids.next('complexStructure'), { complex: name, structure }, MEMBERS);
  }
}

@CommandHandler(CreateComplex)
class CreateComplexHandler extends UnitOfWorkHandler<CreateComplex> {
  constructor(
    @Inject(Ids) private readonly ids: Ids,
    @Inject(PLATFORMS) private readonly platforms: readonly ServerHalf[],
    @Inject(Secrets) private readonly secrets: Secrets,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { type, own, values }: CreateComplex, { metadata: { request } }: CommandContext) {
    const { name, site, description, built_percentage: builtPercentage, members } = values;
    checkPattern(work, 'name', name, 'invalid');
    await siteFor(work, 'site', site);
    const kind = complexTypeOf(this.platforms, type);
    const given = Object.fromEntries(own.map((field) => [field, values[field] ?? null])) as JsonMap;
    await checkComplexFields(work, kind, given);
    const sealing = { owner: `Complex ${name}`, secrets: this.secrets, request };
    const fields = await sealedFields(work, given, sealing);
    await work.decide(complex, name, {
      type: 'DefineComplex',
      data: {
        type,
        site,
        description,
        builtPercentage: builtPercentage ?? 90,
        members: [],
        ...(kind?.maxMembers === undefined ? {} : { maxMembers: kind.maxMembers }),
        ...(kind?.host ? { host: hostOf(kind, fields) } : {}),
        own: fields,
      },
    });
    await replaceMembers(work, this.ids, name, members);
    return name;
  }
}

@CommandHandler(ChangeComplex)
class ChangeComplexHandler extends UnitOfWorkHandler<ChangeComplex> {
  constructor(
    @Inject(Ids) private readonly ids: Ids,
    @Inject(PLATFORMS) private readonly platforms: readonly ServerHalf[],
    @Inject(Secrets) private readonly secrets: Secrets,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { key, own, values }: ChangeComplex, { metadata: { request } }: CommandContext) {
    const name = String(key);
    const found = await work.load(complex, name);
    if (found.stage !== 'active') {
      work.fault('', 'NOT_FOUND', 'Complex does not exist');
      return;
    }
    const { site, description, built_percentage: builtPercentage, members } = values;
    if (site !== undefined) await siteFor(work, 'site', site);
    const { type, own: before } = found.value;
    const kind = complexTypeOf(this.platforms, type);
    const changed = Object.fromEntries(Object.entries(values).filter(([field]) => own.includes(field))) as JsonMap;
    await checkComplexFields(work, kind, changed);
    const sealing = { owner: `Complex ${name}`, before, secrets: this.secrets, request };
    const fields = { ...before, ...(await sealedFields(work, changed, sealing)) };
    await work.decide(complex, name, {
      type: 'ChangeComplex',
      data: {
        ...given({ site, description, builtPercentage: builtPercentage ?? undefined }),
        ...(kind?.host ? { host: hostOf(kind, fields) } : {}),
        own: fields,
      },
    });
    if (members !== undefined) await replaceMembers(work, this.ids, name, members);
  }
}

const deleteComplex = deleteHandler(DeleteComplex, 'Building/Complex', complex, async (work, name) => {
  const found = await work.load(complex, name);
  if (!('value' in found)) return;
  for (const { membership } of found.value.members) await removeMembership(work, membership);
});

export const complexHandlers = [
  CreateComplexHandler,
  ChangeComplexHandler,
  CreateCarriedFoundationHandler,
  deleteComplex,
];
