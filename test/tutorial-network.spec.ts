/**
 * The network part of the tutorial, and the placeholder host that follows it, as a reader types them: a shell, curl, here
 * documents. On a server on which the same objects stand that a set-up makes (site, network, block, the server's own host).
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ADMIN_PASSWORD } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site:site1:';
const ADRBLK = '/api/v1/Utilities/AddressBlock:1:';
const NETWORK = '/api/v1/Utilities/Network:2:';
const MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
const STAMPS = { updated: MOMENT, created: MOMENT };

const { server, client, token } = await startJourney({ CONTRACTOR_SUBCONTRACTOR: 'none' });

const created = async (model: string, values: Values): Promise<string> => (await client.create(model, values)).uri;

const FOUNDATION_BASE = '/api/v1/BluePrint/FoundationBluePrint:manual-foundation-base:';
const STRUCTURE_BASE = '/api/v1/BluePrint/StructureBluePrint:manual-structure-base:';

beforeAll(async () => {
  await created('/api/v1/Site/Site', { name: 'site1', description: 'Site 1' });
  const network = await created('/api/v1/Utilities/Network', { site: SITE, name: 'main' });
  const block = await created('/api/v1/Utilities/AddressBlock', {
    site: SITE,
    name: 'main',
    subnet: '10.0.0.0',
    prefix: 24,
  });
  expect(block).toBe(ADRBLK);
  await created('/api/v1/Utilities/NetworkAddressBlock', { network, address_block: block });
  await created('/api/v1/BluePrint/PXE', { name: 'bootstrap', boot_script: 'x', template: 'x' });
  await created('/api/v1/BluePrint/FoundationBluePrint', {
    name: 'manual-foundation-base',
    description: 'Manual Base',
    foundation_type_list: ['Manual', 'ManualComplex'],
    physical_interface_names: ['eth0'],
  });
  await created('/api/v1/BluePrint/StructureBluePrint', {
    name: 'manual-structure-base',
    description: 'Manual Base',
    foundation_blueprint_list: [FOUNDATION_BASE],
  });
  const locator = 'contractor';
  await created('/api/v1/Manual/ManualFoundation', { site: SITE, locator, blueprint: FOUNDATION_BASE });
  const foundation = '/api/v1/Building/Foundation:contractor:';
  const eth0 = { foundation, name: 'eth0', physical_location: 'eth0', network, is_provisioning: true };
  await created('/api/v1/Utilities/RealNetworkInterface', eth0);
  const values = { site: SITE, hostname: 'contractor', foundation, blueprint: STRUCTURE_BASE };
  await created('/api/v1/Building/Structure', values);
  await created('/api/v1/Utilities/Address', {
    networked: '/api/v1/Utilities/Networked:1:',
    address_block: block,
    interface_name: 'eth0',
    offset: 10,
    is_primary: true,
  });
});

/** What a reader of the tutorial has in the shell. */
const shell = (text: string): string => `
set -eu -o pipefail
CHOST=${server.url}
COPS=( --silent --include --write-out '\\n' --noproxy '*' --header 'CInP-Version: 0.9' --header 'Content-Type: application/json' )
LOGIN=( "\${COPS[@]}" )
COPS+=( --header 'Auth-Id: root' --header 'Auth-Token: ${token}' )
SITE=${SITE}
ADRBLK=${ADRBLK}
NETWORK=${NETWORK}
${text}
`;

interface Reply {
  readonly status: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Runs what a reader types; results in the answers, one after the other. */
async function typed(text: string): Promise<readonly Reply[]> {
  const { stdout } = await promisify(execFile)('bash', ['-c', shell(text)]);
  return stdout
    .split(/^(?=HTTP\/1\.1 )/m)
    .filter((one) => one !== '' && !one.startsWith('HTTP/1.1 100'))
    .map((one) => {
      const [head = '', body = ''] = one.split(/\r\n\r\n/, 2);
      const [status = '', ...lines] = head.split('\r\n');
      const headers = Object.fromEntries(lines.map((line) => line.split(': ', 2) as [string, string]));
      return {
        status: status.replace('HTTP/1.1 ', ''),
        headers,
        body: body.trim() === '' ? undefined : JSON.parse(body),
      };
    });
}

const asked = async (text: string): Promise<Reply> => {
  const replies = await typed(text);
  expect(replies).toHaveLength(1);
  return replies[0]!;
};

describe('the tutorial, by curl', () => {
  it('logs in', async () => {
    const reply = await asked(`
cat << EOF | curl "\${LOGIN[@]}" --data @- -X CALL $CHOST/api/v1/Auth/User\\(login\\)
{ "username": "root", "password": "${ADMIN_PASSWORD}" }
EOF`);
    expect(reply.body).toMatch(/^[a-z0-9]{32}$/);
    const who = await typed(`
curl "\${COPS[@]}" --data '{}' -X CALL $CHOST/api/v1/Auth/User\\(whoami\\)
curl "\${LOGIN[@]}" --data '{}' -X CALL $CHOST/api/v1/Auth/User\\(whoami\\)`);
    expect(who.map(({ body }) => body)).toEqual(['root', 'AnonymousUser']);
  });

  it('makes a network, and links the block to it', async () => {
    const network = await asked(`
cat << EOF | curl "\${COPS[@]}" --data @- -X CREATE $CHOST/api/v1/Utilities/Network
{ "site": "$SITE", "name": "vboxnet0" }
EOF`);
    expect(network.status).toBe('201 Created');
    expect(network.headers).toMatchObject({
      Verb: 'CREATE',
      'Object-Id': NETWORK,
      'Cinp-Version': '0.9',
      'Cache-Control': 'no-cache',
      'Content-Type': 'application/json;charset=utf-8',
      'Content-Length': expect.stringMatching(/^\d+$/),
    });
    expect(network.body).toEqual({
      name: 'vboxnet0',
      site: SITE,
      mtu: null,
      ...STAMPS,
      address_block_list: [],
      id: 2,
    });
    const link = await asked(`
cat << EOF | curl "\${COPS[@]}" --data @- -X CREATE $CHOST/api/v1/Utilities/NetworkAddressBlock
{ "network": "$NETWORK", "address_block": "$ADRBLK" }
EOF`);
    expect(link.headers['Object-Id']).toBe('/api/v1/Utilities/NetworkAddressBlock:2:');
    expect(link.body).toEqual({ network: NETWORK, address_block: ADRBLK, vlan: null, ...STAMPS, id: 2 });
    const after = await asked('curl "${COPS[@]}" -X GET $CHOST$NETWORK');
    expect(after.body).toMatchObject({ address_block_list: [ADRBLK] });
  });

  it('makes a block of its own where one is needed', async () => {
    const reply = await asked(`
cat << EOF | curl "\${COPS[@]}" --data @- -X CREATE $CHOST/api/v1/Utilities/AddressBlock
{ "site": "$SITE", "name": "internal", "subnet": "10.1.0.77", "prefix": 24, "gateway_offset": 1 }
EOF`);
    expect(reply.body).toEqual({
      name: 'internal',
      site: SITE,
      subnet: '10.1.0.0',
      prefix: 24,
      gateway_offset: 1,
      _max_address: '10.1.0.255',
      ...STAMPS,
      id: 2,
      gateway: '10.1.0.1',
      netmask: '255.255.255.0',
      size: '254',
      isIpV4: 'True',
    });
  });

  const address = (offset: number, id: unknown, more: Values) => ({
    address_block: ADRBLK,
    offset,
    ...STAMPS,
    id,
    ip_address: `10.0.0.${offset}`,
    subnet: '10.0.0.0',
    netmask: '255.255.255.0',
    prefix: '24',
    gateway: null,
    ...more,
  });

  it('reserves eighteen addresses', async () => {
    const replies = await typed(`
for OFFSET in 2 3 4 5 6 7 8 9 11 12 13 14 15 16 17 18 19 20; do
cat << EOF | curl "\${COPS[@]}" --data @- -X CREATE $CHOST/api/v1/Utilities/ReservedAddress
{ "address_block": "$ADRBLK", "offset": "$OFFSET", "reason": "Network Reserved" }
EOF
done`);
    const offsets = [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];
    expect(replies.map(({ status }) => status)).toEqual(offsets.map(() => '201 Created'));
    expect(replies.map(({ body }) => body)).toEqual(
      offsets.map((offset) =>
        address(offset, expect.any(Number), { reason: 'Network Reserved', type: 'ReservedAddress' }),
      ),
    );
  });

  it('puts five into the DHCP pool', async () => {
    const replies = await typed(`
for OFFSET in 21 22 23 24 25; do
cat << EOF | curl "\${COPS[@]}" --data @- -X CREATE $CHOST/api/v1/Utilities/DynamicAddress
{ "address_block": "$ADRBLK", "offset": "$OFFSET", "pxe": "/api/v1/BluePrint/PXE:bootstrap:" }
EOF
done`);
    expect(replies.map(({ body }) => body)).toEqual(
      [21, 22, 23, 24, 25].map((offset) =>
        address(offset, expect.any(Number), { pxe: '/api/v1/BluePrint/PXE:bootstrap:', type: 'DynamicAddress' }),
      ),
    );
  });

  it('tells how much is used, and what is where', async () => {
    const usage = await asked('curl "${COPS[@]}" -X CALL "$CHOST$ADRBLK(usage)"');
    expect(usage.body).toEqual({ total: 254, static: 1, reserved: 18, dynamic: 5 });
    const lookup = (ip: string) =>
      asked(`
cat << EOF | curl "\${COPS[@]}" --data @- -X CALL $CHOST/api/v1/Utilities/BaseAddress\\(lookup\\)
{ "ip_address": "${ip}", "site": "$SITE" }
EOF`);
    expect((await lookup('10.0.0.21')).body).toMatch(/^\/api\/v1\/Utilities\/BaseAddress:\d+:$/);
    expect((await lookup('10.0.0.10')).body).toBe('/api/v1/Utilities/BaseAddress:1:');
    expect(await lookup('10.0.0.99')).toMatchObject({ status: '200 OK', body: undefined });
    const network = await asked(`
cat << EOF | curl "\${COPS[@]}" --data @- -X CALL $CHOST/api/v1/Utilities/Network\\(getWithNameSite\\)
{ "site": "$SITE", "name": "vboxnet0" }
EOF`);
    expect(network.body).toBe(NETWORK);
  });

  it.each([
    ['2', { __all__: ['Base address with this Address block and Offset already exists.'] }],
    ['255', { offset: ['Must be greater than 1 and less than 254'] }],
  ])('refuses the offset %s', async (offset, body) => {
    const reply = await asked(`
cat << EOF | curl "\${COPS[@]}" --data @- -X CREATE $CHOST/api/v1/Utilities/ReservedAddress
{ "address_block": "$ADRBLK", "offset": "${offset}", "reason": "Network Reserved" }
EOF`);
    expect(reply).toMatchObject({ status: '400 Bad Request', body });
  });

  it('refuses the offset of the gateway', async () => {
    const reply = await asked(`
cat << EOF | curl "\${COPS[@]}" --data @- -X CREATE $CHOST/api/v1/Utilities/ReservedAddress
{ "address_block": "/api/v1/Utilities/AddressBlock:2:", "offset": "1", "reason": "Network Reserved" }
EOF`);
    expect(reply).toMatchObject({ status: '400 Bad Request', body: { offset: ['Conflicts with Gateway'] } });
  });

  it('makes the placeholder host', async () => {
    // The path of the model begins with a slash, and stands behind one.
    const made = await asked(`
FMDL=/api/v1/Manual/ManualFoundation
FBP=${FOUNDATION_BASE}
cat << EOF | curl "\${COPS[@]}" --data @- -X CREATE $CHOST/$FMDL
{ "site": "$SITE", "locator": "host", "blueprint": "$FBP" }
EOF`);
    expect(made.headers['Object-Id']).toBe('/api/v1/Manual/ManualFoundation:host:');
    expect(made.body).toEqual({
      locator: 'host',
      site: SITE,
      blueprint: FOUNDATION_BASE,
      id_map: null,
      located_at: null,
      built_at: null,
      ...STAMPS,
      state: 'planned',
      type: 'Manual',
      class_list: "['Metal', 'VM', 'Container', 'Switch', 'Manual']",
    });
    const eth0 = await asked(`
cat << EOF | curl "\${COPS[@]}" --data @- -X CREATE $CHOST/api/v1/Utilities/RealNetworkInterface
{ "foundation": "/api/v1/Building/Foundation:host:", "name": "eth0", "physical_location": "eth0", "network": "$NETWORK", "is_provisioning": true }
EOF`);
    expect(eth0.headers['Object-Id']).toBe('/api/v1/Utilities/RealNetworkInterface:2:');
    expect(eth0.body).toEqual({
      name: 'eth0',
      network: NETWORK,
      ...STAMPS,
      mac: null,
      foundation: '/api/v1/Building/Foundation:host:',
      is_provisioning: true,
      physical_location: 'eth0',
      link_name: null,
      pxe: null,
      id: 2,
      type: 'Real',
    });
    const structure = await asked(`
cat << EOF | curl "\${COPS[@]}" --data @- -X CREATE $CHOST/api/v1/Building/Structure
{ "site": "$SITE", "foundation": "/api/v1/Building/Foundation:host:", "hostname": "host", "blueprint": "${STRUCTURE_BASE}" }
EOF`);
    expect(structure.body).toEqual({
      hostname: 'host',
      site: SITE,
      blueprint: STRUCTURE_BASE,
      foundation: '/api/v1/Building/Foundation:host:',
      config_uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      config_values: {},
      built_at: null,
      ...STAMPS,
      id: 2,
      state: 'planned',
    });
    const list = await asked('curl "${COPS[@]}" -X CALL "$CHOST/api/v1/Building/Foundation:host:(getInterfaceList)"');
    expect(list.body).toEqual([
      {
        name: 'eth0',
        physical_location: 'eth0',
        is_provisioning: true,
        mac: null,
        pxe: null,
        network: NETWORK,
      },
    ]);
  });

  it('takes it as built', async () => {
    for (const [model, id] of [
      ['Foundation', 'host'],
      ['Structure', '2'],
    ]) {
      // What `boss --built` did.
      await promisify(execFile)('curl', [
        '--silent',
        '--fail',
        '--noproxy',
        '*',
        '--data',
        '{ "state": "built" }',
        '--header',
        `Authorization: Bearer root:${token}`,
        '--header',
        'Content-Type: application/json',
        `${server.url}/api/rest/Building/${model}/${id}/force`,
      ]);
    }
    const states = await typed(`
curl "\${COPS[@]}" -X GET $CHOST/api/v1/Manual/ManualFoundation:host:
curl "\${COPS[@]}" -X GET $CHOST/api/v1/Building/Structure:2:`);
    expect(states.map(({ body }) => (body as Values)['state'])).toEqual(['built', 'built']);
  });

  it('gives it its address, and the next one', async () => {
    const first = await asked(`
cat << EOF | curl "\${COPS[@]}" --data @- -X CREATE $CHOST/api/v1/Utilities/Address
{ "networked": "/api/v1/Utilities/Networked:2:", "address_block": "$ADRBLK", "interface_name": "eth0", "offset": 1, "is_primary": true }
EOF`);
    expect(first.body).toEqual(
      address(1, expect.any(Number), {
        networked: '/api/v1/Utilities/Networked:2:',
        interface_name: 'eth0',
        alias_index: null,
        pointer: null,
        is_primary: true,
        type: 'Address',
      }),
    );
    const second = await asked(`
cat << EOF | curl "\${COPS[@]}" --data @- -X CALL "$CHOST$ADRBLK(nextAddress)"
{ "networked": "/api/v1/Utilities/Networked:2:", "interface_name": "eth1", "is_primary": false }
EOF`);
    expect(second.body).toMatch(/^\/api\/v1\/Utilities\/Address:\d+:$/);
    const shown = await asked(`curl "\${COPS[@]}" -X GET $CHOST${String(second.body)}`);
    expect(shown.body).toMatchObject({ ip_address: '10.0.0.26', interface_name: 'eth1' });
    const usage = await asked('curl "${COPS[@]}" -X CALL "$CHOST$ADRBLK(usage)"');
    expect(usage.body).toEqual({ total: 254, static: 3, reserved: 18, dynamic: 5 });
  });
});
