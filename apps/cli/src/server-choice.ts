import type { Environment } from '#runtime/settings';
import { withSettingsFile } from '#runtime/settings';
import { httpRequest } from '#runtime/http-request';
import { Misuse } from './command.ts';
import type { ContextFile } from './context-file.ts';
import type { LegacyConfig } from './legacy-config.ts';
import { defaultLegacyFile, legacyConfig } from './legacy-config.ts';

/** The settings that tell where the server is. */
const NAMES = ['CONTRACTOR_URL', 'CONTRACTOR_HOST', 'CONTRACTOR_PORT', 'CONTRACTOR_TLS_CERT'];
/** Where a server listens that is to be reached at every address of its machine. */
const EVERYWHERE = new Set(['0.0.0.0', '::', '[::]']);
const IS_URL = /^https?:\/\/[^/]/;

/** The server of this machine, where it listens by itself. */
const LOCAL = 'http://127.0.0.1:8080';
/** How a server is called in its own network. */
const USUAL = 'http://contractor';
/** How long the server of this machine may take to answer, in milliseconds. */
const PROBE_MS = 1000;

/** A server, how it is reached, and for whom. */
export interface ServerChoice {
  /** `http://host:port`, without a slash at its end. */
  readonly url: string;
  readonly proxy: string | undefined;
  /** File with the certificates of those who may have signed that of the server. */
  readonly caFile?: string | undefined;
  /** With what a session is opened where none is kept. */
  readonly login: { readonly username: string; readonly password: string } | undefined;
  /** What has said so: `--server`, `CONTRACTOR_URL`. */
  readonly by: string;
  /** What is to be told about the choice; undefined where it is as one expects. */
  readonly notice?: string | undefined;
}

/** What the command line says about the server. */
export interface ServerOptions {
  readonly server?: string | undefined;
  readonly context?: string | undefined;
  /** A configuration file of the former command line. */
  readonly config?: string | undefined;
}

/**
 * The server a command speaks to: the one that is given (`--server`, `--context`, `--config`), the one of the context in use,
 * `CONTRACTOR_URL`, where `CONTRACTOR_HOST` and `CONTRACTOR_PORT` have it listen, that of the former configuration file, the
 * one of this machine where it answers, or `http://contractor`. The environment stands above the settings file.
 * @throws Misuse where it is no address, or there is no such context; BadSettings where the settings file cannot be read
 */
export async function chooseServer(
  options: ServerOptions,
  env: Environment,
  contexts: ContextFile,
  isContractor: (url: string) => Promise<boolean> = answers,
): Promise<ServerChoice> {
  const legacy = await legacyConfig(options.config ?? defaultLegacyFile(env), options.config !== undefined);
  const found = await firstOf(options, env, contexts, legacy, isContractor);
  if (!IS_URL.test(found.url)) throw new Misuse(`"${found.url}" is no address of a server: http://host:port`);
  const url = found.url.replace(/\/+$/, '');
  const own = legacy.host === undefined ? found.byDefault : legacy.host.replace(/\/+$/, '') === url;
  return {
    url,
    by: found.by,
    notice: found.notice,
    proxy: found.proxy ?? (env['CONTRACTOR_PROXY'] || (own ? legacy.proxy : undefined)),
    caFile: env['CONTRACTOR_CA'] || undefined,
    login:
      loginOf(env['CONTRACTOR_USERNAME'], env['CONTRACTOR_PASSWORD']) ??
      (own ? loginOf(legacy.username, legacy.password) : undefined),
  };
}

interface Found {
  readonly url: string;
  readonly by: string;
  readonly proxy?: string | undefined;
  readonly notice?: string | undefined;
  /** Nobody has said which server. */
  readonly byDefault?: boolean;
}

async function firstOf(
  { server, context, config }: ServerOptions,
  env: Environment,
  contexts: ContextFile,
  legacy: LegacyConfig,
  isContractor: (url: string) => Promise<boolean>,
): Promise<Found> {
  if (server !== undefined) return { url: server, by: '--server' };
  if (context !== undefined) return { ...(await contexts.named(context)), by: `--context ${context}` };
  if (config !== undefined && legacy.host !== undefined) return { url: legacy.host, by: `--config ${config}` };
  const said = saidBySettings(env);
  const used = await contexts.inUse();
  if (used) {
    const ignored = said !== undefined && said.url !== used.url && env[said.by] !== undefined;
    const notice = ignored ? `the context ${used.name} is in use, so ${said.by} does not count` : undefined;
    return { url: used.url, proxy: used.proxy, by: `context ${used.name}`, notice };
  }
  if (said) return said;
  if (legacy.host !== undefined) return { url: legacy.host, by: legacy.file };
  if (await isContractor(LOCAL)) return { url: LOCAL, by: 'this machine', byDefault: true };
  return { url: USUAL, by: 'default', byDefault: true };
}

/**
 * What the environment and the settings file say. `CONTRACTOR_HOST` is where the server listens; as a URL it is what the former
 * command line took by that name: the server.
 */
function saidBySettings(env: Environment): { readonly url: string; readonly by: string } | undefined {
  const {
    CONTRACTOR_URL: url,
    CONTRACTOR_HOST: host,
    CONTRACTOR_PORT: port,
    CONTRACTOR_TLS_CERT: certificate,
  } = withSettingsFile(env, NAMES, () => true);
  if (url) return { url, by: 'CONTRACTOR_URL' };
  if (host && host.includes('://')) return { url: host, by: 'CONTRACTOR_HOST' };
  if (!host && !port) return undefined;
  const name = !host || EVERYWHERE.has(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const scheme = certificate ? 'https' : 'http';
  return { url: `${scheme}://${name}:${port || '8080'}`, by: host ? 'CONTRACTOR_HOST' : 'CONTRACTOR_PORT' };
}

const loginOf = (username: string | undefined, password: string | undefined) =>
  username && password ? { username, password } : undefined;

/** Whether a Contractor answers there. */
const answers = (url: string): Promise<boolean> =>
  httpRequest({ method: 'GET', url: `${url}/health/live`, timeoutMs: PROBE_MS }).then(
    ({ status, text }) => status === 200 && text.startsWith('{"status":"'),
    () => false,
  );
