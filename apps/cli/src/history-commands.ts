import type { Asked, Command, Tools } from './command.ts';
import { Misuse, told } from './command.ts';
import { changesText, differenceLines, listText } from './difference-text.ts';
import type { Change, Difference, ListDifference } from './difference-text.ts';
import { historyExport } from './history-export-command.ts';
import { locatedPath, OBJECT_KINDS, objectIn } from './object-kinds.ts';
import type { Values } from './rest-client.ts';

/** How many changes are told where nothing is said, and the most. */
const COUNT = { usual: 20, most: 500 } as const;
/** How many are asked for at a time: as many as the server tells at most. */
const PAGE = 200;

/** What history is told of: whatever is named on a command line, and jobs. */
const KINDS: Readonly<Record<string, string>> = {
  ...OBJECT_KINDS,
  'foundation-job': 'Foreman/FoundationJob',
  'structure-job': 'Foreman/StructureJob',
};

/** The answers that are compared beside an object, where that is asked for: actions of it, by kind. */
const CONFIGURATION: Readonly<Record<string, string>> = {
  site: 'getConfig',
  structure: 'getConfig',
  foundation: 'getConfig',
  'foundation-blueprint': 'getConfig',
  'structure-blueprint': 'getConfig',
  zone: 'zoneFile',
};

/** What is at a site: lists with a filter `site`. */
const AT_SITES: readonly string[] = [
  'Building/Foundation',
  'Building/Structure',
  'Building/Complex',
  'Utilities/Network',
  'Utilities/AddressBlock',
];

const MOMENTS = {
  from: { type: 'string', does: 'the first moment: a time (ISO 8601) or a position of the log' },
  to: { type: 'string', does: 'the second moment; now unless said' },
} as const;

function countIn({ options }: Asked, most: number = COUNT.most): number {
  const count = Number(options['count'] ?? COUNT.usual);
  if (!Number.isInteger(count) || count < 1 || count > most) throw new Misuse(`--count takes 1 to ${most}`);
  return count;
}

/** The moments that options name, as the server takes them. */
const momentsIn = ({ options }: Asked): Record<string, string> =>
  Object.fromEntries(
    Object.keys(MOMENTS).flatMap((name) => (typeof options[name] === 'string' ? [[name, options[name]]] : [])),
  );

const queryOf = (values: Readonly<Record<string, string>>): string => new URLSearchParams(values).toString();

/** How often somebody was handed a secret within an hour, as the server tells it. */
interface SecretRead {
  readonly hour: string;
  readonly secret: string;
  readonly owner: string | null;
  readonly reader: string;
  readonly times: number;
}

interface HistoryPage {
  readonly items: readonly Change[];
  readonly _links: { readonly next?: { readonly href: string } };
}

/** What happened to an object, in the order asked for, page by page. */
async function changesOf(path: string, asked: Asked, { client }: Pick<Tools, 'client'>): Promise<Change[]> {
  const most = countIn(asked);
  const order = asked.options['oldest'] === true ? 'oldest' : 'newest';
  const changes: Change[] = [];
  const first = queryOf({ ...momentsIn(asked), order, count: String(Math.min(most, PAGE)) });
  for (let next: string | undefined = `${path}/history?${first}`; next !== undefined && changes.length < most;) {
    const page = (await client.get(next)) as unknown as HistoryPage;
    changes.push(...page.items);
    next = page._links.next?.href.replace('/api/rest/', '');
  }
  return changes.slice(0, most);
}

/** What is different of an object, and of what belongs to it, between two moments. */
async function differencesOf(asked: Asked, { client }: Pick<Tools, 'client'>) {
  const [object, rest] = objectIn(asked, KINDS);
  if (rest.length > 0) throw new Misuse(`"${rest.join(' ')}" is too much: one object is compared`);
  if (typeof asked.options['from'] !== 'string') throw new Misuse('--from is needed: a time or a position of the log');
  const query = queryOf(momentsIn(asked));
  const path = await locatedPath(client, object);
  const found = (await client.get(`diff/${path}?${query}`)) as unknown as {
    readonly change: string;
    readonly differences: readonly Difference[];
  };
  const action = CONFIGURATION[object.kind];
  if (asked.options['configuration'] === true && action === undefined) {
    throw new Misuse(`a ${object.kind} has no configuration to be compared`);
  }
  const answer =
    asked.options['configuration'] === true
      ? ((await client.create(`diff/${path}/${action}?${query}`, {})) as unknown as {
          readonly differences: readonly Difference[];
        })
      : undefined;
  const lists: Record<string, ListDifference> = {};
  if (object.kind === 'site') {
    const site = queryOf({ filter: 'site', site: object.id });
    for (const model of AT_SITES) {
      lists[model] = (await client.get(`diff/${model}?${query}&${site}`)) as unknown as ListDifference;
    }
  }
  return {
    result: {
      change: found.change,
      differences: found.differences,
      ...(answer ? { configuration: answer.differences } : {}),
      ...(object.kind === 'site' ? { lists } : {}),
    },
    text: [
      `${object.kind} ${object.id}: ${found.change === 'none' ? 'no difference' : found.change}`,
      ...differenceLines(found.differences),
      ...(answer ? ['configuration:', ...differenceLines(answer.differences)] : []),
      ...Object.entries(lists).flatMap(([model, difference]) => listText(model, difference)),
    ].join('\n'),
  };
}

/** Commands about the past. */
export const historyCommands: Readonly<Record<string, Command>> = {
  history: {
    usage: 'KIND/ID [--from MOMENT] [--to MOMENT] [--oldest] [--count COUNT]',
    does: 'tell how an object came to be what it is: each change, who made it and why, the last one first',
    about: `For example: contractor history site/site1\nKinds: ${Object.keys(KINDS).join(', ')}`,
    names: [1, 2],
    completes: [Object.keys(KINDS).map((kind) => `${kind}/`)],
    ofNow: true,
    options: {
      ...MOMENTS,
      oldest: { type: 'boolean', does: 'the first change first' },
      count: { type: 'string', does: `how many changes at most (${COUNT.usual})` },
    },
    run: async (asked, tools) => {
      const [object, rest] = objectIn(asked, KINDS);
      if (rest.length > 0) throw new Misuse(`"${rest.join(' ')}" is too much: one object is told of`);
      const changes = await changesOf(await locatedPath(tools.client, object), asked, tools);
      return told(changesText(changes), changes);
    },
  },
  'history export': historyExport,
  compare: {
    usage: 'KIND/ID --from MOMENT [--to MOMENT] [--configuration]',
    does: 'tell what is different of an object between two moments; of a site, also of what is there',
    about: `For example: contractor compare site/site1 --from 2026-03-01\nKinds: ${Object.keys(KINDS).join(', ')}`,
    names: [1, 2],
    completes: [Object.keys(KINDS).map((kind) => `${kind}/`)],
    ofNow: true,
    options: {
      ...MOMENTS,
      configuration: { type: 'boolean', does: 'its configuration too, or the zone file of a zone' },
    },
    run: async (asked, tools) => {
      const { result, text } = await differencesOf(asked, tools);
      return told(text, result);
    },
  },
  'requests list': {
    usage: '[--actor NAME] [--from MOMENT] [--to MOMENT] [--count COUNT]',
    does: 'tell who asked for what, when and why, the last first',
    names: [0, 0],
    ofNow: true,
    options: {
      ...MOMENTS,
      actor: { type: 'string', does: 'only of this user or service' },
      count: { type: 'string', does: `how many at most (${COUNT.usual})` },
    },
    run: async (asked, { client }) => {
      const { actor } = asked.options;
      const { requests } = (await client.call('Records/Request/list', {
        ...momentsIn(asked),
        ...(typeof actor === 'string' ? { actor } : {}),
        count: countIn(asked, PAGE),
      })) as { readonly requests: readonly Values[] };
      return told(requests.map(requestText).join('\n'), requests);
    },
  },
  'requests show': {
    usage: 'ID',
    does: 'tell the events of a request and of what it caused, and the objects they concern',
    names: [1, 1],
    needs: 'requires the id of a request',
    ofNow: true,
    run: async ({ names: [id = ''] }, { client }) => {
      const events: RequestEvent[] = [];
      for (let after = 0, more = true; more;) {
        const page = (await client.call('Records/Request/show', { id, after })) as {
          readonly events: readonly RequestEvent[];
          readonly more: boolean;
        };
        events.push(...page.events);
        after = page.events.at(-1)?.position ?? after;
        more = page.more;
      }
      const [first] = events;
      return told([...(first ? [requestText(first)] : []), ...events.map(eventText)].join('\n'), events);
    },
  },
  'secret reads': {
    usage: '[--secret TEXT] [--reader TEXT] [--count COUNT]',
    does: 'tell who was handed secrets in clear text, the last hours first',
    names: [0, 0],
    ofNow: true,
    options: {
      secret: { type: 'string', does: 'only those that belong to this: Site site1, db_password' },
      reader: { type: 'string', does: 'only by this reader' },
      count: { type: 'string', does: `how many at most (${COUNT.usual})` },
    },
    run: async (asked, { client }) => {
      const { secret, reader } = asked.options;
      const { reads } = (await client.call('Records/Secret/reads', {
        ...(typeof secret === 'string' ? { secret } : {}),
        ...(typeof reader === 'string' ? { reader } : {}),
        count: countIn(asked),
      })) as { readonly reads: readonly SecretRead[] };
      return told(
        reads
          .map(({ hour, owner, secret: id, reader: by, times }) => `${hour} ${owner ?? id}: ${by}, ${times} times`)
          .join('\n'),
        reads,
      );
    },
  },
};

interface RequestEvent extends Values {
  readonly position: number;
  readonly objects: readonly { readonly model: string; readonly id: string | number }[];
}

const requestText = ({ request, at, actor, command, reason }: Values): string =>
  `${at as string} ${actor as string}: ${(command ?? '?') as string}${typeof reason === 'string' ? ` ("${reason}")` : ''}, request ${request as string}`;

const eventText = ({ position, event, stream, caused, objects }: RequestEvent): string => {
  const of = objects.length > 0 ? objects.map(({ model, id }) => `${model}/${id}`).join(', ') : (stream as string);
  return `  ${position} ${event as string} of ${of}${caused === true ? ' (caused)' : ''}`;
};
