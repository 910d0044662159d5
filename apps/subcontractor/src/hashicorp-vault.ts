import { Secret } from '#kernel';
import { httpRequest } from '#runtime/http-request';
import type { Vault } from '#wire';

export interface HashicorpVaultSettings {
  /** `https://vault.example:8200`, without a path. */
  readonly url: string;
  readonly token: string;
  readonly proxy?: string | undefined;
  readonly verifyTls: boolean;
  /** How long it may take to answer, in milliseconds (20,000). */
  readonly timeoutMs?: number;
}

/** How much of what the vault says is told, in characters. */
const MAX_TOLD = 200;

/**
 * Credentials in a vault of HashiCorp's, with version 2 of its engine for keys and values: a path such as
 * `/v1/secret/data/oven1` is asked for with the token, and what it has as `data.data` is given, each value as text.
 */
export function hashicorpVault(settings: HashicorpVaultSettings): Vault {
  const { url, token, proxy, verifyTls, timeoutMs = 20_000 } = settings;
  return {
    async read(path, signal) {
      const target = new URL(url);
      // What is no path might lead the token to another server.
      if (!/^\/[^/\\]/.test(path))
        throw new Error(`the path in the vault must begin with one "/", and is ${told(path)}`);
      const { status, text } = await httpRequest({
        method: 'GET',
        url: target.origin + path,
        headers: { 'X-Vault-Token': token, Accept: 'application/json' },
        proxy,
        verifyTls,
        timeoutMs,
        signal,
      }).catch((cause: unknown) => {
        throw new Error(`the vault ${target.origin} was not reached: ${reasonOf(cause)}`, { cause });
      });
      const body = readBody(text);
      if (status !== 200) {
        const { errors } = (body ?? {}) as { readonly errors?: unknown };
        const why = Array.isArray(errors) && errors.length > 0 ? `: ${told(errors.join(', '))}` : '';
        throw new Error(
          `the vault answers ${status} for ${told(path)}${status === 404 && !why ? ': there is no such entry' : why}`,
        );
      }
      const { data } = (body ?? {}) as { readonly data?: { readonly data?: unknown } | null };
      const found = data?.data;
      if (typeof found !== 'object' || found === null || Array.isArray(found)) {
        throw new Error(`the vault has nothing of version 2 of its engine for keys and values under ${told(path)}`);
      }
      return Object.fromEntries(
        Object.entries(found).map(([name, value]) => [
          name,
          new Secret(typeof value === 'string' ? value : JSON.stringify(value)),
        ]),
      );
    },
  };
}

const told = (text: string): string => (text.length > MAX_TOLD ? `${text.slice(0, MAX_TOLD)}…` : text);

const reasonOf = (cause: unknown): string => {
  const { message, code } = cause as NodeJS.ErrnoException;
  return message === '' ? (code ?? 'it failed') : message;
};

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
