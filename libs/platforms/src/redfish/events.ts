import type { ResultOf } from '#platform';
import type { RedfishClient } from './client.ts';
import { linkOf } from './client.ts';
import type { RedfishContract } from './contract.ts';
import { found, type Found } from './system.ts';
import { seenAfter } from './tasks.ts';

type Subscribed = ResultOf<RedfishContract, 'subscribe_events'>;

const ROOT = '/redfish/v1/';

/** The collection of subscriptions. @throws Error where the service sends no events */
async function subscriptionsOf(client: RedfishClient): Promise<string> {
  const service = linkOf((await client.get(ROOT)).resource['EventService']);
  const listed = service === undefined ? undefined : linkOf((await client.get(service)).resource['Subscriptions']);
  if (listed === undefined) throw new Error('the management processor sends no events: it has no EventService');
  return listed;
}

/** The subscriptions of a URL. */
async function subscriptionsTo(client: RedfishClient, listed: string, destination: string): Promise<readonly Found[]> {
  const all: Found[] = [];
  for (const path of await client.members(listed)) all.push(await found(client, path));
  return all.filter(({ resource }) => resource['Destination'] === destination);
}

/** Has events sent to a URL, with a text that comes with each, unless they are already. */
export async function subscribeEvents(
  client: RedfishClient,
  destination: string,
  context: string,
): Promise<Subscribed> {
  if (!URL.canParse(destination)) throw new Error(`destination: ${JSON.stringify(destination)} is no URL`);
  const listed = await subscriptionsOf(client);
  const theirs = async () =>
    (await subscriptionsTo(client, listed, destination)).find(({ resource }) => resource['Context'] === context);
  const before = await theirs();
  if (before) return { subscription: before.path, changed: false };
  const answer = await client.post(listed, { Destination: destination, Protocol: 'Redfish', Context: context });
  const after = await seenAfter(client, answer, theirs, (one) => one !== undefined);
  if (after) return { subscription: after.path, changed: true };
  throw new Error(`the management processor took a subscription to ${destination}, and does not list it`);
}

/** Has no more events sent to a URL. @returns whether some were */
export async function unsubscribeEvents(client: RedfishClient, destination: string): Promise<boolean> {
  const listed = await subscriptionsOf(client);
  const theirs = await subscriptionsTo(client, listed, destination);
  const look = () => subscriptionsTo(client, listed, destination);
  for (const { path } of theirs) {
    const isGone = (left: readonly Found[]) => left.every((one) => one.path !== path);
    if (isGone(await seenAfter(client, await client.delete(path), look, isGone))) continue;
    throw new Error(`the management processor goes on sending events to ${destination}`);
  }
  return theirs.length > 0;
}
