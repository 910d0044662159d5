import { expect, it } from '@jest/globals';
import type { ApiService } from '#api';
import { blueprints, pxes } from '#blueprint';
import { MachineLogins } from '#boot';
import { foundations, structures } from '#building';
import { ConfigDocuments } from '#documents';
import type { HttpRequest } from '#http';
import { secretReference } from '#kernel';
import type { FoundationType } from '#platform';
import { sites } from '#site';
import { realInterfaces } from '../libs/building/src/interface/real-interfaces.ts';
import { foundationRow, structureRow, viewOfRows } from '../libs/building/test/view-of-rows.ts';

const UUID = '0e2c1d5e-6c0f-4a53-9d2b-6f3c1a7f0d11';

/** A kind of foundation with a management processor. */
const BOARD: FoundationType = {
  type: 'Board',
  model: 'Lab/Board',
  doc: '',
  classes: [],
  locates: 'by-itself',
  fields: {},
  functions: {},
  connection: ({ bmc, user, bmc_password: password }) => ({
    ip_address: bmc ?? null,
    credentials: { username: user ?? null, password: password ?? null },
  }),
};

const view = viewOfRows([
  [structures, { 1: structureRow('web1', { foundation: 'host1', configValues: [], origins: {}, configUuid: UUID }) }],
  [
    foundations,
    {
      host1: foundationRow({
        type: 'Board',
        idMap: null,
        own: { bmc: '10.9.0.1', user: 'operator', bmc_password: secretReference('s') },
      }),
    },
  ],
  [blueprints, {}],
  [sites, {}],
  [
    realInterfaces,
    { 1: { foundation: 'host1', name: 'eth0', provisioning: true, physicalLocation: 'eth0', network: 1, pxe: 'fw' } },
  ],
  [
    pxes,
    {
      fw: {
        bootScript: 'echo {{ __connection_paramaters is defined }} {{ __bootstrap_login }}',
        template:
          'BMC={{ __connection_paramaters.ip_address }} {{ __connection_paramaters.credentials.username }}:' +
          '{{ __connection_paramaters.credentials.password }}{{ __bootstrap_login }}',
      },
    },
  ],
] as never);

const documents = new ConfigDocuments({
  // Whoever knows the uuid of a configuration needs no session.
  api: undefined as unknown as ApiService,
  view: () => view,
  now: () => '2026-01-01T00:00:00.000000+00:00',
  served: { contractorUrl: 'http://contractor', pxeUrl: 'http://static/pxe/' },
  findType: (name) => (name === 'Board' ? BOARD : undefined),
  noteSecrets: () => undefined,
  noteDocument: () => undefined,
  momentOf: async () => undefined,
  viewAt: async () => view,
  readSecret: async ({ $secret: id }) => (id === 's' ? 'hush' : undefined),
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined } as never,
  identify: async () => undefined,
  logins: new MachineLogins(Buffer.alloc(32), () => 0),
});
const get = async (type: string): Promise<string | undefined> => {
  const request: HttpRequest = {
    verb: 'GET',
    target: `/config/${type}/c/${UUID}`,
    source: '192.0.2.1',
    hasBody: false,
    header: () => undefined,
    body: async () => Buffer.alloc(0),
  };
  return (await documents.adapter.handle(request))?.text;
};

it('the answers of an installer see how the foundation is reached out of band, and nothing else does', async () => {
  expect(await get('pxe_template')).toBe('BMC=10.9.0.1 operator:hush');
  expect(await get('boot_script')).toMatch(/^#!ipxe\n\necho False @survey-86400000:[\w-]{43}$/);
  expect(JSON.parse((await get('config')) ?? '')).not.toHaveProperty('__connection_paramaters');
});
