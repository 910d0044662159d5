import type { Asked, Command, CommandOption } from './command.ts';
import { Misuse, told } from './command.ts';
import { inColumns } from './in-columns.ts';
import type { RestClient, Values } from './rest-client.ts';

/** Which structures are told of. */
const SELECTION: Readonly<Record<string, CommandOption>> = {
  site: { type: 'string', does: 'those at this site, or within it', completes: { model: 'Site/Site' } },
  blueprint: {
    type: 'string',
    does: 'those made from this blueprint, or one that comes from it',
    completes: { model: 'BluePrint/StructureBluePrint' },
  },
  label: { type: 'string', multiple: true, value: 'KEY[=VALUE]', does: 'those with this label; several: all of them' },
  state: { type: 'string', does: 'those that are planned, or built', completes: ['planned', 'built'] },
  owner: { type: 'string', does: 'those that somebody answers for' },
  key: { type: 'string', multiple: true, does: 'tell this configuration value of each; "*": all of them' },
};

/** The query of a page, of the options that go into it. */
function queryIn({ options }: Pick<Asked, 'options'>, names: readonly string[]): string {
  const given = names.flatMap((name) =>
    [options[name] ?? []].flat().map((value) => [name.replaceAll('-', '_'), String(value)] as [string, string]),
  );
  return new URLSearchParams(given).toString();
}

const page = (client: RestClient, path: string, asked: Pick<Asked, 'options'>, names: readonly string[]) =>
  client.get(`${path}?${queryIn(asked, names)}`);

interface Found {
  readonly results: readonly Readonly<Record<'model' | 'id' | 'name' | 'by' | 'value', string>>[];
  readonly more: boolean;
}

/** What was found, a line each. */
export const foundText = ({ results, more }: Found): string =>
  [
    inColumns(results.map(({ model, id, name, by, value }) => [`${model}/${id}`, name, by, value])),
    ...(more ? ['there are more: say more of it, or --count'] : []),
  ].join('\n');

interface Host {
  readonly hostname: string;
  readonly fqdn: string | null;
  readonly address: string | null;
  readonly site: string;
  readonly values: Values;
}

/** Hosts, a line each. */
const hostsText = (hosts: readonly Host[]): string =>
  inColumns(
    hosts.map(({ fqdn, hostname, address, site, values }) => [
      fqdn ?? hostname,
      address ?? '-',
      site,
      Object.entries(values)
        .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(' '),
    ]),
  );

interface Inventory {
  readonly _meta: { readonly hostvars: Readonly<Record<string, Values>> };
}

const PROMETHEUS: Readonly<Record<string, CommandOption>> = {
  port: { type: 'string', does: 'the port on which they are scraped' },
  'port-key': { type: 'string', value: 'KEY', does: 'the configuration value that says on which port, or ports' },
  target: { type: 'string', does: 'scrape them by address, or by fqdn (address)', completes: ['address', 'fqdn'] },
};

/** Commands that find things, and tell other programs of hosts. */
export const searchCommands: Readonly<Record<string, Command>> = {
  find: {
    usage: 'TEXT [--count COUNT]',
    does: 'find something by its name, address, MAC, serial number, label or configuration value',
    about: 'For example: contractor find web1, contractor find 52:54:00:77:00:01, contractor find ntp=ntp1',
    names: [1, 1],
    needs: 'requires what to find',
    watches: true,
    options: { count: { type: 'string', does: 'how many at most (20)' } },
    run: async ({ names: [q = ''], options }, { client }) => {
      const found = await page(client, 'search', { options: { q, count: options['count'] } }, ['q', 'count']);
      const { results } = found as unknown as Found;
      return { ...told(results.length === 0 ? 'nothing was found' : foundText(found as unknown as Found), found) };
    },
  },
  'discover hosts': {
    usage: '[--site SITE] [--blueprint BLUEPRINT] [--label KEY[=VALUE]]… [--key KEY]…',
    does: 'tell what should be registered: names, addresses, and chosen configuration values',
    names: [0, 0],
    watches: true,
    options: SELECTION,
    run: async (asked, { client }) => {
      const hosts = (await page(client, 'discovery/hosts', asked, Object.keys(SELECTION))) as unknown as Host[];
      return told(hostsText(hosts), hosts);
    },
  },
  'discover prometheus': {
    usage: '[--port PORT | --port-key KEY] [--site SITE] [--blueprint BLUEPRINT] [--label KEY[=VALUE]]… [--key KEY]…',
    does: 'tell targets as Prometheus takes them, as JSON',
    names: [0, 0],
    watches: true,
    options: { ...SELECTION, ...PROMETHEUS },
    run: async (asked, { client }) => {
      const names = [...Object.keys(SELECTION), ...Object.keys(PROMETHEUS)];
      const groups = await page(client, 'discovery/prometheus', asked, names);
      return told(JSON.stringify(groups, null, 2), groups);
    },
  },
  'ansible-inventory': {
    usage: '--list | --host HOST [--site SITE] [--blueprint BLUEPRINT] [--label KEY[=VALUE]]… [--key KEY]…',
    does: 'be an inventory script of Ansible: hosts, their variables and groups, as JSON',
    about: 'A file with "#!/bin/sh" and "exec contractor ansible-inventory "$@"" can be given to ansible -i.',
    names: [0, 0],
    watches: true,
    options: {
      list: { type: 'boolean', does: 'tell all hosts and groups' },
      host: { type: 'string', does: 'tell the variables of one host' },
      ...SELECTION,
    },
    run: async (asked, { client }) => {
      const { list, host } = asked.options;
      if ((list === true) === (host !== undefined)) throw new Misuse('takes either --list or --host HOST');
      const inventory = await page(client, 'discovery/ansible', asked, Object.keys(SELECTION));
      const { hostvars } = (inventory as unknown as Inventory)._meta;
      const shown = host === undefined ? inventory : (hostvars[String(host)] ?? {});
      return told(JSON.stringify(shown, null, 2), shown);
    },
  },
};
