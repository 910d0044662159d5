import type { Command } from './command.ts';
import { listOf, nameOf, table, told } from './command.ts';

/** What a subcontractor that polls needs. */
const OF_AGENTS = ['SubContractor.can_dispatch', 'Site.view_site'];

const serviceOf = (name: string): string => `Auth/Service/${encodeURIComponent(name)}`;

const shown = (name: string, token: unknown) =>
  told(
    `The token of ${name} is shown only now:
${String(token)}
A subcontractor is given it as SUBCONTRACTOR_TOKEN; NATS knows it after "contractor nats config" and a reload.`,
    { name, token },
  );

/** Commands about service identities. */
export const services: Readonly<Record<string, Command>> = {
  'service list': {
    usage: '',
    does: 'list service identities',
    names: [0, 0],
    run: async (_, { client }) =>
      table(await client.list('Auth/Service'), {
        NAME: ({ name }) => name,
        STATE: ({ enabled, has_token: has }) => (enabled ? (has ? 'enabled' : 'no token') : 'disabled'),
        SITES: ({ sites }) => sites,
        MODULES: ({ modules }) => modules,
        PERMISSIONS: ({ permissions }) => permissions,
      }),
  },
  'service add': {
    usage: 'NAME [--site SITE]… [--module MODULE]… [--permission PERMISSION]…',
    does: `add one and show its token; all sites and modules: "*"; without --permission: ${OF_AGENTS.join(', ')}`,
    names: [1, 1],
    options: {
      site: { type: 'string', multiple: true, does: 'a site it serves', completes: { model: 'Site/Site' } },
      module: { type: 'string', multiple: true, does: 'a module whose tasks it does' },
      permission: { type: 'string', multiple: true, does: 'a permission to have (contractor permission list)' },
    },
    run: async (asked, { client }) => {
      const name = nameOf(asked);
      const permissions = listOf(asked, 'permission');
      await client.create('Auth/Service', {
        name,
        sites: listOf(asked, 'site'),
        modules: listOf(asked, 'module'),
        permissions: permissions.length > 0 ? permissions : OF_AGENTS,
      });
      return shown(name, await client.call(`${serviceOf(name)}/renewToken`));
    },
  },
  'service renew': {
    usage: 'NAME',
    does: 'give it a new token and show it; the old one and its sessions end',
    names: [1, 1],
    run: async (asked, { client }) => {
      const name = nameOf(asked);
      return shown(name, await client.call(`${serviceOf(name)}/renewToken`));
    },
  },
  'service delete': {
    usage: 'NAME',
    does: 'delete one; its token and its sessions end',
    names: [1, 1],
    run: async (asked, { client }) => {
      await client.delete(serviceOf(nameOf(asked)));
      return told(`deleted ${nameOf(asked)}`);
    },
  },
};
