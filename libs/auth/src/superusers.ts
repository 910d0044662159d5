import type { Decider, Message, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { user } from './user.ts';

type One = { readonly name: string };

/** The one stream of this decider. */
const ALL = 'all';

/** Who may do everything and is not disabled. There is always one, once there has been one. */
export const superusers: Decider<
  readonly string[],
  Message<'EnrolSuperuser', One> | Message<'DismissSuperuser', One>,
  Message<'SuperuserEnrolled', One> | Message<'SuperuserDismissed', One>
> = {
  category: 'superusers',
  initial: () => [],
  decide: {
    EnrolSuperuser: ({ name }, names) => (names.includes(name) ? [] : { type: 'SuperuserEnrolled', data: { name } }),
    DismissSuperuser: ({ name }, names) => {
      if (!names.includes(name)) return [];
      if (names.length === 1) return refuse('', 'LAST_SUPERUSER', `${name} is the last superuser`);
      return { type: 'SuperuserDismissed', data: { name } };
    },
  },
  evolve: {
    SuperuserEnrolled: ({ name }, names) => [...names, name],
    SuperuserDismissed: ({ name }, names) => names.filter((one) => one !== name),
  },
};

/** Keeps the list in step with a user this work has created, changed or deleted; refuses to strike off the last. */
export async function keepSuperusers(work: UnitOfWork, name: string): Promise<void> {
  const found = await work.load(user, name);
  const active = found?.superuser === true && found.enabled;
  await work.decide(superusers, ALL, { type: active ? 'EnrolSuperuser' : 'DismissSuperuser', data: { name } });
}

/** Whether anybody may do everything; nobody does before the first start. */
export const isThereSuperuser = async (work: UnitOfWork): Promise<boolean> =>
  (await work.load(superusers, ALL)).length > 0;
