import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '#kernel';
import type { SettingDifference } from '#platform';
import { isMap } from '#platform';
import type { RedfishClient, Resource } from './client.ts';
import { linkOf, NotReached, Refused } from './client.ts';
import { firmwareOf } from './inventory.ts';
import { messagesIn } from './messages.ts';
import { actionOf, found, textIn } from './system.ts';
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
}

const USUAL: UpdatePatience = { everyMs: 2000, seenMs: 900_000 };

/** States of a task in which it is at work (DSP0266, Task). */
const AT_WORK: readonly unknown[] = ['New', 'Starting', 'Running', 'Pending', 'Service', 'Stopping', 'Cancelling'];

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
 * Updates the firmware of a component from an image, unless it is as wanted: the update is begun, or one that is at work is
 * waited for, and the version is seen afterwards. @returns whether there was something to do
 * @throws Error where the update fails, or the version is not as wanted after it
 */
export async function updateFirmware(
  client: RedfishClient,
  { name, version, image }: WantedFirmware & { readonly image: string },
  signal: AbortSignal,
  patience: UpdatePatience = USUAL,
): Promise<boolean> {
  if (!URL.canParse(image)) throw new Error(`image: ${JSON.stringify(image)} is no URL`);
  const one = [{ name, version, image }];
  if ((await firmwareDifference(client, one)).length === 0) return false;
  const root = await client.get(ROOT);
  const path = linkOf(root.resource['UpdateService']);
  const service = path === undefined ? undefined : await found(client, path);
  const action = service && actionOf(client, service, UPDATE);
  if (!action)
    throw new Error('the firmware cannot be updated over Redfish: its update service has no action SimpleUpdate');
  // One that an agent has begun that is gone since goes on.
  const task = (await updateAtWork(client, root.resource)) ?? (await begun(client, action.target, image));
  if (task !== undefined) await overWith(client, task, { signal, patience });
  return seen(client, one, { signal, patience });
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

/** Begins an update. @returns where its task is; undefined: the service does not say */
async function begun(client: RedfishClient, target: string, image: string): Promise<string | undefined> {
  const { headers, text } = await client.send('POST', target, { body: { ImageURI: image } });
  const body = parsed(text);
  const task = typeof body['TaskState'] === 'string' ? body['@odata.id'] : undefined;
  if (typeof task === 'string') return task;
  const { location } = headers;
  return location === undefined ? undefined : pathIn(location);
}

const parsed = (text: string): Resource => {
  try {
    const body: unknown = JSON.parse(text);
    return isMap(body) ? body : {};
  } catch {
    // Many answer with nothing, or with a page: where the task is stands in a header then.
    return {};
  }
};

const pathIn = (location: string): string => (URL.canParse(location) ? new URL(location).pathname : location);

/** An update that is at work already; undefined: none is, or the service does not tell of its tasks. */
async function updateAtWork(client: RedfishClient, root: Resource): Promise<string | undefined> {
  const service = linkOf(root['Tasks']);
  const listed = service === undefined ? undefined : linkOf((await client.get(service)).resource['Tasks']);
  for (const path of listed === undefined ? [] : await client.members(listed)) {
    const { resource } = await found(client, path);
    if (AT_WORK.includes(resource['TaskState']) && isUpdate(resource)) return path;
  }
  return undefined;
}

const isUpdate = (task: Resource): boolean => {
  const payload = task['Payload'];
  const target = isMap(payload) ? payload['TargetUri'] : undefined;
  return /update/i.test(typeof target === 'string' ? target : (textIn(task, 'Name') ?? ''));
};

interface Waiting {
  readonly signal: AbortSignal;
  readonly patience: UpdatePatience;
}

/**
 * Looks at a task, or at its monitor, until it is over: a monitor answers 202 until then. One that is gone is over.
 * @throws Error where it has failed
 */
async function overWith(client: RedfishClient, path: string, { signal, patience }: Waiting): Promise<void> {
  let limit = Infinity;
  for (;;) {
    const answer = await answerAt(client, path).catch((error: unknown) => {
      // One that updates itself starts anew meanwhile.
      limit = Math.min(limit, performance.now() + patience.seenMs);
      if (!(error instanceof NotReached) || performance.now() >= limit) throw error;
      return { status: 202, text: '' };
    });
    if (answer === undefined) return;
    const task = parsed(answer.text);
    const state = task['TaskState'];
    const isOver = state === undefined ? answer.status !== 202 : !AT_WORK.includes(state);
    const isWell = state === undefined || (state === 'Completed' && (task['TaskStatus'] ?? 'OK') === 'OK');
    if (isOver && !isWell) {
      const said = messagesIn(task['Messages']);
      throw new Error(`the update has ended as ${JSON.stringify(state)}${said === '' ? '' : `: ${said}`}`);
    }
    if (isOver) return;
    await sleep(patience.everyMs, undefined, { signal });
  }
}

/** What stands at a path; undefined: it is gone. */
async function answerAt(client: RedfishClient, path: string) {
  try {
    return await client.send('GET', path);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

/** Looks until the version is as wanted. @throws Error where it is not in time */
async function seen(
  client: RedfishClient,
  wanted: readonly WantedFirmware[],
  { signal, patience }: Waiting,
): Promise<boolean> {
  const limit = performance.now() + patience.seenMs;
  for (;;) {
    const late = performance.now() >= limit;
    const still = await firmwareDifference(client, wanted).catch((error: unknown) => {
      // It starts anew, and answers no more, or not yet what it has.
      if (late || signal.aborted) throw error;
      return undefined;
    });
    if (still?.length === 0) return true;
    const [one] = still ?? [];
    if (late) {
      throw new Error(
        `the update is done, and the firmware of ${one?.name} is ${JSON.stringify(one?.found)}, not ${JSON.stringify(one?.wanted)}`,
      );
    }
    await sleep(patience.everyMs, undefined, { signal });
  }
}
