import type { ParametersOf } from '#platform';
import type { GivenParameters } from '#platform/server';
import type { CallContext } from '#tscript';
import { NotDefined, ParameterError, toJson } from '#tscript';
import type { VcenterContract } from '../contract.ts';
import { placeOf } from './place.ts';
import { vcenterSide } from './side.ts';

const { task, functions } = vcenterSide;

/** A call whose value is a list that the agent finds out. */
interface Listing<O> {
  readonly order: O;
  readonly found: readonly string[] | null;
}

/** The stages of a function that asks for a list. */
const listing = <G, O, R>(what: string, orderFrom: (given: G, context: CallContext) => O, send: (order: O) => R) => ({
  setup: (given: G, context: CallContext): Listing<O> => ({ order: orderFrom(given, context), found: null }),
  done: ({ found }: Listing<O>): boolean => found !== null,
  message: (): string => `Waiting for the list of ${what}`,
  task: ({ order }: Listing<O>): R => send(order),
  value: ({ found }: Listing<O>): readonly string[] | null => found,
});

type Asking<N extends 'host_list' | 'datastore_list' | 'network_list'> = ParametersOf<VcenterContract, N>;
type Given<N extends keyof VcenterContract['functions']> = GivenParameters<VcenterContract['functions'][N]>;

/** `vcenter.host_list`: hosts of the cluster that have the memory left. */
export const hostList = functions.external('host_list', {
  ...listing(
    'hosts',
    (given: Given<'host_list'>, context): Asking<'host_list'> => ({ ...placeOf(context), ...given }),
    (order) => task('host_list', order),
  ),
  receive: { host_list: (state, { host_list: found }) => ({ ...state, found }) },
});
/** `vcenter.datastore_list`: datastores of a host that have the room left. */
export const datastoreList = functions.external('datastore_list', {
  ...listing(
    'datastores',
    (given: Given<'datastore_list'>, context): Asking<'datastore_list'> => ({ ...placeOf(context), ...given }),
    (order) => task('datastore_list', order),
  ),
  receive: { datastore_list: (state, { datastore_list: found }) => ({ ...state, found }) },
});
/** `vcenter.network_list`: networks of a host. */
export const networkList = functions.external('network_list', {
  ...listing(
    'networks',
    (given: Given<'network_list'>, context): Asking<'network_list'> => ({ ...placeOf(context), ...given }),
    (order) => task('network_list', order),
  ),
  receive: { network_list: (state, { network_list: found }) => ({ ...state, found }) },
});

interface CreatingDatastore {
  readonly order: ParametersOf<VcenterContract, 'create_datastore'>;
  readonly done: boolean;
}

/** The host that a datastore is made on: the structure's own, by its configuration. @throws ParameterError where it says none */
function hostByConfig({ read }: CallContext): string {
  try {
    const host = toJson(read('config', 'vcenter_hostname'));
    if (typeof host === 'string' && host !== '') return host;
  } catch (thrown) {
    if (!(thrown instanceof NotDefined)) throw thrown;
  }
  throw new ParameterError('vcenter_hostname', 'is not in the configuration: it names the host');
}

/** `vcenter.create_datastore`: makes a datastore on the host that the configuration names. */
export const createDatastore = functions.external('create_datastore', {
  setup({ name, model }, context): CreatingDatastore {
    const { connection, datacenter } = placeOf(context);
    return { order: { connection, datacenter, host: hostByConfig(context), name, model }, done: false };
  },
  done: ({ done }) => done,
  message: ({ order: { name } }) => `Waiting for datastore "${name}" to be created`,
  task: ({ order }) => task('create_datastore', order),
  receive: { create_datastore: (state, { done }) => ({ ...state, done }) },
  value: () => null,
});
