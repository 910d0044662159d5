import type { ServiceScope } from '#kernel';
import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';
import { withName, withoutName } from './difference.ts';
import type { ServiceEvent } from './service.ts';

/** A service identity as the server knows it. */
export interface ServiceRow {
  readonly enabled: boolean;
  readonly serves: ServiceScope;
  readonly permissions: readonly string[];
  /** Hash of its token; null: none yet. */
  readonly credential: string | null;
  /** Public half of the key by which NATS knows it; null: it has no token, or one from before there were keys. */
  readonly publicKey: string | null;
  /** Blocks of addresses it may log in from; not there: any. */
  readonly networks?: readonly string[];
  /** Whether its token is one that everybody knows. */
  readonly legacy?: boolean;
  readonly created: string;
  readonly updated: string;
}

type Data<T extends ServiceEvent['type']> = Extract<ServiceEvent, { type: T }>['data'];

/** A rule for an event after which some of the row is different. */
const set = <T extends ServiceEvent['type']>(changes: (row: ServiceRow, data: Data<T>) => Partial<ServiceRow>) =>
  change<ServiceRow, Data<T>>((row, { data, at }) => ({ ...row, ...changes(row, data), updated: at }));

/** Service identities by name. */
export const services: ReadModel<ServiceRow> = {
  name: 'services',
  version: 3,
  key: 'text',
  history: true,
  indexes: { legacy: ({ legacy }) => (legacy === true ? 'yes' : null) },
  on: {
    ServiceDefined: rule<ServiceRow, Data<'ServiceDefined'>>((_, { data, at }) => ({
      ...data,
      credential: null,
      publicKey: null,
      created: at,
      updated: at,
    })),
    ServiceAssigned: set<'ServiceAssigned'>((_, { serves }) => ({ serves })),
    ServiceEnabled: set(() => ({ enabled: true })),
    ServiceDisabled: set(() => ({ enabled: false })),
    ServicePermissionGranted: set<'ServicePermissionGranted'>(({ permissions }, { permission }) => ({
      permissions: withName(permissions, permission),
    })),
    ServicePermissionRevoked: set<'ServicePermissionRevoked'>(({ permissions }, { permission }) => ({
      permissions: withoutName(permissions, permission),
    })),
    ServiceTokenRenewed: set<'ServiceTokenRenewed'>((row, { credential, publicKey = null, legacy = false }) => ({
      credential,
      publicKey,
      ...(legacy || row.legacy !== undefined ? { legacy } : {}),
    })),
    ServiceDeleted: gone(),
  },
};
