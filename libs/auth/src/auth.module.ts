import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ApiCatalogue, ApiModule, permissionsOf } from '#api';
import type { Clock, EventStore } from '#event-store';
import { CLOCK, CommandExecutor, CommandGateway, EVENT_STORE } from '#event-store';
import { EventSourcingModule, Features } from '#event-sourcing';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { People } from '#people';
import { DATABASE } from '#runtime';
import type { Pool } from 'pg';
import { accessTokens } from './access-tokens.ts';
import { accountModel } from './account.api.ts';
import { accountHandlers } from './account.commands.ts';
import type { AuthOptions } from './auth-options.ts';
import { AUTH_OPTIONS } from './auth-options.ts';
import { authUndos } from './auth.undo.ts';
import { closeExpiredSessions, eraseReplacedPasswords } from './credential-cleanup.ts';
import { EraseAgain } from './erase-again.ts';
import { eraseUserHandlers } from './erase-user.commands.ts';
import { firstUserHandlers } from './first-user.commands.ts';
import { FirstUser } from './first-user.ts';
import { GrantPolicy } from './grant-policy.ts';
import { groupModel } from './group.api.ts';
import { groupHandlers } from './group.commands.ts';
import { group } from './group.ts';
import { groups } from './groups.ts';
import { Identities } from './identities.ts';
import { LoginLimit } from './login-limit.ts';
import { openSessions } from './open-sessions.ts';
import { OPENID_OPTIONS } from './openid/openid-options.ts';
import { openIdHandlers } from './openid/openid.commands.ts';
import { passwordHandlers } from './password.commands.ts';
import { Passwords } from './passwords.ts';
import { dropUnusedNames, eraseErased } from './person-cleanup.ts';
import { person } from './person.ts';
import { serviceModel } from './service.api.ts';
import { serviceHandlers } from './service.commands.ts';
import { service } from './service.ts';
import { services } from './services.ts';
import { sessionModel } from './session.api.ts';
import { sessionHandlers } from './session.commands.ts';
import { setUpAccountsHandlers } from './set-up-accounts.commands.ts';
import { superusers } from './superusers.ts';
import { tokenModel } from './token.api.ts';
import { tokenHandlers } from './token.commands.ts';
import { TokenUsesModule } from './token-uses.module.ts';
import { forgetTokenUses, TokenUses } from './token-uses.ts';
import { userModel } from './user.api.ts';
import { user } from './user.ts';
import { users } from './users.ts';

const passwords: FactoryProvider<Passwords> = {
  provide: Passwords,
  inject: [DATABASE],
  useFactory: (pool: Pool) => new Passwords(pool),
};

const loginLimit: FactoryProvider<LoginLimit> = {
  provide: LoginLimit,
  inject: [AUTH_OPTIONS],
  useFactory: ({ loginTries }: AuthOptions) => new LoginLimit(loginTries),
};

const identities: FactoryProvider<Identities> = {
  provide: Identities,
  inject: [EVENT_STORE, READ_STORE, People, TokenUses],
  useFactory: (store: EventStore, reads: ReadStore, people: People, uses: TokenUses) =>
    new Identities({ store, reads, people, uses }),
};

/** What listens to the log. */
const listeners: FactoryProvider = {
  provide: Symbol('listeners of auth'),
  inject: [
    Features,
    Identities,
    Passwords,
    READ_STORE,
    CLOCK,
    CommandGateway,
    People,
    CommandExecutor,
    EraseAgain,
    TokenUses,
  ],
  useFactory: (
    features: Features,
    follower: Identities,
    ledger: Passwords,
    reads: ReadStore,
    clock: Clock,
    gateway: CommandGateway,
    people: People,
    executor: CommandExecutor,
    eraseAgain: EraseAgain,
    uses: TokenUses,
  ) =>
    features.add({
      listeners: [
        follower,
        eraseReplacedPasswords(ledger),
        closeExpiredSessions({ reads, clock, gateway }),
        eraseErased(people),
        dropUnusedNames({ people, executor, now: () => clock.millis() }),
        eraseAgain,
        forgetTokenUses(uses),
      ],
    }),
};

/** Codes of refusals that are about who asks. */
const REFUSALS = {
  INVALID_LOGIN: 'unauthenticated',
  NOT_LOGGED_IN: 'unauthenticated',
  BEYOND_OWN: 'forbidden',
  NOT_BY_TOKEN: 'forbidden',
  TOO_MANY_LOGINS: 'too-many-requests',
  BUSY: 'not-ready',
} as const;

/** Users, groups, service identities and sessions. */
@Module({})
export class AuthModule {
  static forRoot(options: AuthOptions): DynamicModule {
    return {
      module: AuthModule,
      imports: [
        EventSourcingModule.forFeature({
          deciders: [user, group, service, superusers, person],
          readModels: [users, groups, services, openSessions, accessTokens],
          undo: authUndos,
        }),
        TokenUsesModule,
        ApiModule.forFeatureAsync({
          imports: [TokenUsesModule],
          inject: [ApiCatalogue, People, TokenUses],
          useFactory: (catalogue: ApiCatalogue, people: People, uses: TokenUses) => ({
            // Answers may hold tokens.
            namespaces: [{ name: 'Auth', version: '2.0', position: 10, storesAnswers: false, refusals: REFUSALS }],
            models: [
              userModel,
              accountModel(() => [...permissionsOf(catalogue.whole)], people),
              groupModel,
              serviceModel(options.nats),
              sessionModel(people),
              tokenModel(people, uses),
            ],
          }),
        }),
      ],
      providers: [
        { provide: AUTH_OPTIONS, useValue: options },
        { provide: OPENID_OPTIONS, useValue: options.openId },
        ...openIdHandlers,
        passwords,
        loginLimit,
        identities,
        GrantPolicy,
        listeners,
        FirstUser,
        EraseAgain,
        ...sessionHandlers,
        ...tokenHandlers,
        ...passwordHandlers,
        ...accountHandlers,
        ...eraseUserHandlers,
        ...groupHandlers,
        ...serviceHandlers,
        ...firstUserHandlers,
        ...setUpAccountsHandlers,
      ],
      exports: [Identities],
    };
  }
}
