import { isDeepStrictEqual } from 'node:util';
import type { Json } from '#kernel';
import type { ResultOf } from '#platform';
import { isMap } from '#platform';
import type { RedfishClient, Resource } from './client.ts';
import { linkOf } from './client.ts';
import type { RedfishContract } from './contract.ts';
import { found, systemOf, textsIn, type Found } from './system.ts';

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

const pendingIn = ({ waiting }: Bios, name: string): Json => attributesIn(waiting.resource)[name] ?? null;

/** BIOS settings that are not as wanted, by their names. @throws Error for one that the BIOS does not have */
export async function biosDifference(client: RedfishClient, wanted: Settings): Promise<readonly Difference[]> {
  if (Object.keys(wanted).length === 0) return [];
  return differencesIn(await biosOf(client), wanted);
}

function differencesIn(bios: Bios, wanted: Settings): readonly Difference[] {
  const unknown = Object.keys(wanted).filter((name) => !Object.hasOwn(bios.now, name));
  if (unknown.length > 0) throw new Error(`settings: the BIOS has none named ${unknown.join(', ')}`);
  return Object.entries(wanted)
    .filter(([name, value]) => !isDeepStrictEqual(bios.now[name], value))
    .map(([name, value]) => {
      const pending = pendingIn(bios, name);
      // Some list every setting as waiting, those that stay as they are too.
      const waits = pending !== null && !isDeepStrictEqual(pending, bios.now[name]);
      return { name, wanted: value, found: bios.now[name] ?? null, pending: waits ? pending : null };
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Has BIOS settings that are not as wanted wait for the next start.
 * @returns the names of those that were given to it; one that waits already is not given again
 * @throws Error where the BIOS took one and it does not wait
 */
export async function applyBios(client: RedfishClient, wanted: Settings): Promise<readonly string[]> {
  if (Object.keys(wanted).length === 0) return [];
  const bios = await biosOf(client);
  const open = differencesIn(bios, wanted).filter((one) => !isDeepStrictEqual(one.pending, one.wanted));
  if (open.length === 0) return [];
  const { path, etag } = bios.waiting;
  const order = {
    Attributes: Object.fromEntries(open.map((one) => [one.name, one.wanted])),
    ...(bios.applyTimes?.includes('OnReset') ? { '@Redfish.SettingsApplyTime': { ApplyTime: 'OnReset' } } : {}),
  };
  await client.patch(path, order, etag);
  const after = differencesIn(await biosOf(client), wanted);
  const lost = after.filter((one) => !isDeepStrictEqual(one.pending, one.wanted)).map(({ name }) => name);
  if (lost.length > 0)
    throw new Error(`the BIOS took ${lost.join(', ')}, and has nothing of it wait for the next start`);
  return open.map(({ name }) => name);
}
