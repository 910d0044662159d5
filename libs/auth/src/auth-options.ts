import type { ReadModel } from '#read-store';
import type { LoginTries } from './login-limit.ts';
import type { OpenIdOptions } from './openid/openid-options.ts';

/** Injection token of {@link AuthOptions}. */
export const AUTH_OPTIONS = Symbol('AuthOptions');

export interface AuthOptions {
  /** Password of the administrator that the first start makes; a generated one unless given. */
  readonly adminPassword: string | undefined;
  readonly loginTries: LoginTries;
  /** Told the administrator's password when one is made, once. */
  readonly made: (user: { readonly name: string; readonly password: string }) => void;
  /** The read model of the sites, by name, which services are bound to; undefined: any name will do. */
  readonly sites?: ReadModel;
  /** The provider of OpenID Connect that users may sign in by; undefined: none. */
  readonly openId?: OpenIdOptions | undefined;
  /** How services are known on NATS; undefined: they are not. */
  readonly nats?: NatsAccess;
  /** The data directory, where it is noted who was erased; undefined: it is not. */
  readonly data?: string;
}

/** A service as NATS is to know it. */
export interface NatsService {
  readonly name: string;
  /** Public half of the key that follows from its token. */
  readonly publicKey: string;
  readonly sites: readonly string[];
  readonly modules: readonly string[];
}

/** How services are known on NATS. */
export interface NatsAccess {
  /** Public half of the key that follows from a token. */
  readonly publicKeyOf: (token: string) => string;
  /**
   * The configuration of a NATS server that lets in these and the servers, and nobody else.
   * @param whole false: only the account, for a NATS server with accounts of others
   */
  readonly configuration: (services: readonly NatsService[], whole: boolean) => string;
}
