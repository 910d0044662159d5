import { hostname } from 'node:os';
import { isNatsName, readNatsAddresses } from '#wire';

/** How an agent daemon is set up. */
export interface Settings {
  /** Addresses of the NATS servers; may hold a password. */
  readonly natsUrl: string;
  readonly site: string;
  readonly name: string;
  /** How many tasks of each module at a time. */
  readonly limits: Readonly<Record<string, number>>;
}

/** A setting that cannot be used: its message names the key, the value and the rule. */
export class BadSetting extends Error {
  constructor(key: string, value: string | undefined, rule: string) {
    super(`${key}${value === undefined ? ' is not set' : `=${JSON.stringify(value)}`}: ${rule}`);
    this.name = 'BadSetting';
  }
}

/** Limit of a module for which none is given. */
const USUAL_LIMIT = 5;
const MAX_LIMIT = 1000;

/**
 * Reads the settings from the environment.
 * @param known names of the modules this program has
 * @throws BadSetting for the first that cannot be used
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>, known: readonly string[]): Settings {
  const text = (key: string) => (env[key] === '' ? undefined : env[key]);
  return {
    natsUrl: natsUrlIn(text('NATS_URL')),
    site: siteIn(text('SUBCONTRACTOR_SITE')),
    name: nameIn(text('SUBCONTRACTOR_NAME') ?? `${hostname()}-${process.pid}`),
    limits: limitsIn(text('SUBCONTRACTOR_MODULES'), known),
  };
}

function natsUrlIn(value: string | undefined): string {
  if (value === undefined) throw new BadSetting('NATS_URL', value, 'must name a server, such as nats://localhost:4222');
  try {
    readNatsAddresses(value);
  } catch (fault) {
    // The value may hold a password: it is not repeated.
    throw new BadSetting('NATS_URL', '…', (fault as Error).message);
  }
  return value;
}

function siteIn(value: string | undefined): string {
  if (value !== undefined && isNatsName(value)) return value;
  const rule = 'must be the name of a site: letters, digits, "_" and "-", beginning with a letter or digit';
  throw new BadSetting('SUBCONTRACTOR_SITE', value, rule);
}

function nameIn(value: string): string {
  if (/^[\x21-\x7e]{1,100}$/.test(value)) return value;
  throw new BadSetting('SUBCONTRACTOR_NAME', value, 'must be 1 to 100 printable ASCII characters without spaces');
}

/** Reads `iputils:5,manual`; modules may be written as Python paths (`subcontractor_plugins.iputils`). */
function limitsIn(value: string | undefined, known: readonly string[]): Record<string, number> {
  if (value === undefined) return Object.fromEntries(known.map((module) => [module, USUAL_LIMIT]));
  const refuse = (rule: string) => new BadSetting('SUBCONTRACTOR_MODULES', value, rule);
  const limits = new Map<string, number>();
  for (const entry of value.split(',').map((part) => part.trim())) {
    const [path = '', limit = String(USUAL_LIMIT), ...more] = entry.split(':').map((part) => part.trim());
    const module = path.replace(/^subcontractor_plugins\./, '');
    if (!known.includes(module)) throw refuse(`"${module}" must be one of ${known.join(', ')}`);
    if (limits.has(module)) throw refuse(`"${module}" must be named once`);
    if (more.length > 0 || !/^\d+$/.test(limit) || Number(limit) > MAX_LIMIT) {
      throw refuse(`the limit of "${module}" must be a whole number from 0 (off) to ${MAX_LIMIT}`);
    }
    limits.set(module, Number(limit));
  }
  if ([...limits.values()].every((limit) => limit === 0)) throw refuse('must leave at least one module on');
  return Object.fromEntries(limits);
}
