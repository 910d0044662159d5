import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ResourceServer } from '../../test/resource-server.ts';
import { startResourceServer } from '../../test/resource-server.ts';
import { pxes } from '../pxes.ts';
import { scriptLinks } from '../script-links.ts';
import { scripts } from '../scripts.ts';

jest.setTimeout(240_000);

describe('loading resource files', () => {
  let server: ResourceServer;
  beforeAll(async () => {
    server = await startResourceServer();
  });
  afterAll(() => server.modules.stop());

  /** Every feature of the format, as somebody else might have written it. */
  const WHOLE = `\uFEFF# everything
sflinks = [ [ 'whole-web', 'whole-metal' ],
            [ "whole-web", "nowhere" ] ]

[script.whole-create]
description = "creates"
script = """
begin( description='a' )\\n\\
  pause( msg="it's up" )
end
"""

[script.whole-destroy]
description = 'destroys'
script = '''pause( msg='down' )'''

[foundation.whole-metal]
description = 'metal'
parents = [ 'whole-any' ]
foundation_types = [ 'Manual', "ManualComplex" ]
physical_interface_names = [ 'eth0', 'eth1' ]
config_values = { console = 'ttyS0', '>list:VM' = [ 1, 2 ] }
template = { 'cpu.count' = { min = 2 }, 'dmi.vendor' = 'ACME.*' }
scripts = { create = 'whole-create' }

[foundation.whole-any]
description = 'any metal'
foundation_types = [ 'Manual' ]

[structure.whole-web]
description = 'web'
parents = [ 'whole-linux' ]
scripts = { create = 'whole-create', destroy = 'whole-destroy', 'patch-it' = 'whole-create' }

[structure.whole-web.config_values]
20 = 'twenty'
3 = 'three'
ratio = 1.0
>unquoted:VM = [ 'x' ]
mixed = [ 1, 'two', 3.5, true, { four = 4 } ]
'~gone' = ''

[structure.whole-web.config_values.ports]
http = 80
[[structure.whole-web.config_values.users]]
name = 'one'
[[structure.whole-web.config_values.users]]
name = 'two'

[structure.whole-web.config_schema]
ratio = { type = 'number', required = true }
[structure.whole-web.config_schema.motd]
type = 'text'
default = 'hello'

[structure.whole-linux]
description = 'linux'

[pxe.whole-boot]
description = 'not kept'
boot_script = """echo {{ _hostname }}
boot
"""
template = '# nothing'
`.replaceAll('\n', '\r\n');

  it('takes every feature of the format', async () => {
    const loaded = await server.load(WHOLE, {}, 'whole.toml');
    expect(loaded.objects.map(({ kind, name, outcome }) => `${kind} ${name} ${outcome}`)).toEqual([
      'script whole-create created',
      'script whole-destroy created',
      'foundation whole-any created',
      'foundation whole-metal created',
      'structure whole-linux created',
      'structure whole-web created',
      'pxe whole-boot created',
      'link whole-web on whole-metal created',
      'link whole-web on nowhere skipped',
    ]);
    expect(loaded.warnings).toEqual([
      "whole.toml:39: >unquoted:VM: the key has to be in quotes; it was read as '>unquoted:VM'",
      'whole.toml:3: sflinks: there is no foundation blueprint nowhere yet: load the file again once there is',
    ]);
    expect(await server.row('whole-web')).toMatchObject({
      kind: 'structure',
      description: 'web',
      parents: ['whole-linux'],
      foundationBluePrints: ['whole-metal'],
      linkedBy: { 'whole-metal': 'whole.toml' },
      scripts: { create: 'whole-create', destroy: 'whole-destroy', 'patch-it': 'whole-create' },
      configSchema: { ratio: { type: 'number', required: true }, motd: { type: 'text', default: 'hello' } },
    });
    const values = (await server.row('whole-web'))?.configValues ?? [];
    expect(values.map(([key]) => key)).toEqual([
      '20',
      '3',
      'ratio',
      '>unquoted:VM',
      'mixed',
      '~gone',
      'ports',
      'users',
    ]);
    const { data } = (await server.modules.store.readStream('blueprint-whole-web'))[0] ?? { data: '' };
    expect(data).toContain('["ratio",1.0]');
    expect(data).toContain('["users",[{"name":"one"},{"name":"two"}]]');
    expect(await server.row('whole-metal')).toMatchObject({
      foundationTypes: ['Manual', 'ManualComplex'],
      physicalInterfaceNames: ['eth0', 'eth1'],
      validationTemplate: { 'cpu.count': { min: 2 }, 'dmi.vendor': 'ACME.*' },
      scripts: { create: 'whole-create' },
    });
    expect(await server.modules.reads.now.get(scripts, 'whole-create')).toMatchObject({
      text: `begin( description='a' )\npause( msg="it's up" )\nend\n`,
    });
    expect(await server.modules.reads.now.get(pxes, 'whole-boot')).toMatchObject({
      bootScript: 'echo {{ _hostname }}\nboot\n',
      template: '# nothing',
    });
  });

  it.each<[string, string, readonly string[], number]>([
    [
      'links to platforms that are not there, in escaped texts, with keys nobody knows',
      `sflinks = [ [ "esx-base", "cloud-vm" ], [ "esx-base", "esx-metal" ] ]
[script.create-esx]
description = "Create ESX"
script = """# pppp
stores = config.datastore_list
while len( array=stores ) do
begin()
  item = pop( array=stores )
end
"""
[foundation.esx-metal]
description = "ESX"
config_values = {}
foundation_types = [ "IPMI" ]
[foundation.esx-metal.scripts]
[structure.esx-base]
description = "ESX Base"
version = "1.0"
[structure.esx-base.scripts]
create = "create-esx"
[structure.esx-base.config_values]
datastore_list = []
vcenter_virtual_vhv = true
[structure.esx-base.config_values.vcenter_property_map]
"guestinfo.cis.appliance.net.mode" = "static"
"guestinfo.cis.deployment.autoconfig" = "{{ _hostname }}"
[pxe.esx]
boot_script = """kernel -n mboot.c32 {{ __pxe_location }}esx/mboot.c32
boot
"""
template = """
{% set disks = [] %}cmd --one \\
  --two
"""
`,
      ['link esx-base on cloud-vm skipped', 'link esx-base on esx-metal created'],
      2,
    ],
    [
      'keys that are not in quotes',
      `[structure.proxmox-host]
description = 'Proxmox'
[structure.proxmox-host.config_values]
>package_list = [ 'proxmox-ve',
                  'postfix' ]
<repo_list:Proxmox = [ { distribution = "bookworm", key = """
-----
""" } ]
memory_size = 4096
`,
      ['structure proxmox-host created'],
      2,
    ],
    [
      'foundations with parents, in dotted keys, with links behind one another',
      `foundation.ec2-base.description = "EC2"
foundation.ec2-base.foundation_types = ["AWSEC2"]
foundation.ec2-base.physical_interface_names = []
foundation.ec2-small.description = "small"
foundation.ec2-small.foundation_types = ["AWSEC2"]
foundation.ec2-small.parents = ["ec2-base"]
foundation.ec2-small.config_values.awsec2_instance_type = "t2.micro"
sflinks = [["ec2-linux", "ec2-base"],["ec2-linux", "ec2-small"],["ec2-linux", "ec2-base"]]
structure.ec2-linux = { description = "Linux", config_values = { 'awsec2_image_id:AWS' = "ami" } }
`,
      [
        'link ec2-linux on ec2-base created',
        'link ec2-linux on ec2-small created',
        'link ec2-linux on ec2-base unchanged',
      ],
      0,
    ],
  ])('takes files as others write them: with %s', async (_, text, some, warnings) => {
    const loaded = await server.load(text, {}, 'theirs.toml');
    expect(loaded.objects.map(({ kind, name, outcome }) => `${kind} ${name} ${outcome}`)).toEqual(
      expect.arrayContaining([...some]),
    );
    expect(loaded.warnings).toHaveLength(warnings);
    expect(await server.eventsOf(() => server.load(text, {}, 'theirs.toml'))).toEqual([]);
  });

  it('appends nothing where all is as the file says', async () => {
    await server.load(WHOLE, {}, 'whole.toml');
    expect(await server.eventsOf(() => server.load(WHOLE, {}, 'whole.toml'))).toEqual([]);
    expect(await server.outcomes(server.load(WHOLE, {}, 'another.toml'))).toContain('structure whole-web unchanged');
  });

  it('is one append', async () => {
    const before = await server.head();
    await server.load(`[structure.one-a]\ndescription = 'a'\n[structure.one-b]\ndescription = 'b'`);
    const { events } = await server.modules.store.readAll(before);
    const requests = new Set(events.map(({ meta }) => (JSON.parse(meta) as { request: string }).request));
    expect([events.length, requests.size]).toEqual([2, 1]);
    expect((JSON.parse(events[0]?.meta ?? '{}') as { command: string }).command).toBe('LoadResources');
  });

  it('changes nothing where anything is wrong', async () => {
    const text = `[structure.half-a]\ndescription = 'a'\n[structure.half-b]\ndescription = 'b'\nparents = ['nobody']`;
    expect(await server.eventsOf(() => server.faults(server.load(text)))).toEqual([]);
    expect(await server.row('half-a')).toBeUndefined();
  });

  it('keeps what a file does not say of a blueprint, and takes back what it no longer says of slots and parents', async () => {
    await server.load(`
[script.keep-script]
description = 'x'
script = 'pause( msg="x" )'
[structure.keep-top]
description = 'top'
[structure.keep]
description = 'first'
parents = ['keep-top']
config_values = { one = 1, two = 2 }
scripts = { create = 'keep-script', destroy = 'keep-script' }`);
    const [created, ...others] = await server.eventsOf(() =>
      server.load(`[structure.keep]\nscripts = { destroy = 'keep-script' }`),
    );
    expect([created, ...others]).toEqual([
      'blueprint-keep BluePrintParentsChosen',
      'blueprint-keep SlotEmptied',
      expect.stringMatching(/^blueprintScript-\d+ ScriptUnlinked$/),
    ]);
    expect(await server.row('keep')).toMatchObject({
      description: 'first',
      configValues: [
        ['one', 1],
        ['two', 2],
      ],
      parents: [],
      scripts: { destroy: 'keep-script' },
    });
    await server.load(`[structure.keep]\nconfig_values = { three = 3 }`);
    expect(await server.row('keep')).toMatchObject({ configValues: [['three', 3]], scripts: {} });
  });

  it('puts another script into a slot by the link that is there', async () => {
    const text = (name: string) => `
[script.slot-one]
description = 'x'
script = 'pause( msg="x" )'
[script.slot-two]
description = 'x'
script = 'pause( msg="y" )'
[structure.slots]
description = 'x'
scripts = { create = '${name}' }`;
    await server.load(text('slot-one'));
    expect(await server.eventsOf(() => server.load(text('slot-two')))).toEqual([
      'blueprint-slots SlotFilled',
      expect.stringMatching(/^blueprintScript-\d+ ScriptRelinked$/),
    ]);
  });

  it('takes several files as one, in whatever order they need each other', async () => {
    const top = `[structure.files-top]\ndescription = 'x'`;
    const web = `[structure.files-web]\ndescription = 'x'\nparents = ['files-top']`;
    expect(await server.outcomes(server.loadAll({ 'web.toml': web, 'top.toml': top }))).toEqual([
      'structure files-top created',
      'structure files-web created',
    ]);
    expect(await server.faults(server.loadAll({ 'web.toml': web, 'again.toml': web }))).toEqual([
      'again.toml:1: structure.files-web: is defined in web.toml:1 too, as structure.files-web',
    ]);
  });

  it('loads a secret once, and a mask leaves it as it is', async () => {
    const text = (value: string) => `[structure.secret]\ndescription = 'x'\nconfig_values = { password = '${value}' }`;
    await server.load(text('hush'));
    expect((await server.eventsSince(0n)).filter((event) => event.includes('hush'))).toEqual([]);
    expect(await server.eventsOf(() => server.load(text('hush')))).toEqual([]);
    expect(await server.eventsOf(() => server.load(text('********')))).toEqual([]);
    expect(await server.eventsOf(() => server.load(text('other')))).toEqual(['blueprint-secret BluePrintConfigured']);
  });

  it('seals what a schema declares a secret, also where it was written in clear text before', async () => {
    await server.load(`[structure.till]\ndescription = 'x'\nconfig_values = { till_pin = 'in clear' }`);
    await server.load(`[structure.till]\n[structure.till.config_schema]\ntill_pin = { type = 'text', secret = true }`);
    expect(JSON.stringify((await server.row('till'))?.configValues)).toMatch(
      /^\[\["till_pin",\{"\$secret":"[^"]+"\}\]\]$/,
    );
    const text = `[structure.till-2]\ndescription = 'x'\nparents = ['till']\nconfig_values = { till_pin = 'hush' }`;
    await server.load(text);
    expect((await server.eventsSince(0n)).filter((event) => event.includes('hush'))).toEqual([]);
    const { objects } = await server.load(`[structure.till]\nconfig_schema = {}`, { dryRun: true });
    expect(objects).toMatchObject([
      { outcome: 'changed', changes: { config_schema: { before: { till_pin: { secret: true } }, after: {} } } },
    ]);
  });

  it('loads a thousand things at once, which is more than an append usually takes', async () => {
    const text = Array.from(
      { length: 1000 },
      (__, n) => `[structure.many-${n}]\ndescription = 'one of many'\nscripts = { create = 'many' }
[structure.many-${n}.config_values]\nnumber = ${n}\nmotd = 'This is {{ _hostname }}, number ${n}'\n`,
    ).join('');
    const loaded = await server.load(`[script.many]\ndescription = 'x'\nscript = 'aa = 1'\n${text}`);
    expect(new Set(loaded.objects.map(({ outcome }) => outcome))).toEqual(new Set(['created']));
    expect(await server.row('many-999')).toMatchObject({ scripts: { create: 'many' } });
    const where = { script: 'many' };
    expect((await server.modules.reads.now.keys(scriptLinks, { where })).total).toBe(1000);
  });
});
