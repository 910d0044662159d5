import { dateTime, defineModel, parameter, reference, staticAction, text } from '#api';
import { parseMac } from '#ipam';
import type { View } from '#read-store';
import type { ReportedLease } from './lease.commands.ts';
import { ReportLeases } from './lease.commands.ts';
import { leases, reporterKey } from './leases.ts';

const permission = { grant: 'SubContractor.can_dispatch' };
const of = { site: parameter.reference('Site/Site'), agent: parameter.text({ doc: 'The name of the agent.' }) };

/** What an agent has reported that holds. */
async function reportedBy(view: View, site: string, agent: string) {
  const { rows } = await view.list(leases, { where: { reporter: reporterKey(site, agent) } });
  return rows.map(({ row: { address, mac, hostName } }) => ({ ip_address: address, mac, host_name: hostName }));
}

/** Leases of DHCP servers, as agents report them. */
export const leaseModel = defineModel({
  path: 'SubContractor/DHCPLease',
  doc: 'A lease of a DHCP server that holds: which machine has which address. A renewal changes nothing.',
  idField: 'id',
  fields: {
    id: text(undefined, { mode: 'RO', doc: '`<site>.<address>`, with dashes for colons.' }),
    site: reference('Site/Site', { mode: 'RO' }),
    ip_address: text(undefined, { mode: 'RO' }),
    mac: text(undefined, { mode: 'RO' }),
    host_name: text(undefined, { mode: 'RO', doc: 'What the machine is called, or calls itself.' }),
    agent: text(undefined, { mode: 'RO', doc: 'The subcontractor that has reported it.' }),
    since: dateTime({ mode: 'RO', doc: 'Since when this machine has had it.' }),
    updated: dateTime({ mode: 'RO' }),
    created: dateTime({ mode: 'RO' }),
  },
  rows: leases,
  sites: { index: 'site' },
  present: ({ address, hostName, ...row }, id) => ({ ...row, id, ip_address: address, host_name: hostName }),
  filters: {
    site: {
      doc: 'Those of a site.',
      parameters: { site: parameter.reference('Site/Site') },
      where: ({ site }) => ({ site: String(site) }),
    },
    mac: {
      doc: 'Those of a machine, by its MAC in any notation.',
      parameters: { mac: parameter.text() },
      where: ({ mac }) => ({ mac: parseMac(String(mac)) ?? '' }),
    },
    address: {
      doc: 'Who has an address, at whichever site.',
      parameters: { ip_address: parameter.text() },
      where: ({ ip_address: address }) => ({ address: String(address) }),
    },
  },
  actions: {
    report: staticAction({
      doc: 'Takes what has changed since the last report: maps with `ip_address`, `mac` and `host_name`, 1000 at the most.',
      parameters: {
        ...of,
        granted: parameter.map({ list: true, default: [] }),
        ended: parameter.map({ list: true, default: [] }),
      },
      permission,
      command: ({ site, agent, granted, ended }) =>
        new ReportLeases(String(site), String(agent), granted as ReportedLease[], ended as ReportedLease[]),
    }),
    reported: staticAction({
      doc: 'What an agent has reported of a site that holds.',
      parameters: of,
      returns: { type: { kind: 'Map' }, list: true },
      permission,
      query: ({ site, agent }, { view }) => reportedBy(view, String(site), String(agent)),
    }),
  },
});
