import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK } from 'jose';

/** What the provider is to say of whoever signs in, and what it is to do wrong. */
export interface Behaviour {
  claims: Record<string, unknown> & { sub: string };
  /** What is told at the user info endpoint beside the subject. */
  userInfo: Record<string, unknown>;
  /** Answers the browser with this error. */
  denies?: string | undefined;
  /** How far its clock is ahead, in seconds. */
  skew: number;
  /** What its tokens say in place of what they should. */
  lies: { issuer?: string; audience?: string; nonce?: string };
  /** Signs with a key that nobody knows. */
  forges: boolean;
}

/** A provider of OpenID Connect, which signs in whoever comes; real HTTP and real tokens. */
export interface TestProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly secret: string;
  readonly behaviour: Behaviour;
  /** Takes a new key into use, and forgets the one before. */
  rotate(): Promise<void>;
  /** Is away, or is there again at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

interface Code {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

const CLIENT = { clientId: 'contractor', secret: 'a secret of the client' } as const;

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function newKey(): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const kid = randomUUID();
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

/** Starts a provider. */
export async function testProvider(): Promise<TestProvider> {
  const behaviour: Behaviour = { claims: { sub: 'id-1' }, userInfo: {}, skew: 0, lies: {}, forges: false };
  const codes = new Map<string, Code>();
  let key = await newKey();
  let server: Server | undefined;
  let port = 0;
  const issuer = (): string => `http://127.0.0.1:${port}/realm`;

  const idToken = async ({ nonce }: Code): Promise<string> => {
    const now = Math.floor(Date.now() / 1000) + behaviour.skew;
    const { lies, claims } = behaviour;
    return new SignJWT({ ...claims, nonce: lies.nonce ?? nonce })
      .setProtectedHeader({ alg: 'ES256', kid: key.kid })
      .setIssuer(lies.issuer ?? issuer())
      .setAudience(lies.audience ?? CLIENT.clientId)
      .setIssuedAt(now)
      .setExpirationTime(now + 60)
      .sign(behaviour.forges ? (await newKey()).privateKey : key.privateKey);
  };

  const token = async (request: IncomingMessage) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
    const given = new URLSearchParams(text);
    const basic = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    const [id, secret] = basic.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
    if (id !== CLIENT.clientId || secret !== CLIENT.secret) return [401, { error: 'invalid_client' }] as const;
    const code = codes.get(given.get('code') ?? '');
    codes.delete(given.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(given.get('code_verifier') ?? '')
      .digest('base64url');
    if (!code || code.challenge !== challenge || code.redirectUri !== given.get('redirect_uri')) {
      return [400, { error: 'invalid_grant', error_description: 'the code is of no use' }] as const;
    }
    return [200, { access_token: 'open', token_type: 'Bearer', id_token: await idToken(code) }] as const;
  };

  const authorize = (url: URL, response: ServerResponse): void => {
    const query = url.searchParams;
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('state', query.get('state') ?? '');
    if (behaviour.denies === undefined) {
      const code = randomUUID();
      codes.set(code, {
        challenge: query.get('code_challenge') ?? '',
        nonce: query.get('nonce') ?? '',
        redirectUri: query.get('redirect_uri') ?? '',
      });
      back.searchParams.set('code', code);
    } else {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', behaviour.denies);
    }
    response.writeHead(302, { Location: back.href }).end();
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', issuer());
    const json = (status: number, body: unknown): void =>
      void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    switch (url.pathname) {
      case '/realm/.well-known/openid-configuration':
        return json(200, {
          issuer: issuer(),
          authorization_endpoint: `${issuer()}/authorize`,
          token_endpoint: `${issuer()}/token`,
          userinfo_endpoint: `${issuer()}/userinfo`,
          jwks_uri: `${issuer()}/keys`,
          response_types_supported: ['code'],
          id_token_signing_alg_values_supported: ['ES256'],
          token_endpoint_auth_methods_supported: ['client_secret_basic'],
          code_challenge_methods_supported: ['S256'],
        });
      case '/realm/keys':
        return json(200, { keys: [key.jwk] });
      case '/realm/authorize':
        return authorize(url, response);
      case '/realm/token':
        return token(request).then(([status, body]) => json(status, body));
      case '/realm/userinfo':
        return json(200, { sub: behaviour.claims.sub, ...behaviour.userInfo });
      default:
        return json(404, {});
    }
  };

  const start = async (): Promise<void> => {
    server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  await start();
  return {
    get issuer() {
      return issuer();
    },
    ...CLIENT,
    behaviour,
    rotate: async () => void (key = await newKey()),
    start,
    stop: async () => {
      server?.closeAllConnections();
      server?.close();
      if (server) await once(server, 'close');
    },
  };
}
