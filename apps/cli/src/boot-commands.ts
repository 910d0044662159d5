import type { Command } from './command.ts';
import { Misuse, table, valueOf } from './command.ts';
import type { Values } from './rest-client.ts';

/** How many requests are shown unless said otherwise, and at most. */
const COUNT = { usual: 100, most: 500 };

/** A MAC in any notation. */
const MAC = /^(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$|^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i;

/** A number of an option. @throws Misuse where it is none, or too large */
function numberIn(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text) || Number(text) < 1 || Number(text) > most) {
    throw new Misuse(`--${name} must be a number from 1${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}`);
  }
  return Number(text);
}

const toSeconds = (time: unknown): string => String(time).replace(/\.\d+Z$/, 'Z');

/** Commands about machines that boot over the network. */
export const bootCommands: Readonly<Record<string, Command>> = {
  'boot trace': {
    usage: '[MAC|ADDRESS] [--site SITE] [--foundation LOCATOR] [--structure ID] [--count N]',
    does: 'show what machines asked for while they booted, and what they were given; the newest come last',
    names: [0, 1],
    ofNow: true,
    watches: true,
    options: {
      site: { type: 'string', value: 'SITE', does: 'only those at a site', completes: { model: 'Site/Site' } },
      foundation: {
        type: 'string',
        value: 'LOCATOR',
        does: 'only those of a foundation',
        completes: { model: 'Building/Foundation' },
      },
      structure: { type: 'string', value: 'ID', does: 'only those of a structure, by its id' },
      count: { type: 'string', short: 'n', value: 'N', does: `how many at most (${COUNT.usual})` },
    },
    run: async (asked, { client }) => {
      const [machine] = asked.names;
      const count = numberIn('count', valueOf(asked, 'count'), COUNT.most) ?? COUNT.usual;
      const structure = numberIn('structure', valueOf(asked, 'structure'), Number.MAX_SAFE_INTEGER);
      const whose = Object.entries({
        ...(machine === undefined ? {} : { [MAC.test(machine) ? 'mac' : 'ip_address']: machine }),
        site: valueOf(asked, 'site'),
        foundation: valueOf(asked, 'foundation'),
        structure,
      }).filter(([, value]) => value !== undefined);
      const { requests } = (await client.call('SubContractor/BootTrace/show', {
        ...Object.fromEntries(whose),
        count,
      })) as { readonly requests: readonly Values[] };
      const result = table(requests, {
        TIME: ({ time }) => toSeconds(time),
        MAC: ({ mac }) => mac ?? '-',
        ADDRESS: ({ ip_address: address }) => address,
        MACHINE: ({ foundation }) => foundation ?? '-',
        KIND: ({ kind }) => kind,
        WHAT: ({ what }) => what,
        OUTCOME: ({ outcome }) => outcome,
        OCTETS: ({ size }) => size,
        DETAIL: ({ detail }) => detail,
      });
      return requests.length > 0 ? result : { ...result, text: 'nothing was asked for, or it is no longer kept' };
    },
  },
};
