import type { UnitOfWork } from '#kernel';
import type { SessionCommand } from './session-holder.ts';
import { service } from './service.ts';
import { user } from './user.ts';

/** What holds sessions. */
export type HolderKind = 'user' | 'service';

/** Lets the holder of sessions decide about them. */
export const decideSessions = (
  work: UnitOfWork,
  kind: HolderKind,
  name: string,
  command: SessionCommand,
): Promise<boolean> => (kind === 'user' ? work.decide(user, name, command) : work.decide(service, name, command));

/** What a name stands for now; users and services share their names. Nothing: a user that is not there. */
export const kindOf = async (work: UnitOfWork, name: string): Promise<HolderKind> =>
  (await work.load(service, name)) ? 'service' : 'user';
