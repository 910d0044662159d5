import { readFileSync } from 'node:fs';
import type { Environment, Parser, SettingsTable } from '#runtime/settings';
import { BadSetting, BadSettings, choice, integer, InvalidValue } from '#runtime/settings';
import type { IniEntry } from './ini-file.ts';
import { readIniFile } from './ini-file.ts';

/** Where the configuration file is, unless the command line or the environment say so. */
export const USUAL_CONF_FILE = '/etc/subcontractor.conf';
/** Names the configuration file in the environment. */
export const CONF_FILE = 'SUBCONTRACTOR_CONFIG';

/** What a configuration file says. */
export interface ConfFile {
  /** The same as settings of the environment. */
  readonly settings: Environment;
  /** What of it means nothing here, in words. */
  readonly told: readonly string[];
}

/** The setting that each key stands for; those of `[modules]` are one setting together. */
const KEYS: Readonly<Record<string, string>> = {
  'contractor.host': 'SUBCONTRACTOR_SERVER',
  'contractor.proxy': 'SUBCONTRACTOR_PROXY',
  'contractor.username': 'SUBCONTRACTOR_USER',
  'contractor.password': 'SUBCONTRACTOR_PASSWORD',
  'nats.url': 'NATS_URL',
  'nats.installation': 'CONTRACTOR_INSTALLATION',
  'subcontractor.site': 'SUBCONTRACTOR_SITE',
  'subcontractor.name': 'SUBCONTRACTOR_NAME',
  'subcontractor.token': 'SUBCONTRACTOR_TOKEN',
  'subcontractor.poll_interval': 'SUBCONTRACTOR_POLL_INTERVAL',
  'subcontractor.max_concurent_jobs': 'SUBCONTRACTOR_MAX_TASKS',
  'subcontractor.max_job_request_size': 'SUBCONTRACTOR_MAX_REQUESTED',
  'subcontractor.stop_timeout': 'SUBCONTRACTOR_STOP_TIMEOUT',
  'subcontractor.state': 'SUBCONTRACTOR_STATE',
  'subcontractor.metrics_port': 'SUBCONTRACTOR_METRICS_PORT',
  'credentials.type': 'SUBCONTRACTOR_VAULT',
  'credentials.host': 'SUBCONTRACTOR_VAULT_URL',
  'credentials.token': 'SUBCONTRACTOR_VAULT_TOKEN',
  'credentials.proxy': 'SUBCONTRACTOR_VAULT_PROXY',
  'credentials.verify_ssl': 'SUBCONTRACTOR_VAULT_VERIFY_TLS',
};

/** Keys that are read and have no effect. */
const WITHOUT_EFFECT: Readonly<Record<string, Parser<unknown>>> = {
  'subcontractor.job_delay': integer(0, 60),
  'contractor.root_path': choice('/api/v1/'),
};

const MODULES = 'modules';
/** The section of the DHCP companion, which reads the same file. */
const COMPANION = 'dhcpd';
const SECTIONS = new Set(['contractor', 'nats', 'subcontractor', 'credentials', MODULES, COMPANION]);

/**
 * Reads the configuration file: the one that is named, or the usual one where it is there. What the environment says is not
 * looked at in the file.
 * @param known names of the modules this program has
 * @throws BadSettings where it cannot be read, for each line that says nothing, and each value that breaks its rule
 */
export function readConfFile(
  named: string | undefined,
  {
    table,
    known,
    env,
  }: { readonly table: SettingsTable; readonly known: readonly string[]; readonly env: Environment },
): (ConfFile & { readonly file: string }) | undefined {
  const file = named ?? USUAL_CONF_FILE;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new BadSettings([new BadSetting(CONF_FILE, file, `cannot be read: ${(error as Error).message}`)]);
  }
  return { file, ...confFile(text, file, { table, known, env }) };
}

/** What the text of a configuration file says. @throws BadSettings */
export function confFile(
  text: string,
  file: string,
  {
    table,
    known,
    env,
  }: { readonly table: SettingsTable; readonly known: readonly string[]; readonly env: Environment },
): ConfFile {
  const { entries, sections, faults: lines } = readIniFile(text);
  const faults = lines.map((fault) => new BadSetting(CONF_FILE, file, fault));
  const settings: Record<string, string> = {};
  const told: string[] = sections
    .filter((section) => !SECTIONS.has(section))
    .map((section) => `the section [${section}] is not known`);
  const limits: string[] = [];

  const check = (name: string, value: string, parser: Parser<unknown>): boolean => {
    try {
      parser.read(value);
      return true;
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      faults.push(new BadSetting(`${file}: ${name}`, parser.secret ? '…' : value, error.message));
      return false;
    }
  };
  const takeLimit = ({ key, value }: IniEntry): void => {
    const module = key.replace(/^subcontractor_plugins\./, '');
    if (!check(`${MODULES}.${key}`, value, LIMIT)) return;
    if (known.includes(module)) limits.push(`${module}:${Math.max(0, Number(value))}`);
    else if (Number(value) > 0) told.push(`${MODULES}.${key}: this program has no module "${module}"`);
  };

  for (const entry of entries) {
    const { section, key, value } = entry;
    const name = `${section}.${key}`;
    const setting = KEYS[name];
    if (section === MODULES) takeLimit(entry);
    else if (section === COMPANION || !SECTIONS.has(section)) continue;
    else if (setting !== undefined) {
      const parser = table.settings.find((one) => one.name === setting)?.parser;
      const isSaid = (env[setting] ?? '') !== '';
      if (value !== '' && !isSaid && parser && check(name, value, parser)) settings[setting] = value;
    } else if (WITHOUT_EFFECT[name]) {
      if (value !== '') check(name, value, WITHOUT_EFFECT[name]);
    } else told.push(`the key ${name} is not known`);
  }
  // Modules that are not listed are off.
  if (sections.includes(MODULES)) {
    if (limits.some((limit) => !limit.endsWith(':0'))) settings['SUBCONTRACTOR_MODULES'] = limits.join(',');
    else if ((env['SUBCONTRACTOR_MODULES'] ?? '') === '' && faults.length === 0) {
      faults.push(new BadSetting(CONF_FILE, file, `[${MODULES}] must leave at least one module on`));
    }
  }
  if (faults.length > 0) throw new BadSettings(faults);
  return { settings, told };
}

/** A limit below 1 is off. */
const LIMIT = integer(-1000, 1000);
