import { isDeepStrictEqual } from 'node:util';
import type { Json } from '#kernel';
import type { ResultOf } from '#platform';
import { isMap } from '#platform';
import type { RedfishClient, Resource } from './client.ts';
import { linkOf } from './client.ts';
import type { RedfishContract } from './contract.ts';
import { found, systemOf, textsIn, type Found } from './system.ts';
import { seenAfter } from './tasks.ts';

type Settings = Readonly<Record<string, Json>>;
type Difference = ResultOf<RedfishContract, 'bios_difference'>['differences'][number];

/** The settings a BIOS has, and where those are that wait for the next start. */
interface Bios {
  readonly now: Settings;
  readonly waiting: Found;
  readonly applyTimes: readonly string[] | undefined;
}

const attributesIn = (resource: Resource): Settings => {
  const attributes = resource['Attributes'];
  return isMap(attributes) ? (attributes as Settings) : {};
};

async function biosOf(client: RedfishClient): Promise<Bios> {
  const path = linkOf((await systemOf(client)).resource['Bios']);
  if (path === undefined) throw new Error('the machine does not tell its BIOS settings: its system has no "Bios"');
  const { resource } = await client.get(path);
  const pending = resource['@Redfish.Settings'];
  const settings = isMap(pending) ? linkOf(pending['SettingsObject']) : undefined;
  if (!isMap(pending) || settings === undefined) throw new Error('the BIOS settings of the machine cannot be changed');
  return {
    now: attributesIn(resource),
    waiting: await found(client, settings),
    applyTimes: textsIn(pending['SupportedApplyTimes']),
  };
}

/** The value of a setting that waits; null: none does. Some list every setting, those that stay as they are too. */
function pendingIn({ now, waiting }: Bios, name: string): Json {
  const pending = attributesIn(waiting.resource)[name] ?? null;
  return isDeepStrictEqual(pending, now[name]) ? null : pending;
}

/** BIOS settings that are not as wanted, or will not be so after the next start, by their names. @throws Error for one that the BIOS does not have */
export async function biosDifference(client: RedfishClient, wanted: Settings): Promise<readonly Difference[]> {
  if (Object.keys(wanted).length === 0) return [];
  return differencesIn(await biosOf(client), wanted);
}

function differencesIn(bios: Bios, wanted: Settings): readonly Difference[] {
  const unknown = Object.keys(wanted).filter((name) => !Object.hasOwn(bios.now, name));
  if (unknown.length > 0) throw new Error(`settings: the BIOS has none named ${unknown.join(', ')}`);
  return (
    Object.entries(wanted)
      .map(([name, value]) => ({ name, wanted: value, found: bios.now[name] ?? null, pending: pendingIn(bios, name) }))
      // One that is as wanted is not so for long where another value waits.
      .filter((one) => !isDeepStrictEqual(one.found, one.wanted) || one.pending !== null)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  );
}

/** Settings that will not be as wanted after the next start. */
const openIn = (bios: Bios, wanted: Settings): readonly Difference[] =>
  differencesIn(bios, wanted).filter((one) => !isDeepStrictEqual(one.pending ?? one.found, one.wanted));

/**
 * Has BIOS settings that are not as wanted wait for the next start.
 * @returns the names of those that were given to it; one that waits already is not given again
 * @throws Error where the BIOS took one and it does not wait
 */
export async function applyBios(client: RedfishClient, wanted: Settings): Promise<readonly string[]> {
  if (Object.keys(wanted).length === 0) return [];
  const bios = await biosOf(client);
  const open = openIn(bios, wanted);
  if (open.length === 0) return [];
  const { path, etag } = bios.waiting;
  const order = {
    Attributes: Object.fromEntries(open.map((one) => [one.name, one.wanted])),
    ...(bios.applyTimes?.includes('OnReset') ? { '@Redfish.SettingsApplyTime': { ApplyTime: 'OnReset' } } : {}),
  };
  const answer = await client.patch(path, order, etag);
  const look = async () => openIn(await biosOf(client), wanted);
  const lost = (await seenAfter(client, answer, look, (left) => left.length === 0)).map(({ name }) => name);
  if (lost.length > 0)
    throw new Error(`the BIOS took ${lost.join(', ')}, and has nothing of it wait for the next start`);
  return open.map(({ name }) => name);
}
