import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { CommandContext } from '#event-store';
import { CommandExecutor, NamedCommand, UnitOfWorkHandler } from '#event-store';
import { isPersonId, People } from '#people';
import { group } from '../group.ts';
import { decideSessions } from '../holders.ts';
import { idForNew, standsInLog } from '../id-for-new.ts';
import { canBeName, checkName } from '../names.ts';
import { person } from '../person.ts';
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

/** Somebody who is let in: what they are known by inside, and what is kept of them, sealed where it tells who they are. */
interface LetIn {
  readonly holder: string;
  readonly token: string;
  readonly source: string;
  readonly subject: string;
}

@CommandHandler(LoginByOpenId)
class LoginByOpenIdHandler extends UnitOfWorkHandler<LoginByOpenId, LetIn> {
  constructor(
    @Inject(OPENID_OPTIONS) private readonly options: OpenIdOptions | undefined,
    @Inject(People) private readonly people: People,
    @Inject(CommandExecutor) private readonly executor: CommandExecutor,
  ) {
    super();
  }

  override async prepare(command: LoginByOpenId, context: CommandContext): Promise<LetIn> {
    const { name, subject } = command.vouched;
    const token = newToken();
    const asked = { holder: name, token, source: '', subject };
    if (!canBeName(name)) return asked;
    const known = await this.people.inside(name);
    const isKnown = known !== name || (await standsInLog(this.executor, name));
    const check = () => this.executor.preview((work) => this.decide(work, command, context, asked));
    const holder = isKnown ? known : await idForNew({ people: this.people, executor: this.executor }, name, check);
    return {
      holder,
      token,
      source: await this.people.seal(holder, context.caller?.source ?? ''),
      // Whoever knows who somebody is at the provider could find them by it.
      subject: await this.people.seal(holder, subject),
    };
  }

  async decide(work: UnitOfWork, { vouched }: LoginByOpenId, context: CommandContext, letIn: LetIn): Promise<string> {
    const { options } = this;
    if (!options) throw refuse('', 'NO_PROVIDER', 'Nobody signs in by OpenID Connect here');
    const { holder, token, source, subject } = letIn;
    const found = await work.load(user, holder);
    if (found) await this.#checkKnown(found, vouched, context, options);
    else await this.#create(work, vouched.name, holder, options);
    await this.#keepGroups(work, holder, vouched, options);
    if (found?.subject === undefined) await work.decide(user, holder, { type: 'LinkUser', data: { subject } });
    const session = newSession(holder, hashOf(token), source, context);
    await decideSessions(work, 'user', holder, { type: 'OpenSession', data: { ...session, credential: null } });
    return hashOf(token);
  }

  override async complete(_: LoginByOpenId, result: string, { holder, token }: LetIn): Promise<string> {
    if (isPersonId(holder)) await this.people.markUsed(holder);
    return shownOnce(token, result);
  }

  /** Somebody else may have been given a login name there; and a password here is not to be gone around. */
  async #checkKnown(
    { enabled, credential, networks, subject: linked }: User,
    { name, subject }: Vouched,
    { caller }: CommandContext,
    { label, withPassword }: OpenIdOptions,
  ): Promise<void> {
    const known = linked === undefined ? undefined : await this.people.shown(linked);
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

  async #create(work: UnitOfWork, name: string, id: string, { newUsers, label }: OpenIdOptions): Promise<void> {
    if (!canBeName(name)) {
      throw refuse('', 'NO_NAME', `${label} calls you ${JSON.stringify(name)}, which can be no login name here`);
    }
    if (!newUsers) throw refuse('', 'UNKNOWN_USER', `There is no user ${name} here; ask an administrator for one`);
    checkName(work, name);
    if (await work.load(service, name)) throw refuse('', 'TAKEN', `The name ${name} is that of a service here`);
    if (isPersonId(id) && (await work.load(person, id)).erased) {
      throw refuse('', 'ERASED', `The user ${name} was erased this moment; try again`);
    }
    const data = { name: id, superuser: false, enabled: true, groups: [], permissions: [], credential: null };
    await work.decide(user, id, { type: 'CreateUser', data });
    await keepSuperusers(work, id);
  }

  /** Of the groups that the provider decides about they are in those it says; a group that is not there is passed over. */
  async #keepGroups(
    work: UnitOfWork,
    id: string,
    { groups }: Vouched,
    { groups: pairs }: OpenIdOptions,
  ): Promise<void> {
    if (pairs.length === 0) return;
    const governed = new Set(pairs.map(([, ours]) => ours));
    const given: string[] = [];
    for (const ours of governed) {
      const joins = pairs.some(([theirs, one]) => one === ours && groups.includes(theirs));
      if (joins && (await work.load(group, ours)).stage === 'active') given.push(ours);
    }
    const has = (await work.load(user, id))?.groups ?? [];
    const wanted = [...has.filter((one) => !governed.has(one)), ...given];
    await work.decide(user, id, { type: 'ChangeUser', data: { groups: wanted } });
  }
}

export const openIdHandlers = [LoginByOpenIdHandler];
