/** Injection token of {@link OpenIdOptions}; undefined: nobody signs in by OpenID Connect. */
export const OPENID_OPTIONS = Symbol('OpenIdOptions');

/** A provider of OpenID Connect that users sign in by. */
export interface OpenIdOptions {
  readonly issuer: URL;
  readonly clientId: string;
  /** Undefined: a public client, which has none. */
  readonly secret: string | undefined;
  /** How paths call it, and how people do. */
  readonly name: string;
  readonly label: string;
  /** With blanks between. */
  readonly scopes: string;
  /** The claims that hold the login name and the groups. */
  readonly userClaim: string;
  readonly groupsClaim: string;
  /** Groups there and the groups here that they stand for. */
  readonly groups: readonly (readonly [theirs: string, ours: string])[];
  /** Whether users are made for those who are not known here. */
  readonly newUsers: boolean;
  /** Whether who has a password is let in by the provider as well. */
  readonly withPassword: boolean;
}

/** Signing in by the provider went wrong; the text is for whoever tried. */
export class OpenIdFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OpenIdFailed';
  }
}
