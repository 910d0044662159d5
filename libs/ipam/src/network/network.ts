import type {
  Decider,
  Lifecycle,
  LifecycleCommand,
  LifecycleEvent,
  Message,
  RestoreCommand,
  RestoredEvent,
} from '#kernel';
import { lifecycle, refuse, restoring } from '#kernel';

/** What interfaces are attached to. */
export interface Network {
  readonly name: string;
  readonly site: string;
  /** In octets, 512 to 9022; null: nothing is said. */
  readonly mtu: number | null;
}

/** A block that is used on a network, by the link that says so. */
export interface LinkedBlock {
  readonly link: number;
  readonly block: number;
}

type State = Network & { readonly links: readonly LinkedBlock[] };

export type NetworkCommand =
  | Message<'DefineNetwork', Network>
  | Message<'ChangeNetwork', Partial<Network>>
  | Message<'LinkBlock', LinkedBlock>
  | Message<'UnlinkBlock', { readonly link: number }>
  | LifecycleCommand<'Network'>
  | RestoreCommand<'Network', State>;

export type NetworkEvent =
  | Message<'NetworkDefined', Network>
  | Message<'NetworkRenamed', Pick<Network, 'name'>>
  | Message<'NetworkMoved', Pick<Network, 'site'>>
  | Message<'NetworkMtuChosen', Pick<Network, 'mtu'>>
  | Message<'NetworkBlockLinked', LinkedBlock>
  | Message<'NetworkBlockUnlinked', { readonly link: number }>
  | LifecycleEvent<'Network'>
  | RestoredEvent<'Network', State>;

/** The largest number of blocks of one network; all of its links go with it in one append. */
export const MAX_LINKS = 250;

const rules = lifecycle('Network');
const restores = restoring<State>()('Network');
const missing = () => refuse('', 'NOT_FOUND', 'Network does not exist');

const CHANGES = [
  ['name', 'NetworkRenamed'],
  ['site', 'NetworkMoved'],
  ['mtu', 'NetworkMtuChosen'],
] as const;

const set = (data: Partial<State>, state: Lifecycle<State>): Lifecycle<State> =>
  'value' in state ? { ...state, value: { ...state.value, ...data } } : state;

/** A network knows its blocks, so that none is linked to it twice. */
export const network: Decider<Lifecycle<State>, NetworkCommand, NetworkEvent> & { readonly noun: 'Network' } = {
  noun: 'Network',
  category: 'network',
  creationCommands: ['DefineNetwork'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineNetwork: (data, state) =>
      state.stage === 'absent'
        ? { type: 'NetworkDefined', data }
        : refuse('id', 'TAKEN', 'Network with this Id already exists.'),
    ChangeNetwork: (data, state) => {
      if (state.stage !== 'active') return missing();
      return CHANGES.filter(([field]) => data[field] !== undefined && data[field] !== state.value[field]).map(
        ([field, type]) => ({ type, data: { [field]: data[field] } }) as unknown as NetworkEvent,
      );
    },
    LinkBlock: (data, state) => {
      if (state.stage !== 'active') return refuse('network', 'INVALID_VALUE', 'there is no such network');
      const { links } = state.value;
      if (links.some(({ link, block }) => block === data.block && link !== data.link)) {
        const text = 'Network address block with this Network and Address block already exists.';
        return refuse('__all__', 'TAKEN', text);
      }
      if (links.length >= MAX_LINKS) {
        return refuse('network', 'TOO_MANY', `a network has at most ${MAX_LINKS} address blocks`);
      }
      return { type: 'NetworkBlockLinked', data };
    },
    UnlinkBlock: ({ link }, state) =>
      'value' in state && state.value.links.some((one) => one.link === link)
        ? { type: 'NetworkBlockUnlinked', data: { link } }
        : [],
    ...rules.decide,
    ...restores.decide,
  },
  evolve: {
    NetworkDefined: (data) => ({ stage: 'active', value: { ...data, links: [] } }),
    NetworkRenamed: set,
    NetworkMoved: set,
    NetworkMtuChosen: set,
    NetworkBlockLinked: (data, state) =>
      'value' in state ? set({ links: [...state.value.links, data] }, state) : state,
    NetworkBlockUnlinked: ({ link }, state) =>
      'value' in state ? set({ links: state.value.links.filter((one) => one.link !== link) }, state) : state,
    ...rules.evolve,
    ...restores.evolve,
  },
};
