import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '#kernel';
import type { SettingDifference } from '#platform';
import { isMap } from '#platform';
import type { RedfishClient, Resource } from './client.ts';
import { bodyOf, linkOf, NotReached, Refused } from './client.ts';
import { firmwareOf } from './inventory.ts';
import { actionOf, found, textIn } from './system.ts';
import { isAtWork, progressOf, taskIn } from './tasks.ts';
import { isAsWanted } from './versions.ts';

const ROOT = '/redfish/v1/';
const UPDATE = '#UpdateService.SimpleUpdate';

/** What the firmware of a component is to be: `2.5.0`, `>=2.5`, and from which image it is updated, where that is said. */
export interface WantedFirmware {
  /** Id or name of the component, as the update service lists it. */
  readonly name: string;
  readonly version: string;
  readonly image: string | null;
}

/** How an update is waited for, in milliseconds. */
export interface UpdatePatience {
  /** Between two looks. */
  readonly everyMs: number;
  /** For the version to be seen once the update is done: a management processor that has updated itself starts anew. */
  readonly seenMs: number;
  /** For the same after an update that may have been this one: the service does not tell. */
  readonly againMs: number;
  /** For an update to begin that waits for something. */
  readonly idleMs: number;
}

const USUAL: UpdatePatience = { everyMs: 2000, seenMs: 900_000, againMs: 60_000, idleMs: 600_000 };

/** States of a task that has not begun to work. */
const IDLE: readonly unknown[] = ['New', 'Pending'];

/** Versions by the names of components, as a blueprint declares them: a text, or a map of `version` and `image`. @throws Error */
export function wantedFirmware(declared: Readonly<Record<string, Json>>): readonly WantedFirmware[] {
  return Object.entries(declared)
    .map(([name, value]) => {
      const { version, image = null } = isMap(value) ? value : { version: value };
      if (typeof version !== 'string' || version === '' || !(image === null || typeof image === 'string')) {
        throw new Error(`firmware: ${name} must be a version, or a map of a version and an image`);
      }
      return { name, version, image };
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** Components whose firmware is not as wanted. @throws Error for one that the machine does not have */
export async function firmwareDifference(
  client: RedfishClient,
  wanted: readonly WantedFirmware[],
): Promise<readonly SettingDifference[]> {
  if (wanted.length === 0) return [];
  const listed = await firmwareOf(client);
  return wanted.flatMap(({ name, version }) => {
    const now = listed.find(({ id, name: title }) => id === name || title === name);
    if (!now) {
      const there = listed.map(({ id }) => id).join(', ') || 'none';
      throw new Error(`firmware: the machine tells of none named ${JSON.stringify(name)}, but of ${there}`);
    }
    if (isAsWanted(now.version, version)) return [];
    return [{ kind: 'firmware' as const, name, wanted: version, found: now.version, pending: null }];
  });
}

/**
 * Updates the firmware of a component from an image, unless it is as wanted. An update that is at work is waited for first: one
 * of the same image is this one, which somebody has begun that is gone since, and after any other this one is begun where it is
 * still needed. The version is seen afterwards. @returns whether there was something to do
 * @throws Error where the update fails or does not go on, or the version is not as wanted after it
 */
export async function updateFirmware(
  client: RedfishClient,
  { name, version, image }: WantedFirmware & { readonly image: string },
  signal: AbortSignal,
  patience: UpdatePatience = USUAL,
): Promise<boolean> {
  if (!URL.canParse(image)) throw new Error(`image: ${JSON.stringify(image)} is no URL`);
  const one = { name, version, image };
  if ((await firmwareDifference(client, [one])).length === 0) return false;
  const root = await client.get(ROOT);
  const path = linkOf(root.resource['UpdateService']);
  const service = path === undefined ? undefined : await found(client, path);
  const action = service && actionOf(client, service, UPDATE);
  if (!action)
    throw new Error('the firmware cannot be updated over Redfish: its update service has no action SimpleUpdate');
  const waiting = { signal, patience };
  if (await updatedMeanwhile(client, root.resource, one, waiting)) return true;
  const answer = await client.post(action.target, { ImageURI: image });
  const task = taskIn(client, answer);
  if (task !== undefined) await overWith(client, task, waiting);
  return seen(client, one, waiting);
}

/** Waits for every update that is at work. @returns whether this one was among them, or is not needed any more */
async function updatedMeanwhile(
  client: RedfishClient,
  root: Resource,
  one: WantedFirmware,
  waiting: Waiting,
): Promise<boolean> {
  const past = new Set<string>();
  for (;;) {
    const atWork = (await updatesAtWork(client, root)).find(({ path }) => !past.has(path));
    if (atWork === undefined) return false;
    past.add(atWork.path);
    if (atWork.image === one.image) {
      await overWith(client, atWork.path, waiting);
      return seen(client, one, waiting);
    }
    await anotherOver(client, atWork, waiting);
    const forMs = atWork.image === undefined ? waiting.patience.againMs : 0;
    if ((await leftAfter(client, one, waiting, forMs)) === undefined) return true;
  }
}

/** Updates what is not as wanted and has an image. @returns the names of those that were updated */
export async function applyFirmware(
  client: RedfishClient,
  wanted: readonly WantedFirmware[],
  signal: AbortSignal,
  patience?: UpdatePatience,
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const { image, ...one } of wanted) {
    if (image !== null && (await updateFirmware(client, { ...one, image }, signal, patience))) changed.push(one.name);
  }
  return changed;
}

/** An update that is at work. */
interface UpdateAtWork {
  readonly path: string;
  /** The image it is made from; undefined: the service does not tell. */
  readonly image: string | undefined;
}

/** The updates that are at work already; none where the service does not tell of its tasks. */
async function updatesAtWork(client: RedfishClient, root: Resource): Promise<readonly UpdateAtWork[]> {
  const service = linkOf(root['Tasks']);
  const listed = service === undefined ? undefined : linkOf((await client.get(service)).resource['Tasks']);
  const updates: UpdateAtWork[] = [];
  for (const path of listed === undefined ? [] : await client.members(listed)) {
    const { resource } = await found(client, path);
    if (isAtWork(resource['TaskState']) && isUpdate(resource)) updates.push({ path, image: imageOf(resource) });
  }
  return updates;
}

const isUpdate = (task: Resource): boolean => {
  const payload = task['Payload'];
  const target = isMap(payload) ? payload['TargetUri'] : undefined;
  return /update/i.test(typeof target === 'string' ? target : (textIn(task, 'Name') ?? ''));
};

/** The image in the order that a task was made of. */
function imageOf(task: Resource): string | undefined {
  const payload = task['Payload'];
  const order = isMap(payload) && typeof payload['JsonBody'] === 'string' ? payload['JsonBody'] : '';
  const image = bodyOf({ text: order })?.['ImageURI'];
  return typeof image === 'string' ? image : undefined;
}

interface Waiting {
  readonly signal: AbortSignal;
  readonly patience: UpdatePatience;
}

/**
 * Looks at a task until it is over. One that updates its own management processor is not to be looked at for a while.
 * @throws Error where it has failed, or does not begin
 */
async function overWith(client: RedfishClient, path: string, { signal, patience }: Waiting): Promise<void> {
  let idleSince: number | undefined;
  let awaySince: number | undefined;
  for (;;) {
    const progress = await progressOf(client, path, 'the update').catch((error: unknown) => {
      awaySince ??= performance.now();
      if (!isAway(error) || performance.now() >= awaySince + patience.seenMs) throw error;
      return undefined;
    });
    if (progress?.isOver) return;
    if (progress) {
      awaySince = undefined;
      idleSince = IDLE.includes(progress.state) ? (idleSince ?? performance.now()) : undefined;
    }
    if (progress && idleSince !== undefined && performance.now() >= idleSince + patience.idleMs) {
      throw new Error(`the update is still ${JSON.stringify(progress.state)} after ${patience.idleMs / 1000} s`);
    }
    await sleep(patience.everyMs, undefined, { signal });
  }
}

/** Waits for an update that is not this one: how it ends is the affair of whoever has begun it. */
async function anotherOver(client: RedfishClient, { path }: UpdateAtWork, waiting: Waiting): Promise<void> {
  await overWith(client, path, waiting).catch((error: unknown) => {
    if (waiting.signal.aborted || isAway(error)) throw error;
  });
}

/** Whether a service that starts anew may answer so: not at all, or that it is not ready. */
const isAway = (error: unknown): boolean =>
  error instanceof NotReached || (error instanceof Refused && error.status >= 500);

/** Looks until the version is as wanted. @throws Error where it is not in time */
async function seen(client: RedfishClient, wanted: WantedFirmware, waiting: Waiting): Promise<true> {
  const left = await leftAfter(client, wanted, waiting, waiting.patience.seenMs);
  if (left === undefined) return true;
  throw new Error(
    `the update is done, and the firmware of ${left.name} is ${JSON.stringify(left.found)}, not ${JSON.stringify(left.wanted)}`,
  );
}

/**
 * Looks until the version is as wanted, for so many milliseconds, or until the service answers after them.
 * @returns what is not as wanted then @throws Error where the service does not answer in time
 */
async function leftAfter(
  client: RedfishClient,
  wanted: WantedFirmware,
  { signal, patience }: Waiting,
  forMs: number,
): Promise<SettingDifference | undefined> {
  const begun = performance.now();
  for (;;) {
    const now = performance.now();
    const left = await firmwareDifference(client, [wanted]).catch((error: unknown) => {
      // It starts anew, and answers no more, or not yet what it has.
      if (now >= begun + patience.seenMs || signal.aborted) throw error;
      return undefined;
    });
    if (left && (left.length === 0 || now >= begun + forMs)) return left[0];
    await sleep(patience.everyMs, undefined, { signal });
  }
}
