import { action, boolean, dateTime, defineModel, parameter, staticAction, text } from '#api';
import type { View } from '#read-store';
import type { NatsAccess, NatsService } from './auth-options.ts';
import { MAX_NAME_LENGTH } from './names.ts';
import { ChangeService, CreateService, DeleteService, RenewToken } from './service.commands.ts';
import { services } from './services.ts';

const ALL = '`*` stands for all of them.';

export const serviceFields = {
  name: text(MAX_NAME_LENGTH, { mode: 'RC', required: true }),
  enabled: boolean({ default: true, doc: 'Is let in.' }),
  sites: text(40, { list: true, default: [], doc: `Names of the sites it may serve; ${ALL}` }),
  modules: text(40, { list: true, default: [], doc: `Names of the modules it may serve; ${ALL}` }),
  permissions: text(200, { list: true, default: [] }),
  networks: text(50, { list: true, mode: 'RO', doc: 'Blocks of addresses it may log in from; none: any.' }),
  legacy: boolean({ mode: 'RO', doc: 'Whether the token is one that everybody knows.' }),
  has_token: boolean({ mode: 'RO', doc: 'Whether it was ever given a token.' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** The services that NATS is to let in. */
export async function natsServices(view: View): Promise<NatsService[]> {
  const { rows } = await view.list(services);
  return rows.flatMap(({ key, row: { enabled, publicKey, serves } }) =>
    enabled && publicKey !== null ? [{ name: String(key), publicKey, ...serves }] : [],
  );
}

/** Service identities, for those who manage them. @param nats how they are known on NATS */
export const serviceModel = (nats: NatsAccess | undefined) =>
  defineModel({
    path: 'Auth/Service',
    doc: 'The identity of a program, such as a subcontractor: let in by a token, trusted with its own places only.',
    protocols: ['rest'],
    idField: 'name',
    fields: serviceFields,
    rows: services,
    sites: 'none',
    present: ({ credential, publicKey: _, serves, networks = [], legacy = false, ...row }, name) => ({
      ...row,
      networks,
      legacy,
      ...serves,
      name,
      has_token: credential !== null,
    }),
    create: (values) => new CreateService(values),
    update: (name, values) => new ChangeService(name, values),
    deletion: { command: (names) => new DeleteService(names) },
    actions: {
      renewToken: action({
        doc: 'Gives it a new token, which is the answer and is shown only now; the old one and all sessions end.',
        parameters: {},
        returns: parameter.text(),
        permission: { grant: 'Auth.change_service' },
        command: (name) => new RenewToken(name),
      }),
      natsConfig: staticAction({
        doc: 'The configuration of a NATS server that lets in the servers and every service for its own sites and modules.',
        parameters: {
          account: boolean({ default: false, doc: 'Only its accounts, for a NATS server that has others as well.' }),
        },
        returns: parameter.text(),
        permission: { grant: 'Auth.view_service' },
        query: async ({ account }, { view }) => nats?.configuration(await natsServices(view), account !== true) ?? '',
      }),
    },
  });
