import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Environment } from './settings.ts';
import { BadSetting } from './settings.ts';

/** The settings there are; a file that names another one is refused, because it is a slip of the pen. */
export const SETTINGS = [
  'CONTRACTOR_ADMIN_PASSWORD',
  'CONTRACTOR_CORS_ORIGINS',
  'CONTRACTOR_DATA',
  'CONTRACTOR_HOST',
  'CONTRACTOR_LEASE',
  'CONTRACTOR_LOGIN_TRIES',
  'CONTRACTOR_LOGIN_TRIES_PER_SOURCE',
  'CONTRACTOR_LOGIN_WINDOW',
  'CONTRACTOR_MAX_BODY',
  'CONTRACTOR_POLL_LEASE',
  'CONTRACTOR_PORT',
  'CONTRACTOR_PXE_URL',
  'CONTRACTOR_SECRET_KEY',
  'CONTRACTOR_SUBCONTRACTOR',
  'CONTRACTOR_TRUSTED_PROXIES',
  'CONTRACTOR_URL',
  'DATABASE_URL',
  'EVENT_STORE',
  'KURRENTDB_URL',
  'NATS_URL',
];

/**
 * The environment, on top of what a file of lines `NAME=value` says. The file is the one `CONTRACTOR_SETTINGS` names;
 * without that, `contractor.env` in the working directory, if it is there.
 * @throws BadSetting where the file cannot be read or names a setting there is not
 */
export function withSettingsFile(env: Environment): Environment {
  const named = env['CONTRACTOR_SETTINGS'];
  const file = named ?? 'contractor.env';
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return env;
    throw new BadSetting('CONTRACTOR_SETTINGS', file, `cannot be read: ${(error as Error).message}`);
  }
  const settings = parseEnv(text) as Record<string, string>;
  for (const [name, value] of Object.entries(settings)) {
    if (!SETTINGS.includes(name)) throw new BadSetting(name, value, `is not a setting (in ${file})`);
  }
  return { ...settings, ...env };
}
