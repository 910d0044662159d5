import type { LoginTries } from './login-limit.ts';

/** Injection token of {@link AuthOptions}. */
export const AUTH_OPTIONS = Symbol('AuthOptions');

export interface AuthOptions {
  /** Password of the administrator that the first start makes; a generated one unless given. */
  readonly adminPassword: string | undefined;
  readonly loginTries: LoginTries;
  /** Told the administrator's password when one is made, once. */
  readonly made: (user: { readonly name: string; readonly password: string }) => void;
}
