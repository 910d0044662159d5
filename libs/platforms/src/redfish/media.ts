import type { AgentParametersOf } from '#platform';
import type { RedfishClient } from './client.ts';
import { linkOf } from './client.ts';
import type { RedfishContract } from './contract.ts';
import { actionOf, found, managerOf, systemOf, textsIn, type Found } from './system.ts';
import { seenAfter } from './tasks.ts';

type Medium = AgentParametersOf<RedfishContract, 'eject_media'>['medium'];

/** What Redfish calls the media of a drive. */
const TYPES: Readonly<Record<Medium, readonly string[]>> = { cd: ['CD', 'DVD'], usb: ['USBStick'] };

/** The virtual drive for a kind of medium, of the machine itself or of what manages it. @throws Error where there is none */
async function driveOf(client: RedfishClient, medium: Medium): Promise<Found> {
  const system = await systemOf(client);
  const owners = [system, await managerOf(client, system)];
  const collections = owners.map((owner) => linkOf(owner?.resource['VirtualMedia'])).filter((one) => one !== undefined);
  for (const collection of collections) {
    for (const path of await client.members(collection)) {
      const drive = await found(client, path);
      if (textsIn(drive.resource['MediaTypes'])?.some((type) => TYPES[medium].includes(type))) return drive;
    }
  }
  throw new Error(`the machine has no virtual drive for a medium "${medium}"`);
}

const holds = ({ resource }: Found, image: string): boolean =>
  resource['Inserted'] === true && resource['Image'] === image;
const isEmpty = ({ resource }: Found): boolean => resource['Inserted'] !== true && !resource['Image'];

/** Puts an image into a virtual drive, unless it is there. @returns whether there was something to do */
export async function insertMedia(client: RedfishClient, image: string, medium: Medium): Promise<boolean> {
  if (!URL.canParse(image)) throw new Error(`image: ${JSON.stringify(image)} is no URL`);
  let drive = await driveOf(client, medium);
  if (holds(drive, image)) return false;
  if (!isEmpty(drive)) drive = await emptied(client, drive);
  const insert = actionOf(client, drive, '#VirtualMedia.InsertMedia');
  const order = { Image: image, Inserted: true, WriteProtected: true };
  const { path, etag } = drive;
  const answer = await (insert ? client.post(insert.target, order) : client.patch(path, order, etag));
  const look = () => found(client, path);
  const after = await seenAfter(client, answer, look, (now) => holds(now, image));
  if (!holds(after, image)) {
    throw new Error(
      `the virtual drive took ${image}, and has ${JSON.stringify(after.resource['Image'] ?? null)} in it`,
    );
  }
  return true;
}

/** Takes what is in a virtual drive out of it. @returns whether there was something */
export async function ejectMedia(client: RedfishClient, medium: Medium): Promise<boolean> {
  const drive = await driveOf(client, medium);
  if (isEmpty(drive)) return false;
  await emptied(client, drive);
  return true;
}

async function emptied(client: RedfishClient, drive: Found): Promise<Found> {
  const eject = actionOf(client, drive, '#VirtualMedia.EjectMedia');
  const { path, etag } = drive;
  const answer = await (eject
    ? client.post(eject.target, {})
    : client.patch(path, { Image: null, Inserted: false }, etag));
  const after = await seenAfter(client, answer, () => found(client, path), isEmpty);
  if (isEmpty(after)) return after;
  throw new Error(`the virtual drive was to be emptied, and has ${JSON.stringify(after.resource['Image'])} in it`);
}
