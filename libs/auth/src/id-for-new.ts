import type { CommandExecutor } from '#event-store';
import type { People } from '#people';
import { PRODUCT_NAMES } from './names.ts';
import { user } from './user.ts';

type Looks = Pick<CommandExecutor, 'preview'>;

/** Whether the log holds a stream of the user who is known by this inside; of names it does from before there were ids. */
export async function standsInLog(executor: Looks, id: string): Promise<boolean> {
  const { value } = await executor.preview(async (work) => {
    await work.load(user, id);
    return work.read().some(({ revision }) => revision >= 0);
  });
  return value;
}

/**
 * What a user of this name is to be known by inside: an id of their own; the name itself where that is nobody's, or stands in the
 * log already, because an id would not keep it out then.
 * @param check throws where there is to be no such user, so that the name is kept for nothing
 */
export async function idForNew(
  { people, executor }: { readonly people: People; readonly executor: Looks },
  name: string,
  check: () => Promise<unknown> = async () => undefined,
): Promise<string> {
  if ((await people.idOf(name)) === undefined) {
    if (PRODUCT_NAMES.has(name) || (await standsInLog(executor, name))) return name;
    await check();
  }
  return people.keep(name);
}
