import type { Asked, Command, Result, Tools } from './command.ts';
import { listOf, Misuse, valueOf } from './command.ts';
import { inColumns } from './in-columns.ts';
import type { RestClient, Values } from './rest-client.ts';
import { serverEvents } from './server-events.ts';

/** How many events are shown where nothing is said, and the most. */
const COUNT = { usual: 20, most: 10_000 } as const;
/** How many events one page has. */
const PAGE = 500;
/** How far back the log is looked through where no position is given. */
const BACK = 5000n;

interface Page extends Values {
  readonly events: readonly Values[];
  readonly end: string;
  readonly more: boolean;
}

/** An event for a person: when, what, of which object, where, by whom. */
const cellsOf = ({ at, kind, object, site, actor }: Values): string[] => {
  const { model, id } = object as Values;
  return [String(at), String(kind), `${String(model)} ${String(id)}`, String(site ?? '-'), String(actor)];
};

/** What is asked of the server: `kind=…&site=…`. */
function queryIn(asked: Asked): URLSearchParams {
  const query = new URLSearchParams();
  for (const kind of listOf(asked, 'kind')) query.append('kind', kind);
  for (const name of ['site', 'blueprint', 'model', 'id', 'after']) {
    const value = valueOf(asked, name);
    if (value !== undefined) query.set(name, value);
  }
  return query;
}

function countIn(asked: Asked): number {
  const count = Number(valueOf(asked, 'count') ?? COUNT.usual);
  if (!Number.isInteger(count) || count < 1 || count > COUNT.most) {
    throw new Misuse(`--count takes 1 to ${COUNT.most}`);
  }
  return count;
}

const pageAt = (client: RestClient, query: URLSearchParams): Promise<Page> =>
  client.get(`events?${query.toString()}`) as Promise<Page>;

/** The events behind a position, the first ones; or, where none is given, the last ones. */
async function listed(asked: Asked, { client }: Tools): Promise<Result> {
  const query = queryIn(asked);
  const count = countIn(asked);
  const last = !query.has('after');
  if (last) {
    const head = BigInt((await pageAt(client, query)).end);
    query.set('after', String(head > BACK ? head - BACK : 0n));
  }
  let events: Values[] = [];
  query.set('count', String(PAGE));
  for (let more = true; more && (last || events.length < count);) {
    const page = await pageAt(client, query);
    events.push(...page.events);
    if (last) events = events.slice(-count);
    query.set('after', page.end);
    more = page.more;
  }
  events = events.slice(0, count);
  const rows = [['AT', 'KIND', 'OBJECT', 'SITE', 'BY'], ...events.map(cellsOf)];
  return { json: events, text: inColumns(rows) };
}

/** Writes each event as it comes, until Ctrl-C. */
async function followed(asked: Asked, { client, signal, terminal }: Tools): Promise<Result> {
  const asJson = asked.options['json'] === true;
  for await (const data of serverEvents(client, `events?${queryIn(asked).toString()}`, signal)) {
    if (data === '') continue;
    terminal.result.write(`${asJson ? data : cellsOf(JSON.parse(data) as Values).join('  ')}\n`);
  }
  return { json: null, text: '', silent: true };
}

/** Commands about public events. */
export const eventCommands: Readonly<Record<string, Command>> = {
  events: {
    usage:
      '[--follow] [--after POSITION] [--count N] [--kind KIND]… [--site SITE] [--blueprint NAME] [--model MODEL] [--id ID]',
    does: 'tell what has happened, or, with --follow, what happens, as it does',
    about:
      `Tells the last ${COUNT.usual} public events, or the first ones behind a position of the log; with --json all there is to\n` +
      'know of them. With --follow it goes on until Ctrl-C, also where the server is away for a while.\n' +
      'For example: contractor events --follow --kind "foundation.*" --kind job.failed --site site1',
    names: [0, 0],
    ofNow: true,
    options: {
      follow: { type: 'boolean', short: 'f', does: 'tell what happens, as it does' },
      after: { type: 'string', value: 'POSITION', does: 'tell what stands behind this position of the log' },
      count: { type: 'string', value: 'N', does: `how many at the most (${COUNT.usual})` },
      kind: { type: 'string', multiple: true, value: 'KIND', does: 'only these: foundation.built, job.*, *.deleted' },
      site: {
        type: 'string',
        value: 'SITE',
        does: 'only at this site, or at one within it',
        completes: { model: 'Site/Site' },
      },
      blueprint: {
        type: 'string',
        value: 'NAME',
        does: 'only of what is made from this blueprint, or from one below it',
      },
      model: { type: 'string', value: 'MODEL', does: 'only what touches objects of this model: Building/Foundation' },
      id: { type: 'string', value: 'ID', does: 'only what touches the object of this id' },
    },
    run: async (asked, tools) => {
      if (asked.options['follow'] !== true) return listed(asked, tools);
      if (asked.options['count'] !== undefined) throw new Misuse('--count is not for --follow');
      return followed(asked, tools);
    },
  },
};
