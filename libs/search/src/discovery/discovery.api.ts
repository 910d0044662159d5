import type { Model } from '#api';
import { parameter, PlainText, staticAction } from '#api';
import type { Selection } from '#building';
import { selectionParameters } from '#building';
import type { Json, JsonMap } from '#kernel';
import { refuse, writeJson } from '#kernel';
import { inventoryOf } from './ansible.ts';
import type { Discovery } from './discovery.ts';
import { familiesIn } from './discovery.ts';
import type { Host } from './hosts.ts';
import { targetGroup } from './prometheus.ts';

const common = {
  ...selectionParameters('Structure'),
  key: parameter.text({
    list: true,
    default: [],
    doc: 'Configuration values that are told of each host; `*`: all of them. Secrets are never told.',
  }),
} as const;

const permission = { grant: 'Building.view_structure' } as const;

/** What pages of hosts have in common. */
const page = { permission, sites: 'none', asOf: true } as const;

function oneOf<T extends string>(field: string, value: string | null, choices: readonly T[]): T {
  const found = choices.find((one) => one === value);
  if (found === undefined) throw refuse(field, 'CHOICE', `must be one of ${choices.join(', ')}, not "${value}"`);
  return found;
}

/** A line for each host: its name, its address, and the values that were asked for. */
const textOf = (hosts: readonly Host[], keys: readonly string[]): PlainText =>
  new PlainText(
    hosts
      .map(({ fqdn, hostname, address, values }) => {
        const told = Object.entries(values).map(([key, value]) => `${key}=${wordOf(value)}`);
        return [fqdn ?? hostname, address ?? '-', ...(keys.length === 0 ? [] : told)].join('\t');
      })
      .map((line) => `${line}\n`)
      .join(''),
  );

/** A value as it stands in a line: text without line ends and tabs, everything else as JSON. */
const wordOf = (value: Json): string =>
  typeof value === 'string' && !/[\n\r\t]/.test(value) ? value : writeJson(value);

/** Hosts for programs that look after them. */
export const discoveryModel = (discovery: Discovery): Model => ({
  path: 'Records/Discovery',
  doc: 'The structures of a selection, for programs that look after hosts: all are told each time.',
  protocols: ['rest'],
  fields: {},
  actions: {
    hosts: staticAction({
      ...page,
      doc: 'What should be registered: names, addresses, and chosen configuration values.',
      parameters: { ...common, format: parameter.text({ default: 'json', doc: '`json`, or `text`: a line each.' }) },
      returns: { type: { kind: 'Map' }, list: true },
      page: 'discovery/hosts',
      query: ({ key, format, ...selection }, { view, caller, now }) => {
        const form = oneOf('format', format, ['json', 'text']);
        const asked = { selection: selection satisfies Selection, keys: key };
        return discovery.answer<object>(['hosts', form], asked, view, { caller, now }, (hosts) =>
          form === 'text' ? textOf(hosts, key) : [...hosts],
        );
      },
    }),
    prometheus: staticAction({
      ...page,
      doc: 'Targets for the HTTP service discovery of Prometheus.',
      parameters: {
        ...common,
        port: parameter.integer({ default: null, doc: 'On which port they are scraped.' }),
        port_key: parameter.text({
          default: null,
          doc: 'The configuration value that says on which port, or ports; hosts without it are left out.',
        }),
        target: parameter.text({ default: 'address', doc: 'By what they are scraped: `address`, or `fqdn`.' }),
      },
      returns: { type: { kind: 'Map' }, list: true },
      page: 'discovery/prometheus',
      query: ({ key, port, port_key: portKey, target, ...selection }, { view, caller, now }) => {
        if (port !== null && (port < 1 || port > 65_535)) throw refuse('port', 'RANGE', 'must be from 1 to 65535');
        const scraped = { by: oneOf('target', target, ['address', 'fqdn']), port, portKey };
        const keys = portKey === null || key.includes(portKey) ? key : [...key, portKey];
        return discovery.answer(['prometheus', scraped], { selection, keys }, view, { caller, now }, (hosts) =>
          hosts.flatMap((host) => targetGroup(host, scraped) ?? []),
        );
      },
    }),
    ansible: staticAction({
      ...page,
      doc: 'An inventory of Ansible: hosts with their variables, in groups by site, blueprint, state and label.',
      parameters: common,
      returns: { type: { kind: 'Map' } },
      page: 'discovery/ansible',
      query: ({ key, ...selection }, { view, caller, now }) =>
        discovery.answer(
          ['ansible'],
          { selection, keys: key },
          view,
          { caller, now },
          async (hosts) => inventoryOf(hosts, await familiesIn(view)) as JsonMap,
        ),
    }),
  },
});
