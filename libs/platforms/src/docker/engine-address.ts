import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import path from 'node:path';
import type { AgentParametersOf } from '#platform';
import type { DockerContract } from './contract.ts';

/** Where a task says the engine is. */
export type Connection = AgentParametersOf<DockerContract, 'state'>['connection'];

/** What the agent brings along for its connections. */
export interface DockerSettings {
  /**
   * A folder with `ca.pem`, `cert.pem` and `key.pem`, or with one such folder for each host; engines are reached over TLS
   * then, and in no other way.
   */
  readonly certs?: string | undefined;
}

/** How an engine is reached. */
export interface EngineAddress {
  /** As messages name it. */
  readonly shown: string;
  readonly secure: boolean;
  readonly options: RequestOptions;
}

/** The port of Docker engines. */
const PORT = 2376;
const FILES = ['ca', 'cert', 'key'] as const;

/** Reads where an engine is. @throws Error where that cannot be used, or files that are needed are not there */
export async function engineAddress({ host, endpoint }: Connection, settings: DockerSettings): Promise<EngineAddress> {
  const named = endpoint ?? `tcp://${host.includes(':') ? `[${host}]` : host}:${PORT}`;
  if (named.startsWith('unix:///')) {
    return { shown: named, secure: false, options: { socketPath: named.slice('unix://'.length), host: 'localhost' } };
  }
  const url = URL.canParse(named) ? new URL(named) : undefined;
  if (url?.protocol !== 'tcp:' || url.hostname === '' || !['', '/'].includes(url.pathname) || url.username !== '') {
    throw new Error(`endpoint "${named}" must be as tcp://host:2376 or unix:///var/run/docker.sock`);
  }
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const where = { host: hostname, port: Number(url.port || PORT) };
  if (settings.certs === undefined) return { shown: named, secure: false, options: where };
  return { shown: named, secure: true, options: { ...where, ...(await certificates(settings.certs, hostname)) } };
}

/** Those of the host itself, else those of the folder. */
async function certificates(folder: string, host: string): Promise<Pick<RequestOptions, (typeof FILES)[number]>> {
  const own = await read(path.join(folder, host)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    return undefined;
  });
  return (
    own ??
    read(folder).catch((error: unknown) => {
      const { message } = error as Error;
      throw new Error(`ca.pem, cert.pem and key.pem for ${host} cannot be read: ${message}`, { cause: error });
    })
  );
}

const read = async (folder: string) =>
  Object.fromEntries(
    await Promise.all(FILES.map(async (name) => [name, await readFile(path.join(folder, `${name}.pem`))] as const)),
  );
