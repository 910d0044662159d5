import type { Decider, Lifecycle, LifecycleCommand, LifecycleEvent, Message } from '#kernel';
import { lifecycle, refuse } from '#kernel';
import { asNames, difference, withName, withoutName } from './difference.ts';

/** Permissions under a name, for all users who are in it. */
export interface Group {
  permissions: readonly string[];
}

type Permission = { readonly permission: string };

export type GroupCommand =
  | Message<'DefineGroup', Readonly<Group> & { readonly name: string }>
  | Message<'ChangeGroup', Partial<Readonly<Group>>>
  | LifecycleCommand<'Group'>;

export type GroupEvent =
  | Message<'GroupDefined', Readonly<Group>>
  | Message<'GroupPermissionGranted', Permission>
  | Message<'GroupPermissionRevoked', Permission>
  | LifecycleEvent<'Group'>;

const rules = lifecycle('Group');

const set = (state: Lifecycle<Group>, change: (names: readonly string[]) => readonly string[]): Lifecycle<Group> =>
  state.stage === 'active' ? { ...state, value: { permissions: change(state.value.permissions) } } : state;

export const group: Decider<Lifecycle<Group>, GroupCommand, GroupEvent> = {
  category: 'group',
  creationCommands: ['DefineGroup'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineGroup: ({ permissions }, { stage }) =>
      stage === 'active' || stage === 'deleting'
        ? refuse('name', 'TAKEN', 'Group with this Name already exists.')
        : { type: 'GroupDefined', data: { permissions: asNames(permissions) } },
    ChangeGroup: ({ permissions }, state) =>
      state.stage === 'active'
        ? difference<GroupEvent>(
            state.value.permissions,
            permissions,
            (permission) => ({ type: 'GroupPermissionGranted', data: { permission } }),
            (permission) => ({ type: 'GroupPermissionRevoked', data: { permission } }),
          )
        : refuse('', 'NOT_FOUND', 'Group is not there'),
    ...rules.decide,
  },
  evolve: {
    GroupDefined: (data) => ({ stage: 'active', value: { ...data } }),
    GroupPermissionGranted: ({ permission }, state) => set(state, (names) => withName(names, permission)),
    GroupPermissionRevoked: ({ permission }, state) => set(state, (names) => withoutName(names, permission)),
    ...rules.evolve,
  },
};
