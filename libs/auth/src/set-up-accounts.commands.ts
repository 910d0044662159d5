import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { CommandExecutor, NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Secret, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { People } from '#people';
import { idForNew } from './id-for-new.ts';
import { canBeName, checkName } from './names.ts';
import { isShort, LENGTH_RULE, Passwords } from './passwords.ts';
import { service } from './service.ts';
import { isSourceBlock } from './source-network.ts';
import { keepSuperusers } from './superusers.ts';
import { hashOf } from './tokens.ts';
import type { UserTraits } from './user.ts';
import { user } from './user.ts';

/** Accounts a new installation begins with, as they are asked for. */
export interface AccountsOrder {
  /** Null: nobody beside the administrator. */
  readonly superuser: { readonly name: string; readonly password: Secret } | null;
  /** Blocks of addresses from which the accounts may log in that existing agents and boot images expect; none: no such accounts. */
  readonly legacyNetworks: readonly string[];
  /** Nothing is kept of it. */
  readonly dryRun: boolean;
}

/** What became of an account. */
export interface AccountOutcome {
  readonly kind: 'Account' | 'Service';
  readonly name: string;
  readonly outcome: 'created' | 'unchanged';
}

/** Makes accounts that are not there; those that are stay as they are. */
export class SetUpAccounts extends NamedCommand<readonly AccountOutcome[]> {
  constructor(readonly order: AccountsOrder) {
    super();
  }
}

/** Users that boot images and installed systems log in as; each has its own name for a password. */
const LEGACY_USERS: Readonly<Record<string, readonly string[]>> = {
  bootstrap: ['Building.can_bootstrap'],
  jobsig: ['Foreman.can_job_signal'],
};
/** The service that agents log in as; its token is its own name. */
const LEGACY_SERVICE = 'subcontractor';
const SERVICE_PERMISSIONS = ['Site.view_site', 'SubContractor.can_dispatch'];
const ALL = ['*'];

/** What is said of a user that is made. */
type Traits = UserTraits & { readonly networks?: readonly string[]; readonly legacy?: boolean };

/** What is known of accounts, by name, before they are made. */
interface Prepared {
  /** What each is known by inside. */
  readonly ids: ReadonlyMap<string, string>;
  /** Ids of the verifiers of the passwords of users that are not there yet. */
  readonly credentials: ReadonlyMap<string, string>;
}

@CommandHandler(SetUpAccounts)
class SetUpAccountsHandler extends UnitOfWorkHandler<SetUpAccounts, Prepared> {
  constructor(
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(CommandExecutor) private readonly executor: CommandExecutor,
    @Inject(People) private readonly people: People,
  ) {
    super();
  }

  /** @throws Refusal where only superusers may, or a password or a block of addresses will not do */
  override async prepare({ order }: SetUpAccounts, { caller }: CommandContext): Promise<Prepared> {
    const { superuser, legacyNetworks } = order;
    if ((superuser || legacyNetworks.length > 0) && caller && !caller.principal?.superuser) {
      throw refuse('', 'BEYOND_OWN', 'only superusers set up accounts');
    }
    for (const text of legacyNetworks) {
      if (isSourceBlock(text)) continue;
      throw refuse('legacy_networks', 'INVALID', `"${text}" is no block of addresses, such as 10.0.0.0/24`);
    }
    if (superuser && isShort(superuser.password.reveal())) throw refuse('superuser_password', 'SHORT', LENGTH_RULE);
    const wanted = new Map(Object.keys(usersOf(legacyNetworks)).map((name) => [name, name]));
    if (superuser) wanted.set(superuser.name, superuser.password.reveal());
    const credentials = new Map<string, string>();
    const ids = new Map<string, string>();
    const named = [...wanted.keys(), ...(legacyNetworks.length > 0 ? [LEGACY_SERVICE] : [])];
    for (const name of named) ids.set(name, await this.#idOf(name, order));
    for (const [name, password] of wanted) {
      const id = ids.get(name) ?? name;
      const { value: there } = await this.executor.preview((work) => work.load(user, id));
      if (there) continue;
      credentials.set(name, order.dryRun ? '' : await this.passwords.keep(password, caller?.source ?? ''));
    }
    return { ids, credentials };
  }

  async #idOf(name: string, { dryRun }: AccountsOrder): Promise<string> {
    if (dryRun || !canBeName(name)) return this.people.inside(name);
    return idForNew({ people: this.people, executor: this.executor }, name);
  }

  async decide(work: UnitOfWork, { order }: SetUpAccounts, _: CommandContext, { ids, credentials }: Prepared) {
    const { superuser, legacyNetworks: networks } = order;
    const outcomes: AccountOutcome[] = [];
    const make = async (name: string, traits: Omit<Traits, 'enabled' | 'groups'>) => {
      const credential = credentials.get(name);
      const id = ids.get(name) ?? name;
      const there = credential === undefined || (await work.load(user, id)) !== undefined;
      outcomes.push({ kind: 'Account', name, outcome: there ? 'unchanged' : 'created' });
      if (there) return;
      checkName(work, name);
      if (await work.load(service, name)) work.fault('name', 'TAKEN', 'Service with this Name already exists.');
      const data = { name: id, enabled: true, groups: [], ...traits, credential };
      await work.decide(user, id, { type: 'CreateUser', data });
      await keepSuperusers(work, id);
    };
    if (superuser) await make(superuser.name, { superuser: true, permissions: [] });
    for (const [name, permissions] of Object.entries(usersOf(networks))) {
      await make(name, { superuser: false, permissions, networks, legacy: true });
    }
    if (networks.length > 0)
      outcomes.push(await makeService(work, networks, ids.get(LEGACY_SERVICE) ?? LEGACY_SERVICE));
    return outcomes;
  }

  override async complete(
    _: SetUpAccounts,
    outcomes: readonly AccountOutcome[],
    { ids, credentials }: Prepared,
  ): Promise<readonly AccountOutcome[]> {
    const made = new Set(outcomes.flatMap(({ name, outcome }) => (outcome === 'created' ? [name] : [])));
    for (const [name, credential] of credentials) if (!made.has(name)) await this.passwords.erase(credential);
    for (const name of made) await this.people.markUsed(ids.get(name) ?? name);
    return outcomes;
  }

  override async rollBack(_: SetUpAccounts, { credentials }: Prepared): Promise<void> {
    for (const credential of credentials.values()) await this.passwords.erase(credential);
  }
}

const usersOf = (networks: readonly string[]): typeof LEGACY_USERS => (networks.length > 0 ? LEGACY_USERS : {});

async function makeService(work: UnitOfWork, networks: readonly string[], namesake: string): Promise<AccountOutcome> {
  const name = LEGACY_SERVICE;
  const there = (await work.load(service, name)) !== undefined;
  if (!there) {
    if (await work.load(user, namesake)) work.fault('name', 'TAKEN', 'User with this Name already exists.');
    const data = { name, enabled: true, sites: ALL, modules: ALL, permissions: SERVICE_PERMISSIONS, networks };
    await work.decide(service, name, { type: 'DefineService', data });
    // NATS is told no key of it: there it would be let in from anywhere.
    await work.decide(service, name, { type: 'RenewToken', data: { credential: hashOf(name), legacy: true } });
  }
  return { kind: 'Service', name, outcome: there ? 'unchanged' : 'created' };
}

export const setUpAccountsHandlers = [SetUpAccountsHandler];
