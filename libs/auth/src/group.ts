import type { Decider, Life, LifeCommand, LifeEvent, Message } from '#kernel';
import { life, refuse } from '#kernel';
import { asNames, difference, withName, withoutName } from './difference.ts';

/** Permissions under a name, for all users who are in it. */
export interface Group {
  permissions: readonly string[];
}

type Permission = { readonly permission: string };

export type GroupCommand =
  | Message<'DefineGroup', Readonly<Group> & { readonly name: string }>
  | Message<'ChangeGroup', Partial<Readonly<Group>>>
  | LifeCommand<'Group'>;

export type GroupEvent =
  | Message<'GroupDefined', Readonly<Group>>
  | Message<'GroupPermissionGranted', Permission>
  | Message<'GroupPermissionRevoked', Permission>
  | LifeEvent<'Group'>;

const rules = life('Group');

const set = (state: Life<Group>, change: (names: readonly string[]) => readonly string[]): Life<Group> =>
  state.stage === 'open' ? { ...state, is: { permissions: change(state.is.permissions) } } : state;

export const group: Decider<Life<Group>, GroupCommand, GroupEvent> = {
  category: 'group',
  begins: ['DefineGroup'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineGroup: ({ permissions }, { stage }) =>
      stage === 'open' || stage === 'closed'
        ? refuse('name', 'TAKEN', 'Group with this Name already exists.')
        : { type: 'GroupDefined', data: { permissions: asNames(permissions) } },
    ChangeGroup: ({ permissions }, state) =>
      state.stage === 'open'
        ? difference<GroupEvent>(
            state.is.permissions,
            permissions,
            (permission) => ({ type: 'GroupPermissionGranted', data: { permission } }),
            (permission) => ({ type: 'GroupPermissionRevoked', data: { permission } }),
          )
        : refuse('', 'NOT_FOUND', 'Group is not there'),
    ...rules.decide,
  },
  evolve: {
    GroupDefined: (data) => ({ stage: 'open', is: { ...data } }),
    GroupPermissionGranted: ({ permission }, state) => set(state, (names) => withName(names, permission)),
    GroupPermissionRevoked: ({ permission }, state) => set(state, (names) => withoutName(names, permission)),
    ...rules.evolve,
  },
};
