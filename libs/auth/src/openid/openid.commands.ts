import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import { group } from '../group.ts';
import { decideSessions } from '../holders.ts';
import { canBeName, checkName } from '../names.ts';
import { service } from '../service.ts';
import { newSession } from '../session.commands.ts';
import { isWithin } from '../source-network.ts';
import { keepSuperusers } from '../superusers.ts';
import { hashOf, newToken, shownOnce } from '../tokens.ts';
import type { User } from '../user.ts';
import { user } from '../user.ts';
import type { OpenIdOptions } from './openid-options.ts';
import { OPENID_OPTIONS } from './openid-options.ts';

/** Whom the provider vouches for. */
export interface Vouched {
  /** Login name here. */
  readonly name: string;
  /** Who they are there, for as long as they are: a hash of the issuer and the subject. */
  readonly subject: string;
  /** Their groups there. */
  readonly groups: readonly string[];
}

/** Opens a session of two weeks for whom the provider vouches for. Results in its token. */
export class LoginByOpenId extends NamedCommand<string> {
  constructor(readonly vouched: Vouched) {
    super();
  }
}

@CommandHandler(LoginByOpenId)
class LoginByOpenIdHandler extends UnitOfWorkHandler<LoginByOpenId, string> {
  constructor(@Inject(OPENID_OPTIONS) private readonly options: OpenIdOptions | undefined) {
    super();
  }

  override async prepare(): Promise<string> {
    return newToken();
  }

  async decide(work: UnitOfWork, { vouched }: LoginByOpenId, context: CommandContext, token: string): Promise<string> {
    const { options } = this;
    if (!options) throw refuse('', 'NO_PROVIDER', 'Nobody signs in by OpenID Connect here');
    const { name, subject } = vouched;
    const found = await work.load(user, name);
    if (found) this.#checkKnown(found, vouched, context, options);
    else await this.#create(work, name, options);
    await this.#keepGroups(work, vouched, options);
    await work.decide(user, name, { type: 'LinkUser', data: { subject } });
    const session = newSession(name, hashOf(token), context);
    await decideSessions(work, 'user', name, { type: 'OpenSession', data: { ...session, credential: null } });
    return hashOf(token);
  }

  override async complete(_: LoginByOpenId, result: string, token: string): Promise<string> {
    return shownOnce(token, result);
  }

  /** Somebody else may have been given a login name there; and a password here is not to be gone around. */
  #checkKnown(
    { enabled, credential, networks, subject: known }: User,
    { name, subject }: Vouched,
    { caller }: CommandContext,
    { label, withPassword }: OpenIdOptions,
  ): void {
    if (!enabled) throw refuse('', 'DISABLED', `The user ${name} is disabled here`);
    if (known !== undefined && known !== subject) {
      throw refuse(
        '',
        'SOMEBODY_ELSE',
        `The user ${name} was somebody else at ${label} before; an administrator can unlink them`,
      );
    }
    if (known === undefined && credential !== null && !withPassword) {
      throw refuse('', 'HAS_PASSWORD', `The user ${name} has a password here: sign in with that`);
    }
    if (networks !== undefined && !isWithin(caller?.source ?? '', networks)) {
      throw refuse('', 'INVALID_LOGIN', `The user ${name} may not sign in from here`);
    }
  }

  async #create(work: UnitOfWork, name: string, { newUsers, label }: OpenIdOptions): Promise<void> {
    if (!canBeName(name)) {
      throw refuse('', 'NO_NAME', `${label} calls you ${JSON.stringify(name)}, which can be no login name here`);
    }
    if (!newUsers) throw refuse('', 'UNKNOWN_USER', `There is no user ${name} here; ask an administrator for one`);
    checkName(work, name);
    if (await work.load(service, name)) throw refuse('', 'TAKEN', `The name ${name} is that of a service here`);
    const data = { name, superuser: false, enabled: true, groups: [], permissions: [], credential: null };
    await work.decide(user, name, { type: 'CreateUser', data });
    await keepSuperusers(work, name);
  }

  /** Of the groups that the provider decides about they are in those it says; a group that is not there is passed over. */
  async #keepGroups(work: UnitOfWork, { name, groups }: Vouched, { groups: pairs }: OpenIdOptions): Promise<void> {
    if (pairs.length === 0) return;
    const governed = new Set(pairs.map(([, ours]) => ours));
    const given: string[] = [];
    for (const ours of governed) {
      const joins = pairs.some(([theirs, one]) => one === ours && groups.includes(theirs));
      if (joins && (await work.load(group, ours)).stage === 'active') given.push(ours);
    }
    const has = (await work.load(user, name))?.groups ?? [];
    const wanted = [...has.filter((one) => !governed.has(one)), ...given];
    await work.decide(user, name, { type: 'ChangeUser', data: { groups: wanted } });
  }
}

export const openIdHandlers = [LoginByOpenIdHandler];
