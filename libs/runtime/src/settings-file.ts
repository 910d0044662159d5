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

/** A line that says something: a name, and a value whose quotation mark, if it begins with one, ends on the same line. */
const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*((?!(["'`])(?!.*\3)).*)$/;

/** How many letters a name may be away from the one it is taken for. */
const SLIP = 2;

/**
 * The environment, on top of what a file of lines `NAME=value` says. The file is the one `CONTRACTOR_SETTINGS` names;
 * without that, `contractor.env` in the working directory, if it is there.
 * @throws BadSetting where the file cannot be read, a line of it says nothing, or it names a setting there is not
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
  return { ...settingsIn(text, file), ...env };
}

/** What the lines of a file say; no line or value is repeated in an error, because it may be a password. */
function settingsIn(text: string, file: string): Environment {
  const settings: Record<string, string> = {};
  const lines = text.replace(/^\u{feff}/u, '').split(/\r?\n/);
  for (const [n, line] of lines.entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value = ''] = ASSIGNMENT.exec(line) ?? [];
    if (name === undefined) {
      throw new BadSetting('CONTRACTOR_SETTINGS', file, `line ${n + 1} must be NAME=value, with both quotes or none`);
    }
    if (!SETTINGS.includes(name)) throw new BadSetting(name, '…', `is not a setting (in ${file})${meant(name)}`);
    settings[name] = parseEnv(`${name}=${value}`)[name] ?? '';
  }
  return settings;
}

/** Names the setting that a name may be a slip of the pen for. */
function meant(name: string): string {
  const near = SETTINGS.map((setting) => ({ setting, letters: lettersApart(name.toUpperCase(), setting) }));
  const [nearest] = near.toSorted((one, other) => one.letters - other.letters);
  return nearest && nearest.letters <= SLIP ? `; did you mean ${nearest.setting}?` : '';
}

/** How many letters have to be put in, left out or exchanged to make one text of the other. */
function lettersApart(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (const [row, letter] of Array.from(one).entries()) {
    const here = [row + 1];
    for (const [n, wanted] of Array.from(other).entries()) {
      const [corner = 0, up = 0, left = 0] = [above[n], above[n + 1], here[n]];
      here.push(Math.min(up + 1, left + 1, corner + (letter === wanted ? 0 : 1)));
    }
    above = here;
  }
  return above.at(-1) ?? 0;
}
