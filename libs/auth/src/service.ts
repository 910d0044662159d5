import { isDeepStrictEqual } from 'node:util';
import type { Decider, Message, ServiceScope } from '#kernel';
import { refuse } from '#kernel';
import { asNames, difference, withName, withoutName } from './difference.ts';
import type { Holder, SessionCommand, SessionEvent } from './session-holder.ts';
import { closed, sessionRules } from './session-holder.ts';

/** The identity of a program (a subcontractor): let in by a token, and trusted with its own places only. */
export interface Service extends Holder {
  serves: ServiceScope;
  permissions: readonly string[];
  /** Public half of the key by which NATS knows it; it follows from the token. */
  publicKey?: string;
}

type State = Service | undefined;

/** What can be said about a service. */
export interface ServiceTraits extends ServiceScope {
  readonly enabled: boolean;
  readonly permissions: readonly string[];
}

type Defined = {
  readonly enabled: boolean;
  readonly serves: ServiceScope;
  readonly permissions: readonly string[];
  readonly networks?: readonly string[];
};
type Renewed = { readonly credential: string; readonly publicKey?: string; readonly legacy?: boolean };
type Permission = { readonly permission: string };

export type ServiceCommand =
  | Message<'DefineService', ServiceTraits & { readonly name: string; readonly networks?: readonly string[] }>
  | Message<'ChangeService', Partial<ServiceTraits>>
  /** `credential` is the hash of the new token, `publicKey` what NATS knows its holder by. */
  | Message<'RenewToken', Renewed>
  | Message<'DeleteService', object>
  | SessionCommand;

export type ServiceEvent =
  | Message<'ServiceDefined', Defined>
  | Message<'ServiceAssigned', { readonly serves: ServiceScope }>
  | Message<'ServiceEnabled', object>
  | Message<'ServiceDisabled', object>
  | Message<'ServiceDeleted', object>
  | Message<'ServicePermissionGranted', Permission>
  | Message<'ServicePermissionRevoked', Permission>
  | Message<'ServiceTokenRenewed', Renewed>
  | SessionEvent;

const NOT_FOUND = refuse('', 'NOT_FOUND', 'there is no such service');

const set = (data: Partial<Service>, state: State): State => state && { ...state, ...data };

const assigned = ({ serves }: Service, { sites, modules }: Partial<ServiceTraits>): ServiceEvent[] => {
  const wanted: ServiceScope = {
    sites: sites ? asNames(sites) : serves.sites,
    modules: modules ? asNames(modules) : serves.modules,
  };
  return isDeepStrictEqual(wanted, serves) ? [] : [{ type: 'ServiceAssigned', data: { serves: wanted } }];
};

const enabledOrNot = (service: Service, enabled: boolean | undefined): ServiceEvent[] => {
  if (enabled === undefined || enabled === service.enabled) return [];
  if (enabled) return [{ type: 'ServiceEnabled', data: {} }];
  return [{ type: 'ServiceDisabled', data: {} }, ...closed(service.sessions.keys())];
};

export const service: Decider<State, ServiceCommand, ServiceEvent> = {
  category: 'service',
  snapshotVersion: 1,
  creationCommands: ['DefineService'],
  initial: () => undefined,
  decide: {
    DefineService: ({ enabled, sites, modules, permissions, networks }, state) => {
      if (state) return refuse('name', 'TAKEN', 'Service with this Name already exists.');
      const serves = { sites: asNames(sites), modules: asNames(modules) };
      const data = { enabled, serves, permissions: asNames(permissions), ...(networks ? { networks } : {}) };
      return { type: 'ServiceDefined', data };
    },
    ChangeService: (traits, state) =>
      state
        ? [
            ...enabledOrNot(state, traits.enabled),
            ...assigned(state, traits),
            ...difference<ServiceEvent>(
              state.permissions,
              traits.permissions,
              (permission) => ({ type: 'ServicePermissionGranted', data: { permission } }),
              (permission) => ({ type: 'ServicePermissionRevoked', data: { permission } }),
            ),
          ]
        : NOT_FOUND,
    // The old token is worth nothing from now on, and neither are the sessions it opened.
    RenewToken: (data, state) =>
      state ? [{ type: 'ServiceTokenRenewed', data }, ...closed(state.sessions.keys())] : NOT_FOUND,
    DeleteService: (_, state) =>
      state ? [...closed(state.sessions.keys()), { type: 'ServiceDeleted', data: {} }] : NOT_FOUND,
    ...sessionRules.decide,
  },
  evolve: {
    ServiceDefined: (data) => ({ ...data, credential: null, sessions: new Map() }),
    ServiceAssigned: set,
    ServiceEnabled: (_, state) => set({ enabled: true }, state),
    ServiceDisabled: (_, state) => set({ enabled: false }, state),
    ServicePermissionGranted: ({ permission }, state) =>
      state && set({ permissions: withName(state.permissions, permission) }, state),
    ServicePermissionRevoked: ({ permission }, state) =>
      state && set({ permissions: withoutName(state.permissions, permission) }, state),
    ServiceTokenRenewed: ({ legacy = false, ...data }, state) => set({ ...data, legacy }, state),
    ServiceDeleted: () => undefined,
    ...sessionRules.evolve,
  },
};
