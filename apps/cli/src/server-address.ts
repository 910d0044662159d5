import type { Environment } from '#runtime/settings';
import { withSettingsFile } from '#runtime/settings';
import { Misuse } from './command.ts';

/** The settings of the server that tell where it is. */
const NAMES = ['CONTRACTOR_URL', 'CONTRACTOR_HOST', 'CONTRACTOR_PORT'];
/** Where a server listens that is to be reached at every address of its machine. */
const EVERYWHERE = new Set(['0.0.0.0', '::', '[::]']);

/**
 * The address of the server: the one that is given, or `CONTRACTOR_URL`, or that at which `CONTRACTOR_HOST` and
 * `CONTRACTOR_PORT` have it listen; from the environment on top of the settings file.
 * @throws Misuse where it is none; BadSettings where the settings file cannot be read
 */
export function serverAddress(given: unknown, env: Environment): string {
  const server = typeof given === 'string' ? given : fromSettings(env);
  if (!/^https?:\/\/[^/]/.test(server)) throw new Misuse(`"${server}" is no address of a server: http://host:port`);
  return server.replace(/\/+$/, '');
}

function fromSettings(env: Environment): string {
  const {
    CONTRACTOR_URL: url,
    CONTRACTOR_HOST: host,
    CONTRACTOR_PORT: port,
  } = withSettingsFile(env, NAMES, () => true);
  if (url) return url;
  const name = !host || EVERYWHERE.has(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port || '8080'}`;
}
