import type { Configuration, IDToken } from 'openid-client';
import { reasonOf } from '#runtime';
import type { OpenIdOptions } from './openid-options.ts';
import { OpenIdFailed } from './openid-options.ts';

/** How long the provider may take for one answer, in seconds. */
const TIMEOUT_S = 10;
/** How long what the provider says of itself is taken for true where nothing depends on it, in milliseconds. */
const FRESH_MS = 60_000;
/** How far its clock may be away from ours, in seconds. */
const CLOCK_TOLERANCE_S = 60;

/** What has to be known again when somebody comes back from the provider. */
export interface Flow {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What the provider says of whoever has signed in there. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/**
 * The provider, by its discovery document. The library is loaded with the first sign-in. What it says of itself is asked
 * anew for each who comes back, and its keys with it: a key that was exchanged a moment ago is known.
 */
export class OpenIdProvider {
  readonly #options: OpenIdOptions;
  #known: { readonly configuration: Configuration; readonly at: number } | undefined;

  constructor(options: OpenIdOptions) {
    this.#options = options;
  }

  /** Where the browser is sent to sign in, and what has to be kept meanwhile. @throws OpenIdFailed */
  async begin(redirectUri: string): Promise<{ readonly location: string; readonly flow: Flow }> {
    const client = await import('openid-client');
    const fresh = this.#known && Date.now() - this.#known.at < FRESH_MS ? this.#known.configuration : undefined;
    const configuration = fresh ?? (await this.#discover());
    const flow = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const location = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.#options.scopes,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
    });
    return { location: location.href, flow };
  }

  /** Who has come back from the provider. @param url of the callback, with its query @throws OpenIdFailed */
  async finish(url: URL, { state, nonce, verifier }: Flow): Promise<Claims> {
    const client = await import('openid-client');
    const configuration = await this.#discover();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new OpenIdFailed(`${this.#options.label} has not said who you are.`);
      return await this.#complete(configuration, claims, tokens.access_token);
    } catch (error) {
      throw await this.#failure(error);
    }
  }

  /** Asks for claims that the token does not hold. */
  async #complete(configuration: Configuration, claims: IDToken, accessToken: string): Promise<Claims> {
    const { userClaim, groupsClaim, groups } = this.#options;
    const wanted = [userClaim, ...(groups.length > 0 ? [groupsClaim] : [])];
    const whole = wanted.every((name) => claims[name] !== undefined);
    if (whole || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
    const client = await import('openid-client');
    return { ...(await client.fetchUserInfo(configuration, accessToken, claims.sub)), ...claims };
  }

  async #discover(): Promise<Configuration> {
    const client = await import('openid-client');
    const { issuer, clientId, secret } = this.#options;
    const metadata = { [client.clockTolerance]: CLOCK_TOLERANCE_S };
    const proof = secret === undefined ? client.None() : client.ClientSecretBasic(secret);
    try {
      const configuration = await client.discovery(issuer, clientId, metadata, proof, {
        timeout: TIMEOUT_S,
        execute: [
          // The signature counts also where the token came straight from the provider.
          client.enableNonRepudiationChecks,
          ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
        ],
      });
      this.#known = { configuration, at: Date.now() };
      return configuration;
    } catch (error) {
      throw await this.#failure(error);
    }
  }

  /** Why it went wrong, in words. */
  async #failure(error: unknown): Promise<OpenIdFailed> {
    if (error instanceof OpenIdFailed) return error;
    const client = await import('openid-client');
    const { label, issuer } = this.#options;
    const cause = { cause: error };
    if (error instanceof client.AuthorizationResponseError) {
      const why = error.error_description ?? error.error;
      return new OpenIdFailed(`${label} has not let you in: ${why}.`, cause);
    }
    if (error instanceof client.ResponseBodyError) {
      const why = error.error_description ?? error.error;
      return new OpenIdFailed(`${label} has refused to say who you are: ${why}.`, cause);
    }
    const code = error instanceof client.ClientError ? error.code : undefined;
    const away = error instanceof TypeError || code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM';
    if (away) {
      return new OpenIdFailed(
        `${label} (${issuer.origin}) does not answer: ${reasonOf(error)}. Try again later.`,
        cause,
      );
    }
    return new OpenIdFailed(`What ${label} says cannot be trusted: ${reasonOf(error)}.`, cause);
  }
}
