import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { Call, Model, Values } from '#api';
import { asText, boolean, dateTime, text } from '#api';
import type { GrantPolicy } from './grant-policy.ts';
import { checkName, checkReachOver } from './grant-policy.ts';
import type { Service, ServiceTraits } from './service.ts';
import { service } from './service.ts';
import type { ServiceRow } from './services.ts';
import { services } from './services.ts';
import type { Sessions } from './sessions.ts';
import { user } from './user.ts';

const string = { type: { kind: 'String' } } as const;
const ALL = '`*` stands for all of them.';

const traits = (values: Values): Partial<ServiceTraits> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => ['enabled', 'sites', 'modules', 'permissions'].includes(name))
      .map(([name, value]) => [name, value ?? (name === 'enabled' ? false : [])]),
  );

/** A service of this name that the caller may manage. */
async function managed(work: UnitOfWork, key: string | number, { caller }: Pick<Call, 'caller'>): Promise<Service> {
  const found = await work.load(service, key);
  if (!found) throw refuse('', 'NOT_FOUND', 'there is no such service');
  checkReachOver(work, caller, String(key), found.permissions);
  return found;
}

/** Service identities, for those who manage them. */
export const serviceModel = (granting: GrantPolicy, sessions: Sessions): Model<ServiceRow> => ({
  path: 'Auth/Service',
  doc: 'The identity of a program, such as a subcontractor: let in by a token, trusted with its own places only.',
  protocols: ['rest'],
  idField: 'name',
  fields: {
    name: text(150, { mode: 'RC', required: true }),
    enabled: boolean({ default: true, doc: 'Is let in.' }),
    sites: text(40, { list: true, default: [], doc: `Names of the sites it may serve; ${ALL}` }),
    modules: text(40, { list: true, default: [], doc: `Names of the modules it may serve; ${ALL}` }),
    permissions: text(200, { list: true, default: [] }),
    has_token: boolean({ mode: 'RO', doc: 'Whether it was ever given a token.' }),
    updated: dateTime({ mode: 'RO' }),
    created: dateTime({ mode: 'RO' }),
  },
  rows: services,
  present: ({ credential, serves, ...row }, name) => ({ ...row, ...serves, name, has_token: credential !== null }),
  create: async (work, values, { caller }) => {
    const name = asText(values['name']);
    checkName(work, name);
    if (await work.load(user, name)) work.fault('name', 'TAKEN', 'User with this Name already exists.');
    const wanted = traits(values) as ServiceTraits;
    granting.checkAdded(work, caller, [], wanted.permissions);
    await work.decide(service, name, { type: 'DefineService', data: { name, ...wanted } });
    return name;
  },
  update: async (work, name, values, call) => {
    const wanted = traits(values);
    const found = await managed(work, name, call);
    granting.checkAdded(work, call.caller, found.permissions, wanted.permissions ?? []);
    await work.decide(service, name, { type: 'ChangeService', data: wanted });
  },
  // Nothing refers to a service, so there is nobody to look for.
  deletion: {
    close: async (work, name, call) => void (await managed(work, name, call)),
    users: async () => [],
    reopen: async () => undefined,
    remove: async (work, name) => void (await work.decide(service, name, { type: 'DeleteService', data: {} })),
  },
  actions: {
    renewToken: {
      doc: 'Gives it a new token, which is the answer and is shown only now; the old one and all sessions end.',
      parameters: {},
      returns: string,
      permission: { grant: 'Auth.change_service' },
      run: {
        freely: (name, _, call) => sessions.renewToken(asText(name), call, (work) => managed(work, asText(name), call)),
      },
    },
  },
});
