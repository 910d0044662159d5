import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, Result, Tools } from './command.ts';
import { Misuse, table, told } from './command.ts';
import type { RestClient, Values } from './rest-client.ts';

/** How often it is looked whether zones are served, in milliseconds. */
const POLL_MS = 500;
/** How long that may take unless said otherwise, in seconds. */
const TIMEOUT_S = 60;
/** How many zones are asked for at a time. */
const PAGE = 500;

/** How far a zone is published, as the server tells it. */
interface Publication extends Values {
  readonly name: string;
  readonly wanted: number;
  readonly served: number | null;
  readonly error: string | null;
}

async function publications(client: RestClient): Promise<Publication[]> {
  const all: Publication[] = [];
  for (;;) {
    const page = (await client.call('Directory/Zone/publications', { skip: all.length, count: PAGE })) as {
      readonly total: number;
      readonly zones: readonly Publication[];
    };
    all.push(...page.zones);
    if (page.zones.length === 0 || all.length >= page.total) return all;
  }
}

const isServed = ({ wanted, served, error }: Publication): boolean => error === null && served === wanted;

function shown(zones: readonly Publication[]): Result {
  const result = table(zones, {
    ZONE: ({ name }) => name,
    WANTED: ({ wanted }) => wanted,
    SERVED: ({ served }) => served ?? '-',
    STATE: (zone) => (zone['error'] === null ? (isServed(zone as Publication) ? 'served' : 'waits') : zone['error']),
  });
  const text =
    zones.length > 0
      ? result.text
      : 'no zone is published: BIND_ZONE_DIRECTORY of the server is not set, or there are none';
  return { ...result, text, failed: zones.length === 0 || !zones.every(isServed) };
}

/** Zones are published by themselves; waits until everything that they say now is served. */
async function published({ client, progress, signal }: Tools, timeoutMs: number): Promise<Result> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const zones = await publications(client);
    const waiting = zones.filter((zone) => !isServed(zone));
    if (waiting.every(({ error }) => error !== null) || Date.now() >= end) return shown(zones);
    progress.show(`${zones.length - waiting.length} of ${zones.length} zones are served`);
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** What is between the names of reverse zones and the root. */
const REVERSE = /\.arpa$/;

/** A zone as it would be served. @throws Error where there is no such zone */
async function zoneFile(client: RestClient, name: string): Promise<Values> {
  if (REVERSE.test(name)) return (await client.call('Directory/Zone/reverseZoneFile', { name })) as Values;
  const found = (await client.list('Directory/Zone')).find(({ fqdn }) => fqdn === name);
  if (!found) throw new Error(`there is no zone ${name}`);
  return (await client.call(`Directory/Zone/${String(found['id'])}/zoneFile`)) as Values;
}

/** Commands about what name servers are told of zones. */
export const zoneCommands: Readonly<Record<string, Command>> = {
  'dns show': {
    usage: 'ZONE',
    does: 'write what a zone says: site1.test, or 0.0.10.in-addr.arpa',
    names: [1, 1],
    run: async ({ names: [name = ''] }, { client }) => {
      const file = await zoneFile(client, name.replace(/\.$/, ''));
      return told(String(file['text']).trimEnd(), file);
    },
  },
  'dns check': {
    usage: '',
    does: 'tell which zones are served as they are, and what keeps the others from it; fails where there are others',
    names: [0, 0],
    run: async (_, { client }) => shown(await publications(client)),
  },
  'dns publish': {
    usage: '[--timeout SECONDS]',
    does: 'wait until all zones are served as they are now; the server publishes every change by itself',
    names: [0, 0],
    options: { timeout: { type: 'string', value: 'SECONDS', does: `how long, at most (${TIMEOUT_S})` } },
    run: async ({ options }, tools) => {
      const seconds = options['timeout'] === undefined ? TIMEOUT_S : Number(options['timeout']);
      if (!(seconds > 0)) throw new Misuse('--timeout takes a number of seconds');
      return published(tools, seconds * 1000).finally(() => tools.progress.end());
    },
  },
};
