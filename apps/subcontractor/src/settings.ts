import { hostname } from 'node:os';
import type { SettingsOf } from '#runtime/settings';
import { defineSettings, InvalidValue, logLevelSetting, parser, secretText, setting } from '#runtime/settings';
import { installationSetting, isNatsName, readNatsAddresses } from '#wire';

/** Limit of a module for which none is given. */
const USUAL_LIMIT = 5;
const MAX_LIMIT = 1000;

const natsUrl = parser(
  (text) => {
    try {
      readNatsAddresses(text);
      return text;
    } catch (fault) {
      throw new InvalidValue((fault as Error).message, { cause: fault });
    }
  },
  { secret: true },
);

const SITE_RULE = 'must be the name of a site: letters, digits, "_" and "-", beginning with a letter or digit';

const site = parser((text) => {
  if (isNatsName(text)) return text;
  throw new InvalidValue(SITE_RULE);
});

const agentName = parser((text) => {
  if (/^[\x21-\x7e]{1,100}$/.test(text)) return text;
  throw new InvalidValue('must be 1 to 100 printable ASCII characters without spaces');
});

/** Reads `iputils:5,manual`; modules may be written as Python paths (`subcontractor_plugins.iputils`). */
const limits = (known: readonly string[]) =>
  parser((text) => {
    const found = new Map<string, number>();
    for (const entry of text.split(',').map((part) => part.trim())) {
      const [path = '', limit = String(USUAL_LIMIT), ...more] = entry.split(':').map((part) => part.trim());
      const module = path.replace(/^subcontractor_plugins\./, '');
      if (!known.includes(module)) throw new InvalidValue(`"${module}" must be one of ${known.join(', ')}`);
      if (found.has(module)) throw new InvalidValue(`"${module}" must be named once`);
      if (more.length > 0 || !/^\d+$/.test(limit) || Number(limit) > MAX_LIMIT) {
        throw new InvalidValue(`the limit of "${module}" must be a whole number from 0 (off) to ${MAX_LIMIT}`);
      }
      found.set(module, Number(limit));
    }
    if ([...found.values()].every((limit) => limit === 0)) throw new InvalidValue('must leave at least one module on');
    return Object.fromEntries(found);
  });

/**
 * The settings of an agent daemon.
 * @param known names of the modules this program has
 */
export const subcontractorSettings = (known: readonly string[]) =>
  defineSettings(
    'subcontractor',
    {
      natsUrl: setting('NATS_URL', natsUrl, {
        required: 'must name a server, such as nats://localhost:4222',
        doc: 'where the server is reached',
      }),
      site: setting('SUBCONTRACTOR_SITE', site, { required: SITE_RULE, doc: 'the site it serves' }),
      token: setting('SUBCONTRACTOR_TOKEN', secretText(), {
        unset: 'none',
        doc: 'token of its service, by which NATS knows it (`contractor service add`)',
      }),
      installation: installationSetting({
        unset: 'the one that has the site',
        doc: 'id of the installation it works for, where several on one NATS have its site',
      }),
      name: setting('SUBCONTRACTOR_NAME', agentName, {
        unset: 'host name and process id',
        doc: 'how it is called in the log',
      }),
      limits: setting('SUBCONTRACTOR_MODULES', limits(known), {
        unset: `all, ${USUAL_LIMIT} each`,
        doc: 'modules and how many tasks of each at a time: `iputils:5,manual:5`',
      }),
      logLevel: logLevelSetting,
    },
    (values) => ({
      ...values,
      name: values.name ?? `${hostname()}-${process.pid}`,
      /** How many tasks of each module at a time. */
      limits: values.limits ?? Object.fromEntries(known.map((module) => [module, USUAL_LIMIT])),
    }),
  );

/** How an agent daemon is set up. */
export type Settings = SettingsOf<ReturnType<typeof subcontractorSettings>>;
