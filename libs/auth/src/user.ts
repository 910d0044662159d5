import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';
import type { HeldTokens, TokenCommand, TokenEvent } from './access-token.ts';
import { revoked, tokenRules } from './access-token.ts';
import { asNames, difference, withName, withoutName } from './difference.ts';
import type { Holder, SessionCommand, SessionEvent } from './session-holder.ts';
import { closed, sessionRules } from './session-holder.ts';

/** Somebody who can log in. */
export interface User extends Holder {
  superuser: boolean;
  groups: readonly string[];
  /** Their own; those of their groups come on top. */
  permissions: readonly string[];
  /** What they let programs in with. */
  readonly tokens: HeldTokens;
  /** Who they are at the provider they sign in by; undefined: they have not done that. */
  readonly subject?: string | undefined;
}

type State = User | undefined;

/** What can be said about a user. */
export type UserTraits = Pick<User, 'superuser' | 'enabled' | 'groups' | 'permissions'>;

type Created = Readonly<UserTraits> & {
  /** Id of the password's verifier in the ledger; null: no password yet. */
  readonly credential: string | null;
  /** See {@link Holder}. */
  readonly networks?: readonly string[];
  readonly legacy?: boolean;
};
type InGroup = { readonly group: string };
type Permission = { readonly permission: string };

export type UserCommand =
  | Message<'CreateUser', Created & { readonly name: string }>
  | Message<'ChangeUser', Partial<Readonly<UserTraits>>>
  | Message<'ChangePassword', { readonly credential: string }>
  | Message<'DeleteUser', object>
  /** `subject` tells who they are at the provider they sign in by; null: nobody any more. */
  | Message<'LinkUser', { readonly subject: string | null }>
  | TokenCommand
  | SessionCommand;

export type UserEvent =
  | Message<'UserCreated', Created>
  | Message<'UserPromoted', object>
  | Message<'UserDemoted', object>
  | Message<'UserEnabled', object>
  | Message<'UserDisabled', object>
  | Message<'UserJoinedGroup', InGroup>
  | Message<'UserLeftGroup', InGroup>
  | Message<'UserPermissionGranted', Permission>
  | Message<'UserPermissionRevoked', Permission>
  /** `replaced` is what can be erased from the ledger now. */
  | Message<'PasswordChanged', { readonly credential: string; readonly replaced: string | null }>
  | Message<'UserDeleted', { readonly replaced: string | null }>
  | Message<'UserLinked', { readonly subject: string }>
  | Message<'UserUnlinked', object>
  | TokenEvent
  | SessionEvent;

const NOT_FOUND = refuse('', 'NOT_FOUND', 'there is no such user');

/** An event where a switch is turned. */
const turned = (value: boolean, to: boolean | undefined, on: UserEvent['type'], off: UserEvent['type']): UserEvent[] =>
  to === undefined || to === value ? [] : [{ type: to ? on : off, data: {} } as UserEvent];

const set = (data: Partial<User>, state: State): State => state && { ...state, ...data };

export const user: Decider<State, UserCommand, UserEvent> = {
  category: 'user',
  snapshotVersion: 2,
  creationCommands: ['CreateUser'],
  initial: () => undefined,
  decide: {
    CreateUser: ({ name: _, groups, permissions, ...data }, state) =>
      state
        ? refuse('name', 'TAKEN', 'User with this Name already exists.')
        : { type: 'UserCreated', data: { ...data, groups: asNames(groups), permissions: asNames(permissions) } },
    ChangeUser: ({ superuser, enabled, groups, permissions }, state) =>
      state
        ? [
            ...turned(state.superuser, superuser, 'UserPromoted', 'UserDemoted'),
            ...turned(state.enabled, enabled, 'UserEnabled', 'UserDisabled'),
            ...(enabled === false ? closed(state.sessions.keys()) : []),
            ...difference<UserEvent>(
              state.groups,
              groups,
              (group) => ({ type: 'UserJoinedGroup', data: { group } }),
              (group) => ({ type: 'UserLeftGroup', data: { group } }),
            ),
            ...difference<UserEvent>(
              state.permissions,
              permissions,
              (permission) => ({ type: 'UserPermissionGranted', data: { permission } }),
              (permission) => ({ type: 'UserPermissionRevoked', data: { permission } }),
            ),
          ]
        : NOT_FOUND,
    // With the password go all sessions that were opened with it.
    ChangePassword: ({ credential }, state) =>
      state
        ? [
            { type: 'PasswordChanged', data: { credential, replaced: state.credential } },
            ...closed(state.sessions.keys()),
          ]
        : NOT_FOUND,
    DeleteUser: (_, state) =>
      state
        ? [
            ...closed(state.sessions.keys()),
            ...revoked(state.tokens.keys()),
            { type: 'UserDeleted', data: { replaced: state.credential } },
          ]
        : NOT_FOUND,
    // With whom they are there go all sessions, for it is not known which of them were opened so.
    LinkUser: ({ subject }, state) => {
      if (!state) return NOT_FOUND;
      if (subject === (state.subject ?? null)) return [];
      if (subject !== null) return { type: 'UserLinked', data: { subject } };
      return [{ type: 'UserUnlinked', data: {} }, ...closed(state.sessions.keys())];
    },
    ...tokenRules.decide,
    ...sessionRules.decide,
  },
  evolve: {
    UserCreated: (data) => ({ ...data, sessions: new Map(), tokens: new Map() }),
    UserPromoted: (_, state) => set({ superuser: true }, state),
    UserDemoted: (_, state) => set({ superuser: false }, state),
    UserEnabled: (_, state) => set({ enabled: true }, state),
    UserDisabled: (_, state) => set({ enabled: false }, state),
    UserJoinedGroup: ({ group }, state) => state && set({ groups: withName(state.groups, group) }, state),
    UserLeftGroup: ({ group }, state) => state && set({ groups: withoutName(state.groups, group) }, state),
    UserPermissionGranted: ({ permission }, state) =>
      state && set({ permissions: withName(state.permissions, permission) }, state),
    UserPermissionRevoked: ({ permission }, state) =>
      state && set({ permissions: withoutName(state.permissions, permission) }, state),
    PasswordChanged: ({ credential }, state) => set({ credential, legacy: false }, state),
    UserDeleted: () => undefined,
    UserLinked: ({ subject }, state) => set({ subject }, state),
    UserUnlinked: (_, state) => set({ subject: undefined }, state),
    ...tokenRules.evolve,
    ...sessionRules.evolve,
  },
};
