import type { Decider, JsonMap, Message } from '#kernel';
import { refuse, writeJson } from '#kernel';

/** A machine in the boot image that says what it is, and asks which foundation that makes it. */
export interface Cartographer {
  /** Locator; null: nobody knows yet. */
  foundation: string | null;
  /** How far it is, in words. */
  message: string;
  /** What it has reported of itself. */
  infoMap: JsonMap;
  /** When it asked last, to about two minutes, ISO 8601; null: it has not asked yet. */
  checkedIn: string | null;
}

/** It is there; it is done, and has not registered anew; or it is not: it was never heard of, was dropped or deleted. */
export type CartographerState = Cartographer | 'done' | undefined;

/** Whether a machine is there. */
export const isThere = (state: Readonly<CartographerState>): state is Readonly<Cartographer> =>
  typeof state === 'object';

export type CartographerCommand =
  | Message<'RegisterCartographer', object>
  | Message<'CheckIn', { readonly infoMap: JsonMap | null; readonly at: string; readonly message?: string }>
  | Message<'MatchCartographer', { readonly foundation: string; readonly matchedBy: string; readonly message: string }>
  | Message<'AssignCartographer', { readonly foundation: string }>
  | Message<'TellMessage', { readonly message: string }>
  | Message<'FinishCartographer', object>
  | Message<'DropCartographer', { readonly silentSince: string }>
  | Message<'DeleteCartographer', object>;

export type CartographerEvent =
  | Message<'CartographerRegistered', object>
  | Message<'CartographerRestarted', object>
  | Message<'CartographerReported', { readonly infoMap: JsonMap }>
  | Message<'CartographerCheckedIn', { readonly at: string }>
  | Message<
      'CartographerMatched',
      { readonly foundation: string; readonly matchedBy: string; readonly message: string }
    >
  | Message<'CartographerAssigned', { readonly foundation: string }>
  | Message<'CartographerMessaged', { readonly message: string }>
  | Message<'CartographerDone', { readonly foundation: string }>
  | Message<'CartographerDropped', { readonly silentSince: string }>
  | Message<'CartographerDeleted', object>;

/** What it says of itself when it is heard of first, and when it begins again. */
export const NEW = 'new';
export const RESTARTING = 'restarting';

/** A check-in is noted where this long has passed since the last one, or it brings something new. */
const CHECK_IN_MS = 120_000;

/** Why a machine is refused that is not there. */
export const notRegistered = () =>
  refuse('', 'NOT_FOUND', 'Cartographer does not exist: the machine has to register first');
const same = (one: unknown, other: unknown): boolean => writeJson(one) === writeJson(other);
const set = (data: Partial<Cartographer>, state: CartographerState): CartographerState =>
  isThere(state) ? { ...state, ...data } : state;

export const cartographer: Decider<CartographerState, CartographerCommand, CartographerEvent> = {
  category: 'cartographer',
  initial: () => undefined,
  decide: {
    RegisterCartographer: (_, state) => {
      if (!isThere(state)) return { type: 'CartographerRegistered', data: {} };
      return state.message === RESTARTING ? [] : { type: 'CartographerRestarted', data: {} };
    },
    CheckIn: ({ infoMap, at, message }, state) => {
      if (!isThere(state)) return notRegistered();
      const events: CartographerEvent[] = [];
      const isNew = infoMap !== null && !same(infoMap, state.infoMap);
      if (isNew) events.push({ type: 'CartographerReported', data: { infoMap } });
      const { checkedIn } = state;
      if (isNew || checkedIn === null || Date.parse(at) - Date.parse(checkedIn) >= CHECK_IN_MS) {
        events.push({ type: 'CartographerCheckedIn', data: { at } });
      }
      if (message !== undefined && message !== state.message) {
        events.push({ type: 'CartographerMessaged', data: { message } });
      }
      return events;
    },
    MatchCartographer: (data, state) => (isThere(state) ? { type: 'CartographerMatched', data } : notRegistered()),
    AssignCartographer: ({ foundation }, state) => {
      if (!isThere(state)) return notRegistered();
      return state.foundation === foundation ? [] : { type: 'CartographerAssigned', data: { foundation } };
    },
    TellMessage: ({ message }, state) => {
      if (!isThere(state)) return notRegistered();
      return message === state.message ? [] : { type: 'CartographerMessaged', data: { message } };
    },
    FinishCartographer: (_, state) => {
      // Its answer may have been lost: the machine says it again.
      if (state === 'done') return [];
      if (!isThere(state)) return notRegistered();
      const { foundation } = state;
      return foundation === null
        ? refuse('', 'NO_FOUNDATION', 'it is not known yet which foundation this machine is')
        : { type: 'CartographerDone', data: { foundation } };
    },
    DropCartographer: (data, state) =>
      isThere(state) && state.foundation === null ? { type: 'CartographerDropped', data } : [],
    DeleteCartographer: (_, state) => (isThere(state) ? { type: 'CartographerDeleted', data: {} } : notRegistered()),
  },
  evolve: {
    CartographerRegistered: () => ({ foundation: null, message: NEW, infoMap: {}, checkedIn: null }),
    CartographerRestarted: (_, state) => set({ message: RESTARTING }, state),
    CartographerReported: ({ infoMap }, state) => set({ infoMap }, state),
    CartographerCheckedIn: ({ at }, state) => set({ checkedIn: at }, state),
    CartographerMatched: ({ foundation, message }, state) => set({ foundation, message }, state),
    CartographerAssigned: ({ foundation }, state) => set({ foundation }, state),
    CartographerMessaged: ({ message }, state) => set({ message }, state),
    CartographerDone: () => 'done',
    CartographerDropped: () => undefined,
    CartographerDeleted: () => undefined,
  },
};
