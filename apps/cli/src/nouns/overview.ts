import type { Asked, Command } from '../command.ts';
import { listOf } from '../command.ts';
import type { RestClient, Values } from '../rest-client.ts';
import { structure } from './buildings.ts';
import { pageOf, PAGING, plain } from './noun.ts';
import { listed } from './render.ts';

/** How many structures the server tells of at a time. */
const PAGE = 1000;

interface Page {
  readonly structures: readonly Values[];
  readonly total: number;
}

/** All that is asked for, a page at a time. */
async function overviewOf(client: RestClient, asked: Asked): Promise<Values[]> {
  const { options } = asked;
  const { from, most = Infinity } = pageOf(asked);
  const wanted = {
    site: options['site'] ?? null,
    blueprint: options['blueprint'] ?? null,
    state: options['state'] ?? null,
    owner: options['owner'] ?? null,
    hostname: options['host'] ?? null,
    exact: options['exact'] === true,
    label: listOf(asked, 'label'),
  };
  const found: Values[] = [];
  for (;;) {
    const count = Math.min(PAGE, most - found.length);
    const page = { position: from + found.length, count };
    const { structures, total } = (await client.ask('Building/Structure/overview', {
      ...wanted,
      ...page,
    })) as Page;
    found.push(...structures);
    if (structures.length === 0 || found.length >= most || from + found.length >= total) return found;
  }
}

function jobText({ job }: Values): unknown {
  if (job === null || job === undefined) return null;
  const { id, script, state, on } = job as Values;
  return `${String(id)} ${String(script)} ${String(state)}${on === 'Foundation' ? ' (foundation)' : ''}`;
}

const { filters = {} } = structure;

/** The command that shows at a glance what there is. */
export const overview: Readonly<Record<string, Command>> = {
  list: {
    usage:
      '[--site SITE] [--state STATE] [--host NAME] [--blueprint BLUEPRINT] [--exact] [--label KEY[=VALUE]]… ' +
      '[--owner OWNER] [--limit N] [--offset N]',
    does: 'list all structures: host, site, state, address and what is being done to them',
    names: [0, 0],
    watches: true,
    options: {
      ...Object.fromEntries(Object.entries(filters).map(([name, option]) => [name, plain(option)])),
      host: { type: 'string', value: 'NAME', does: 'only those with this host name' },
      ...PAGING,
    },
    run: async (asked, { client }) =>
      listed(await overviewOf(client, asked), {
        ID: 'id',
        HOST: 'hostname',
        SITE: 'site',
        STATE: 'state',
        ADDRESS: 'address',
        FOUNDATION: 'foundation',
        BLUEPRINT: 'blueprint',
        JOB: jobText,
      }),
  },
};
