import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { overlay, renderTemplate } from '#config';
import type { Json } from '#kernel';
import { readResourceFile } from './resource-file.ts';
import { ShippedResources } from './shipped-resources.ts';

/** The PXEs of the boot image, by name. */
const pxes = new Map<string, { readonly bootScript: string; readonly template: string }>();
beforeAll(async () => {
  const file = await new ShippedResources().get('disks');
  const { definitions } = readResourceFile('disks.toml', file?.text ?? '');
  for (const one of definitions) {
    if (one.kind === 'pxe') pxes.set(one.name, { bootScript: one.bootScript, template: one.template });
  }
});

type Values = Readonly<Record<string, Json>>;
const SERVED: Values = { __contractor_host: 'http://contractor', __pxe_location: 'http://static/pxe/' };

const rendered = (name: string, part: 'bootScript' | 'template', values: Values): string => {
  const layer = { source: { kind: 'Site', id: 'x' }, attributes: Object.entries({ ...SERVED, ...values }) };
  return renderTemplate(pxes.get(name)?.[part] ?? '', overlay([layer]).values, { secretNames: [], clear: true }).text;
};
/** The arguments of the kernel, in order. */
const kernelOf = (name: string, values: Values = {}): readonly string[] =>
  /^kernel (.*)$/m.exec(rendered(name, 'bootScript', values))?.[1]?.split(' ') ?? [];

const MACHINE: Values = {
  _hostname: 'web1',
  _structure_config_uuid: 'u1',
  _provisioning_interface: 'eth0',
  _provisioning_interface_mac: '52:54:00:00:00:01',
};
const KNOWN = ['interface_mac=52:54:00:00:00:01', 'hostname=web1', 'config_uuid=u1'];
const JOBS: Values = { _foundation_job_id: 3, __foundation_job_login: '@job-3:f' };

describe('the PXEs of the boot image', () => {
  it('are all there, and say nothing that is not known of a machine', () => {
    expect([...pxes.keys()].toSorted()).toEqual([
      'bootstrap',
      'disk-wipe',
      'disk-wipe-single_pass',
      'firmware',
      'linux-installer',
      'set-rtc',
      'utility',
    ]);
    expect(kernelOf('bootstrap')).toEqual(['http://static/pxe/disks/bootstrap.vmlinuz', 'initrd=bootstrap.initrd']);
    expect(rendered('bootstrap', 'bootScript', {})).toMatch(
      /^echo [^{}]*\nkernel .*\n+initrd http:\/\/static\/pxe\/disks\/bootstrap.initrd\nboot$/,
    );
    for (const name of pxes.keys())
      expect([name, rendered(name, 'bootScript', MACHINE)]).toEqual([name, expect.stringMatching(/\nboot\n?$/)]);
  });

  it.each<[string, Values, readonly string[]]>([
    ['utility', {}, []],
    ['bootstrap', { __bootstrap_login: '@survey-9:s' }, ['contractor_login=@survey-9:s']],
    ['bootstrap', { bootstrap_lldp_seconds: 0 }, ['lldp_seconds=0']],
    ['set-rtc', JOBS, ['job_id=3', 'contractor_login=@job-3:f']],
    ['disk-wipe', JOBS, ['job_id=3', 'contractor_login=@job-3:f', 'mode=mbr']],
    ['disk-wipe', { _structure_job_id: 4 }, ['job_id=4', 'mode=mbr']],
    ['disk-wipe-single_pass', JOBS, ['job_id=3', 'contractor_login=@job-3:f', 'mode=single_pass']],
    [
      'firmware',
      { _structure_job_id: 4, __structure_job_login: '@job-4:s' },
      ['job_id=4', 'contractor_login=@job-4:s'],
    ],
    [
      'linux-installer',
      { _structure_job_id: 4, __structure_job_login: '@job-4:s' },
      ['job_id=4', 'contractor_login=@job-4:s'],
    ],
    ['utility', { _console: 'ttyS1' }, ['console=ttyS1,115200', 'console=tty1']],
    ['utility', { _console: 'console' }, []],
    ['utility', { __contractor_host: 'https://c.corp' }, ['contractor_host=https://c.corp']],
  ])('%s of %j', (name, values, more) => {
    const image = name.startsWith('disk-wipe') ? 'disk-wipe' : name;
    const [kernel, initrd, ...words] = kernelOf(name, { ...MACHINE, ...values });
    expect([kernel, initrd]).toEqual([`http://static/pxe/disks/${image}.vmlinuz`, `initrd=${image}.initrd`]);
    expect(words).toEqual([...KNOWN, ...more]);
  });

  it('has the interface by its name where its MAC is not known', () => {
    const values = { _provisioning_interface: 'eth0', _provisioning_interface_mac: null };
    expect(kernelOf('bootstrap', values)).toContain('interface=eth0');
  });

  it('answers the firmware image with its handlers, and how the management processor is reached, as a shell reads it', () => {
    const handlers = { firmware_resource_location: 'http://fw/', firmware_handler_resources: ['a.tgz', 'b.sh'] };
    expect(rendered('firmware', 'template', handlers)).toContain(
      'RESOURCE_URL_LIST="http://fw/a.tgz http://fw/b.sh "\n',
    );
    expect(rendered('firmware', 'template', handlers)).not.toContain('BMC_');
    const credentials = { username: 'admin', password: "it's $5" };
    const text = rendered('firmware', 'template', { __connection_paramaters: { ip_address: '10.0.0.9', credentials } });
    expect(text).toContain(`export BMC_USERNAME='admin'\nexport BMC_PASSWORD='it'\\''s $5'\n`);
    expect(rendered('firmware', 'template', { __connection_paramaters: { credentials: 'a/path' } })).not.toContain(
      'BMC_',
    );
    const profile = { profile_url: 'http://p', extra_template_list: ['http://q'] };
    expect(rendered('linux-installer', 'template', profile)).toContain('PROFILE_URL_LIST="http://p http://q"');
  });

  it.each<[string, string, Values]>([
    ['linux-installer', 'PROFILE_URL_LIST', { profile_url: `http://p/$5\`"\\`, extra_template_list: ['http://q'] }],
    ['linux-installer', 'PROFILE_URL_LIST', { profile_url: null, extra_template_list: null }],
    [
      'firmware',
      'RESOURCE_URL_LIST',
      { firmware_resource_location: 'http://p/', firmware_handler_resources: ['$5`"\\'] },
    ],
    ['firmware', 'RESOURCE_URL_LIST', { firmware_resource_location: null, firmware_handler_resources: null }],
  ])('answers %s with %s as a shell reads it, whatever is in it', (name, list, values) => {
    const script = `${rendered(name, 'template', values)}\nprintf '%s' "$${list}"`;
    const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trim();
    expect(said.split(' ')[0]).toBe(Object.values(values).includes(null) ? '' : 'http://p/$5`"\\');
  });
});
