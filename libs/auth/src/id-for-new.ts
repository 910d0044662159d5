import type { EventStore } from '#event-store';
import { streamName } from '#kernel';
import type { People } from '#people';
import { PRODUCT_NAMES } from './names.ts';
import { user } from './user.ts';

/** Whether somebody has, or had, a name that stands in the log itself: an account from before there were ids. */
export async function standsInLog(store: Pick<EventStore, 'readStream'>, name: string): Promise<boolean> {
  return (await store.readStream(streamName(user.category, name), { from: 0, limit: 1 })).length > 0;
}

/**
 * What a user of this name is to be known by inside: an id of their own; the name itself where that is nobody's, or stands in the
 * log already, because an id would not keep it out then.
 * @param check throws where there is to be no such user, so that the name is kept for nothing
 */
export async function idForNew(
  { people, store }: { readonly people: People; readonly store: Pick<EventStore, 'readStream'> },
  name: string,
  check: () => Promise<unknown> = async () => undefined,
): Promise<string> {
  if ((await people.idOf(name)) === undefined) {
    if (PRODUCT_NAMES.has(name) || (await standsInLog(store, name))) return name;
    await check();
  }
  return people.keep(name);
}
