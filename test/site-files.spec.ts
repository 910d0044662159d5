import { describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import { until } from '#testing';
import type { RestAnswer } from './start-journey.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

const journey = await startJourney();
const second = await startJourney();

const BLUEPRINTS = `
[script.create-web]
description = 'create a web server'
script = '# nothing to do'

[foundation.metal]
description = 'metal'
foundation_types = ['Manual', 'ManualComplex']
physical_interface_names = ['eth0', 'eth1']

[structure.web]
description = 'a web server'
scripts = { create = 'create-web' }
foundation_blueprints = ['metal']

[pxe.install]
boot_script = 'boot'
template = '# nothing'
`;

const SITES = `
[zone.test]

[zone.'shop.test']
ttl = 600
entries = [
  { type = 'CNAME', name = 'www', target = 'web1.shop.test.' },
  { type = 'MX', name = 'mail', target = 'mx.example.test.', priority = 10 },
]

[site.all]
description = 'around them all'

[site.shop]
description = 'the shop'
parent = 'all'
zone = 'shop.test'

[site.shop.config_values]
b = 1.0
a = [1, 2]
'>packages' = ['nginx']

[site.shop.block.main]
subnet = '10.1.0.0/24'
gateway = '10.1.0.1'
reserved = { '10.1.0.2-10.1.0.4' = 'printers', '10.1.0.9' = 'clock' }
dynamic = { '10.1.0.20' = '', '10.1.0.21-10.1.0.22' = 'install' }

[site.shop.block.six]
subnet = 'fd00::/64'

[site.shop.network.internal]
mtu = 9000
blocks = ['main', { block = 'six', vlan = 12 }]

[site.shop.complex.cluster]
type = 'Manual'
description = 'carries others'
built_percentage = 50
members = ['web1']

[site.shop.foundation.rack1]
type = 'Manual'
blueprint = 'metal'
labels = { rack = 'r1' }
state = 'built'

[site.shop.foundation.rack1.interface.eth0]
network = 'internal'
physical_location = 'eth0'
mac = '52:54:00:00:00:01'
is_provisioning = true
pxe = 'install'

[site.shop.foundation.rack1.interface.eth1]
network = 'internal'
physical_location = 'eth1'

[site.shop.foundation.vm1]
type = 'ManualComplex'
blueprint = 'metal'
complex_host = 'cluster'

[site.shop.host.printer]
address = [{ interface = 'lan', ip = '10.1.0.30', primary = true }]

[site.shop.structure.web1]
blueprint = 'web'
foundation = 'rack1'
state = 'built'
config_values = { port = 80 }
address = [
  { interface = 'eth0', ip = '10.1.0.10', primary = true },
  { interface = 'eth0', ip = 'fd00::10' },
  { interface = 'bond0', alias = 1, pointer = 'web1 eth0' },
]

[site.shop.structure.web1.interface.bond0]
network = 'internal'
primary = 'eth0'
secondary = ['eth1']
parameters = { mode = 'active-backup' }

[site.shop.structure.web1.interface.br0]
network = 'internal'

[site.shop.structure.web2]
blueprint = 'web'
foundation = 'vm1'

[site.shop.dependency.vm1]
foundation = 'vm1'
structure = 'web1'
link = 'soft'
create_script_name = 'create'
`;

interface Applied {
  readonly objects: readonly {
    readonly kind: string;
    readonly name: string;
    readonly outcome: string;
    readonly changes: object;
  }[];
}

const apply = (files: Readonly<Record<string, string>>, more: object = {}, at = journey): Promise<RestAnswer> =>
  at.rest('POST', 'Site/SiteFile/apply', { files, ...more });
const exported = async (sites: readonly string[], at = journey): Promise<string> => {
  const { status, body } = await at.rest('POST', 'Site/SiteFile/export', { sites });
  expect([status, status === 200 ? '' : body]).toEqual([200, '']);
  return String(body['value']);
};
const outcomes = ({ status, body }: RestAnswer): readonly string[] => {
  expect([status, status === 200 ? '' : body]).toEqual([200, '']);
  return (body['value'] as Applied).objects.map(({ kind, name, outcome }) => `${outcome} ${kind} ${name}`);
};
/** How many events came of files; what the server does by itself in between does not count. */
const events = async (): Promise<number> => {
  const text = `SELECT count(*)::int AS n FROM log.events WHERE (meta::jsonb) ->> 'command' = 'ApplySiteFiles'`;
  return (await journey.database.pool.query<{ n: number }>(text)).rows[0]?.n ?? 0;
};

describe('a site as a file', () => {
  it('is told what it would do, and does nothing', async () => {
    const before = await events();
    const told = outcomes(await apply({ 'all.toml': BLUEPRINTS + SITES }, { dry_run: true }));
    expect(told.length).toBeGreaterThan(30);
    expect(told.filter((line) => !line.startsWith('created'))).toEqual([]);
    expect(await events()).toBe(before);
  });

  it('is applied in one append, and then nothing is left to do', async () => {
    const done = outcomes(await apply({ 'blueprints.toml': BLUEPRINTS, 'sites.toml': SITES }));
    expect(done).toContain('created structure shop/web1');
    const after = await events();
    const again = outcomes(await apply({ 'blueprints.toml': BLUEPRINTS, 'sites.toml': SITES }));
    expect(again.filter((line) => !line.startsWith('unchanged'))).toEqual([]);
    expect(await events()).toBe(after);
  });

  it('is written as the same text by the server it was applied to and by another one', async () => {
    // A foundation that a built complex carries is located by the server.
    await until(async () => (await exported(['shop'])).includes('state = "located"'));
    const text = await exported(['shop']);
    const again = outcomes(await apply({ 'again.toml': text }));
    expect(again.filter((line) => !line.startsWith('unchanged') && !line.includes(' link '))).toEqual([]);
    const created = outcomes(await apply({ 'first.toml': text }, {}, second));
    expect(created.filter((line) => !line.startsWith('created'))).toEqual([]);
    expect(await exported(['shop'], second)).toBe(text);
  });

  it('changes what is other than it says, and tells before and after', async () => {
    const changed = SITES.replace('mtu = 9000', 'mtu = 1500')
      .replace("'10.1.0.9' = 'clock'", "'10.1.0.9' = 'an older clock'")
      .replace("ip = '10.1.0.30'", "ip = '10.1.0.31'");
    const told = await apply({ 'sites.toml': changed }, { dry_run: true });
    const done = await apply({ 'sites.toml': changed });
    expect({ ...(done.body['value'] as object), dry_run: true }).toEqual(told.body['value']);
    expect((done.body['value'] as Applied).objects.filter(({ outcome }) => outcome !== 'unchanged')).toMatchObject([
      {
        kind: 'reserved address',
        outcome: 'changed',
        changes: { reason: { before: 'clock', after: 'an older clock' } },
      },
      { kind: 'network', name: 'shop/internal', outcome: 'changed', changes: { mtu: { before: 9000, after: 1500 } } },
      { kind: 'address', outcome: 'changed', changes: { ip: { before: '10.1.0.30', after: '10.1.0.31' } } },
    ]);
    expect(outcomes(await apply({ 'sites.toml': SITES })).filter((line) => line.startsWith('changed'))).toHaveLength(3);
  });

  it('takes nothing that is built back', async () => {
    const planned = SITES.replaceAll("state = 'built'", "state = 'planned'");
    expect(outcomes(await apply({ 'sites.toml': planned })).filter((line) => !line.startsWith('unchanged'))).toEqual(
      [],
    );
  });

  it('is refused as a whole, with every fault, its file, line, key and rule', async () => {
    const before = await events();
    const wrong = `
[site.shop]
description = 'changed'
colour = 'red'

[site.shop.block.main]
subnet = '10.1.0.0/33'

[site.shop.network.other]
mtu = 'large'
blocks = ['nowhere']

[site.shop.structure.Web_9]
blueprint = 'web'
foundation = 'nothing'

[site.shop.structure.web2]
address = [{ interface = 'eth0', ip = '192.0.2.1' }]

[site.shop.foundation.rack7]
type = 'Wooden'
blueprint = 'metal'

[site.shop.complex.cluster]
members = ['nobody']
`;
    const { status, body } = await apply({ 'wrong.toml': wrong });
    expect([
      status,
      (body['errors'] as { field: string; text: string }[]).map(({ field, text }) => `${field}: ${text}`),
    ]).toEqual([
      422,
      [
        expect.stringMatching(/^wrong\.toml:4: site\.shop\.colour: is no key of a site; there are .*description/),
        'wrong.toml:7: site.shop.block.main.subnet: must be a subnet: "10.0.0.0/24"',
        'wrong.toml:10: site.shop.network.other.mtu: must be a whole number',
        'wrong.toml:11: site.shop.network.other.blocks.0: there is no address block shop/nowhere',
        expect.stringMatching(/^wrong\.toml:13: site\.shop\.structure\.Web_9: "Web_9" must be/),
        'wrong.toml:15: site.shop.structure.Web_9.foundation: there is no foundation nothing',
        'wrong.toml:18: site.shop.structure.web2.address.0.ip: 192.0.2.1 is not in any address block of the site shop',
        expect.stringMatching(/^wrong\.toml:21: site\.shop\.foundation\.rack7\.type: must be one of .*Manual/),
        'wrong.toml:25: site.shop.complex.cluster.members.0: there is no structure nobody',
      ],
    ]);
    expect(await events()).toBe(before);
  });

  it('keeps secrets that are masked, and asks for them on a server that has none', async () => {
    const secret = SITES.replace('b = 1.0', "b = 1.0\ndb_password = 'hush'");
    await apply({ 'sites.toml': secret });
    const text = await exported(['shop']);
    expect(text).toContain('db_password = "********"');
    expect(text).not.toContain('hush');
    for (const again of [text, secret]) {
      expect(outcomes(await apply({ 'again.toml': again })).filter((line) => / site /.test(line))).toEqual([
        'unchanged site all',
        'unchanged site shop',
      ]);
    }
    const { status, body } = await apply({ 'masked.toml': text }, {}, second);
    expect([status, JSON.stringify(body['errors'])]).toEqual([
      422,
      expect.stringMatching(/masked\.toml:\d+.*config_values\.db_password.*mask/),
    ]);
    await apply({ 'sites.toml': SITES });
  });

  it('takes the permissions for all that it makes', async () => {
    const { rest } = journey;
    const permissions = ['Site.can_apply_site_files', 'Site.add_site', 'Site.view_site'];
    expect((await rest('POST', 'Auth/Account', { name: 'gardener', permissions })).status).toBe(201);
    await rest('POST', 'Auth/Account/gardener/setPassword', { password: 'a long password 1' });
    const token = await new CinpClient(journey.server.url, { version: '1.0' }).login('gardener', 'a long password 1');
    const asked = async (action: string, body: object) => {
      const response = await fetch(`${journey.server.url}/api/rest/Site/SiteFile/${action}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer gardener:${token}` },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.text() };
    };
    const site = '[site.garden]\ndescription = "a garden"\n';
    const network = '[site.garden.network.paths]\n';
    const refused = await asked('apply', { files: { 'g.toml': site + network }, dry_run: true });
    expect([refused.status, refused.body]).toEqual([422, expect.stringContaining('g.toml:3')]);
    expect(refused.body).toContain('site.garden.network.paths: this takes the permission Utilities.add_network');
    expect(await asked('apply', { files: { 'g.toml': site + BLUEPRINTS }, dry_run: true })).toMatchObject({
      body: expect.stringContaining('BluePrint.can_load_resources'),
    });
    expect((await asked('export', { sites: ['shop'] })).body).toContain('this takes the permission');
    expect((await asked('apply', { files: { 'g.toml': site }, dry_run: true })).status).toBe(200);
  });

  it('deletes what it leaves out where that is asked for, and nothing that is built', async () => {
    const less = SITES.replace(/\[site\.shop\.structure\.web2\][^]*?(?=\[site\.shop\.dependency)/, '')
      .replace(/\[site\.shop\.dependency[^]*$/, '')
      .replace(/\[site\.shop\.foundation\.vm1\][^]*?(?=\[site\.shop\.host)/, '')
      .replace(/\[site\.shop\.host\.printer\][^]*?(?=\[site\.shop\.structure)/, '')
      .replace(/\[site\.shop\.structure\.web1\][^]*$/, '')
      .replace("members = ['web1']\n", '')
      .replace("'10.1.0.9' = 'clock'", "'10.1.0.8' = 'clock'");
    const expected = [
      'kept structure shop/web1',
      'removed dependency shop/vm1',
      'removed foundation vm1',
      'removed host shop/printer',
      'removed reserved address shop/main 10.1.0.9',
      'removed structure shop/web2',
    ];
    const without = outcomes(await apply({ 'less.toml': less }, { dry_run: true }));
    expect(without.filter((line) => line.startsWith('removed'))).toEqual([]);
    const told = outcomes(await apply({ 'less.toml': less }, { prune: true, dry_run: true }));
    expect(told.filter((line) => /^(?:removed|kept)/.test(line)).toSorted()).toEqual(expected);
    expect(outcomes(await apply({ 'less.toml': less }, { prune: true }))).toEqual(told);
    const left = outcomes(await apply({ 'less.toml': less }, { prune: true }));
    expect(left.filter((line) => !line.startsWith('unchanged'))).toEqual(['kept structure shop/web1']);
  });
});
