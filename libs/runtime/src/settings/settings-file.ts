import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { BadSetting, BadSettings } from './bad-setting.ts';
import type { Environment } from './define-settings.ts';
import { nearestSetting } from './setting-name.ts';

/** A line that says something: a name, and a value whose quotation mark, if it begins with one, ends on the same line. */
const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*((?!(["'`])(?!.*\3)).*)$/;

/** Names the settings file; it is no setting of the file itself. */
export const SETTINGS_FILE = 'CONTRACTOR_SETTINGS';

/**
 * The environment, on top of what a file of lines `NAME=value` says. The file is the one `CONTRACTOR_SETTINGS` names;
 * without that, `contractor.env` in the working directory, if it is there.
 * @param names of all settings there are
 * @param isForOthers whether another name in the file is a setting of another program, and not a slip of the pen
 * @throws BadSettings where the file cannot be read, for each line that says nothing, and each name that is no setting
 */
export function withSettingsFile(
  env: Environment,
  names: readonly string[],
  isForOthers: (name: string) => boolean = () => false,
): Environment {
  const named = env[SETTINGS_FILE];
  const file = named ?? 'contractor.env';
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return env;
    throw new BadSettings([new BadSetting(SETTINGS_FILE, file, `cannot be read: ${(error as Error).message}`)]);
  }
  return { ...settingsIn(text, file, names, isForOthers), ...env };
}

/** What the lines of a file say; no line or value is repeated in an error, because it may be a password. */
function settingsIn(
  text: string,
  file: string,
  names: readonly string[],
  isForOthers: (name: string) => boolean,
): Environment {
  const settings: Record<string, string> = {};
  const faults: BadSetting[] = [];
  const lines = text.replace(/^\u{feff}/u, '').split(/\r?\n/);
  for (const [n, line] of lines.entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value = ''] = ASSIGNMENT.exec(line) ?? [];
    if (name === undefined) {
      faults.push(new BadSetting(SETTINGS_FILE, file, `line ${n + 1} must be NAME=value, with both quotes or none`));
    } else if (!names.includes(name)) {
      if (isForOthers(name)) continue;
      const meant = nearestSetting(name, names);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      faults.push(new BadSetting(name, '…', `is not a setting (in ${file})${hint}`));
    } else {
      settings[name] = parseEnv(`${name}=${value}`)[name] ?? '';
    }
  }
  if (faults.length > 0) throw new BadSettings(faults);
  return settings;
}
