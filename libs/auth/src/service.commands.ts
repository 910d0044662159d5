import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { UnitOfWork } from '#kernel';
import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, CreateCommand, DeleteCommand, given } from '#api';
import type { CommandContext } from '#event-store';
import { CommandExecutor, NamedCommand, UnitOfWorkHandler } from '#event-store';
import { People } from '#people';
import type { Key, ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { AuthOptions } from './auth-options.ts';
import { AUTH_OPTIONS } from './auth-options.ts';
import { GrantPolicy } from './grant-policy.ts';
import { managedService } from './managed.ts';
import { idForNew } from './id-for-new.ts';
import { canBeName, checkName } from './names.ts';
import type { serviceFields } from './service.api.ts';
import { service } from './service.ts';
import { hashOf, newToken, shownOnce } from './tokens.ts';
import { user } from './user.ts';

export class CreateService extends CreateCommand<NewValues<typeof serviceFields>> {}
export class ChangeService extends ChangeCommand<ChangedValues<typeof serviceFields>> {}
export class DeleteService extends DeleteCommand {}

/** Gives a service a new token, which is the result and is shown only now; the old one and all sessions end. */
export class RenewToken extends NamedCommand<string> {
  constructor(readonly key: Key) {
    super();
  }
}

/** What stands for all sites. */
const ALL = '*';

/** Says which of the sites do not exist. */
async function checkSites(
  work: UnitOfWork,
  wanted: readonly string[],
  { reads, sites }: { readonly reads: ReadStore } & Pick<AuthOptions, 'sites'>,
): Promise<void> {
  if (sites === undefined) return;
  for (const site of new Set(wanted)) {
    if (site === ALL || (await reads.now.get(sites, site)) !== undefined) continue;
    work.fault('sites', 'NOT_FOUND', `There is no site ${JSON.stringify(site)}.`);
  }
}

/** Prepared: what a user of the same name is known by, or would be: of both, made at once, only one is. */
@CommandHandler(CreateService)
class CreateServiceHandler extends UnitOfWorkHandler<CreateService, string> {
  constructor(
    @Inject(People) private readonly people: People,
    @Inject(CommandExecutor) private readonly executor: CommandExecutor,
    @Inject(GrantPolicy) private readonly policy: GrantPolicy,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
    @Inject(READ_STORE) private readonly reads: ReadStore,
  ) {
    super();
  }

  override async prepare({ values: { name } }: CreateService): Promise<string> {
    return canBeName(name) ? idForNew({ people: this.people, executor: this.executor }, name) : name;
  }

  async decide(
    work: UnitOfWork,
    { values }: CreateService,
    { caller }: CommandContext,
    namesake: string,
  ): Promise<string> {
    const { name, enabled, sites, modules, permissions } = values;
    checkName(work, name);
    if (await work.load(user, namesake)) work.fault('name', 'TAKEN', 'User with this Name already exists.');
    this.policy.checkAdded(work, caller, [], permissions);
    await checkSites(work, sites, { reads: this.reads, ...this.options });
    const data = { name, enabled: enabled ?? false, sites, modules, permissions };
    await work.decide(service, name, { type: 'DefineService', data });
    return name;
  }
}

@CommandHandler(ChangeService)
class ChangeServiceHandler extends UnitOfWorkHandler<ChangeService> {
  constructor(
    @Inject(GrantPolicy) private readonly policy: GrantPolicy,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
    @Inject(READ_STORE) private readonly reads: ReadStore,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { key, values }: ChangeService, { caller }: CommandContext): Promise<void> {
    const { enabled, sites, modules, permissions } = values;
    const found = await managedService(work, key, caller);
    this.policy.checkAdded(work, caller, found.permissions, permissions ?? []);
    const added = (sites ?? []).filter((site) => !found.serves.sites.includes(site));
    await checkSites(work, added, { reads: this.reads, ...this.options });
    const wanted = given({ enabled: enabled === null ? false : enabled, sites, modules, permissions });
    await work.decide(service, key, { type: 'ChangeService', data: wanted });
  }
}

// Nothing refers to a service, so there is nobody to look for.
@CommandHandler(DeleteService)
class DeleteServiceHandler extends UnitOfWorkHandler<DeleteService> {
  async decide(work: UnitOfWork, { keys }: DeleteService, { caller }: CommandContext): Promise<void> {
    for (const key of keys) await managedService(work, key, caller);
    for (const key of keys) await work.decide(service, key, { type: 'DeleteService', data: {} });
  }
}

@CommandHandler(RenewToken)
class RenewTokenHandler extends UnitOfWorkHandler<RenewToken, string> {
  constructor(@Inject(AUTH_OPTIONS) private readonly options: AuthOptions) {
    super();
  }

  override async prepare(): Promise<string> {
    return newToken();
  }

  async decide(work: UnitOfWork, { key }: RenewToken, { caller }: CommandContext, token: string): Promise<string> {
    await managedService(work, key, caller);
    const publicKey = this.options.nats?.publicKeyOf(token);
    const data = { credential: hashOf(token), ...(publicKey === undefined ? {} : { publicKey }) };
    await work.decide(service, key, { type: 'RenewToken', data });
    return hashOf(token);
  }

  override async complete(_: RenewToken, result: string, token: string): Promise<string> {
    return shownOnce(token, result);
  }
}

export const serviceHandlers = [CreateServiceHandler, ChangeServiceHandler, DeleteServiceHandler, RenewTokenHandler];
