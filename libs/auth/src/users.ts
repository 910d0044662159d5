import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';
import { withName, withoutName } from './difference.ts';
import type { UserEvent, UserTraits } from './user.ts';

/** A user as the server knows them. */
export interface UserRow extends Readonly<UserTraits> {
  readonly credential: string | null;
  /** Blocks of addresses they may log in from; not there: any. */
  readonly networks?: readonly string[];
  /** Whether their password is one that everybody knows. */
  readonly legacy?: boolean;
  /** Whether they are known to the provider they sign in by. */
  readonly linked?: boolean;
  readonly created: string;
  readonly updated: string;
}

type Data<T extends UserEvent['type']> = Extract<UserEvent, { type: T }>['data'];

/** A rule for an event after which some of the row is different. */
const set = <T extends UserEvent['type']>(changes: (row: UserRow, data: Data<T>) => Partial<UserRow>) =>
  change<UserRow, Data<T>>((row, { data, at }) => ({ ...row, ...changes(row, data), updated: at }));

/** Users by name. */
export const users: ReadModel<UserRow> = {
  name: 'users',
  version: 3,
  key: 'text',
  history: true,
  indexes: { legacy: ({ legacy }) => (legacy === true ? 'yes' : null) },
  on: {
    UserCreated: rule<UserRow, Data<'UserCreated'>>((_, { data, at }) => ({ ...data, created: at, updated: at })),
    UserPromoted: set(() => ({ superuser: true })),
    UserDemoted: set(() => ({ superuser: false })),
    UserEnabled: set(() => ({ enabled: true })),
    UserDisabled: set(() => ({ enabled: false })),
    UserJoinedGroup: set<'UserJoinedGroup'>(({ groups }, { group }) => ({ groups: withName(groups, group) })),
    UserLeftGroup: set<'UserLeftGroup'>(({ groups }, { group }) => ({ groups: withoutName(groups, group) })),
    UserPermissionGranted: set<'UserPermissionGranted'>(({ permissions }, { permission }) => ({
      permissions: withName(permissions, permission),
    })),
    UserPermissionRevoked: set<'UserPermissionRevoked'>(({ permissions }, { permission }) => ({
      permissions: withoutName(permissions, permission),
    })),
    PasswordChanged: set<'PasswordChanged'>(({ legacy }, { credential }) => ({
      credential,
      ...(legacy === undefined ? {} : { legacy: false }),
    })),
    UserLinked: set(() => ({ linked: true })),
    UserUnlinked: set(() => ({ linked: false })),
    UserDeleted: gone(),
  },
};
