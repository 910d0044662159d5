import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { Principal, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { NewValues } from '#api';
import { CreateCommand, DeleteCommand } from '#api';
import type { CommandContext } from '#event-store';
import { UnitOfWorkHandler } from '#event-store';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { accessTokens } from './access-tokens.ts';
import type { AuthOptions } from './auth-options.ts';
import { AUTH_OPTIONS } from './auth-options.ts';
import { checkReach, GrantPolicy } from './grant-policy.ts';
import type { tokenFields } from './token.api.ts';
import { hashOf, newToken } from './tokens.ts';
import { user } from './user.ts';

const DAY_MS = 24 * 3600 * 1000;

/** How long a token lasts, in days: unless said otherwise, and at the most. */
export const TOKEN_DAYS = { usual: 90, most: 366 } as const;

/** By what a token of a user is known again among others, as by those who look for secrets in files. */
export const TOKEN_PREFIX = 'contractor_';

/** Issues a token to the caller. It results in its id; the token itself is told once. */
export class IssueToken extends CreateCommand<NewValues<typeof tokenFields>> {
  /** Once it is carried out. */
  value: string | undefined;
}

/** Ends tokens, by their ids. */
export class RevokeTokens extends DeleteCommand {}

@CommandHandler(IssueToken)
class IssueTokenHandler extends UnitOfWorkHandler<IssueToken, string> {
  constructor(
    @Inject(GrantPolicy) private readonly policy: GrantPolicy,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
    @Inject(READ_STORE) private readonly reads: ReadStore,
  ) {
    super();
  }

  override async prepare(): Promise<string> {
    return `${TOKEN_PREFIX}${newToken()}`;
  }

  async decide(work: UnitOfWork, { values }: IssueToken, context: CommandContext, value: string): Promise<string> {
    const { name: owner } = holderOf(context);
    const { name, permissions, sites, read_only: readOnly } = values;
    this.policy.checkAdded(work, context.caller, [], permissions);
    await this.#checkSites(work, sites);
    const expires = endOf(work, values.expires, context.now);
    work.throwIfFaulted();
    const token = hashOf(value);
    const scope = { permissions: [...permissions], readOnly: readOnly ?? false, sites: [...sites] };
    await work.decide(user, owner, {
      type: 'IssueToken',
      data: { token, name, ...scope, expires, now: context.now },
    });
    return token;
  }

  override async complete(command: IssueToken, result: string, value: string): Promise<string> {
    if (hashOf(value) === result) command.value = value;
    return result;
  }

  async #checkSites(work: UnitOfWork, wanted: readonly string[]): Promise<void> {
    const { sites } = this.options;
    if (sites === undefined) return;
    for (const site of new Set(wanted)) {
      if (await this.reads.now.get(sites, site)) continue;
      work.fault('sites', 'NOT_FOUND', `There is no site ${JSON.stringify(site)}.`);
    }
  }
}

// Nothing refers to a token, so there is nobody to look for.
@CommandHandler(RevokeTokens)
class RevokeTokensHandler extends UnitOfWorkHandler<RevokeTokens> {
  constructor(@Inject(READ_STORE) private readonly reads: ReadStore) {
    super();
  }

  async decide(work: UnitOfWork, { keys }: RevokeTokens, { caller }: CommandContext): Promise<void> {
    for (const key of keys) {
      const row = await this.reads.now.get(accessTokens, key);
      if (!row) continue;
      if (row.user !== caller?.principal?.name) await checkReach(work, caller, row.user);
      await work.decide(user, row.user, { type: 'RevokeToken', data: { token: String(key) } });
    }
  }
}

export const tokenHandlers = [IssueTokenHandler, RevokeTokensHandler];

/** A token makes no other, which might outlive it; and a service has one of its own. @throws Refusal */
function holderOf({ caller }: CommandContext): Principal {
  const principal = caller?.principal;
  if (!principal) throw refuse('', 'NOT_LOGGED_IN', 'Invalid Session');
  if (principal.token) throw refuse('', 'NOT_BY_TOKEN', 'a token is made in a session, not with another token');
  if (principal.serviceScope) throw refuse('', 'NO_USER', 'a service has a token of its own');
  return principal;
}

/** When a token is to end. */
function endOf(work: UnitOfWork, wanted: string | null, now: string): string {
  const latest = Date.parse(now) + TOKEN_DAYS.most * DAY_MS;
  if (wanted === null) return iso(Date.parse(now) + TOKEN_DAYS.usual * DAY_MS);
  const end = Date.parse(wanted);
  if (end <= Date.parse(now)) work.fault('expires', 'PAST', 'must be later than now');
  else if (end > latest) work.fault('expires', 'TOO_LATE', `must be within ${TOKEN_DAYS.most} days`);
  return Number.isNaN(end) ? now : iso(end);
}

/** ISO 8601 with microseconds, of milliseconds since 1970. */
const iso = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, -1)}000+00:00`;
